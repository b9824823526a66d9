import Latency
import Results
import Units

/// The section of a report that tells what the generator saw of itself: whether the figures are the
/// device's, or those of the machine that measured it.
struct WatchSection {
    private let run: Run

    init(_ run: Run) { self.run = run }

    var text: String {
        let parts = [floor, table].filter { !$0.isEmpty }
        guard !parts.isEmpty else { return "" }
        return "## How far to trust it\n\n" + parts.joined(separator: "\n\n")
    }

    /// What a call costs on a module that does nothing.
    private var floor: String {
        let sentences = run.cells.filter(\.cell.isFloor).compactMap { result -> String? in
            guard let rate = result.throughput?.estimate, rate > 0 else { return nil }
            let turn = Seconds(1 / rate).inWords
            let cpu =
                result.cpuNanosecondsPerOperation
                .map { ", \(Seconds($0 / 1e9).inWords) of it CPU time" } ?? ""
            return "\(result.cell.subject): \(turn) from call to call\(cpu), of which "
                + "\(Wording.latency(result.service.p50)) lie in the measured latency"
        }
        guard !sentences.isEmpty else { return "" }
        return "**What the harness itself costs**, on a module that does nothing, one caller "
            + "(nothing is subtracted from the figures above):\n\n"
            + sentences.map { "- \($0)" }.joined(separator: "\n")
    }

    private var table: String {
        var table = MarkdownTable([
            ("cell", .left), ("woke late p99", .right), ("hiccup p50", .right), ("p99", .right),
            ("longest", .right), ("CPU used", .right), ("stolen", .right), ("waited for", .right),
            ("switched out", .right), ("disk faults", .right),
        ])
        for result in run.cells {
            let watches = result.rounds.compactMap(\.watch)
            guard !watches.isEmpty else { continue }
            let hiccup = result.latency[.hiccup]
            table.append([
                Wording.cell(result.cell), Wording.latency(result.latency[.wakeUp]?.p99),
                Wording.latency(hiccup?.p50), Wording.latency(hiccup?.p99),
                Wording.latency(hiccup?.longest), share(watches.map(\.cpuShare)),
                share(watches.map(\.stealShare)), share(watches.map(\.pressureShare)),
                Significant.grouped(sum(watches.map(\.involuntarySwitches))),
                Significant.grouped(sum(watches.map(\.majorFaults))),
            ])
        }
        guard !table.isEmpty else { return "" }
        return table.text + """

            "Woke late" is how late a caller of an open load started that slept until its call \
            was due. A hiccup is how late a thread woke that did nothing but sleep, in the same \
            process at the same time: what the platform adds to everything. "CPU used" is the \
            callers' own time over that of all processors, "stolen" what the hypervisor gave to \
            others, "waited for" the share of the time in which some task of the machine waited \
            for a processor. A cell is INVALID where a wrong plaintext came back, where errors \
            ended it, where the generator woke later (p99) than \(Judgement.latenessBound) and \
            than \(lateness) of the median response, where it started under \(started) of the \
            calls due though the callers were not held up in the module, where half of the calls \
            failed, or where over \(stolen) of the processors were \
            stolen.
            """
    }

    private var lateness: String { Probability(Judgement.latenessShare).inPercent }
    private var started: String { Probability(Judgement.startedShare).inPercent }
    private var stolen: String { Probability(Judgement.stealBound).inPercent }

    /// The mean of what is known, as a percentage.
    private func share(_ values: [Double?]) -> String {
        let known = values.compactMap(\.self)
        guard !known.isEmpty else { return "—" }
        return Probability(min(1, known.reduce(0, +) / Double(known.count))).inPercent
    }

    private func sum(_ values: [Int64]) -> UInt64 { UInt64(max(0, values.reduce(0, +))) }
}
