import Foundation
import Latency
import Load
import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("What a run keeps while it goes on")
struct JournalTests {
    private let url = FileManager.default.temporaryDirectory
        .appending(path: "journal-\(UUID().uuidString)", directoryHint: .isDirectory)

    private func entry(_ cell: Int, round: Int, operations: UInt64) -> RunJournal.Entry {
        var histogram = LatencyHistogram()
        histogram.record(.microseconds(20), count: operations)
        return RunJournal.Entry(
            cell: cell,
            round: Round(
                number: round, order: round, verdict: Verdict(), seconds: 1,
                operations: operations, denied: 0, errors: [:],
                latency: [.service: LatencyFigures(histogram)], admitted: operations,
                cpuNanosecondsPerOperation: nil),
            calls: operations, histograms: [.service: Data(HistogramEncoding.encode(histogram))])
    }

    @Test("classes that were measured in one go are one line: a kill keeps both, or neither")
    func atomic() throws {
        let folder = try RunFolder(creating: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let file = url.appending(path: RunJournal.name)
        do {
            let journal = try RunJournal(in: folder, isNew: true)
            try journal.append(.init([entry(0, round: 1, operations: 5)]))
            try journal.append(
                .init([entry(1, round: 1, operations: 6), entry(2, round: 1, operations: 7)]))
        }
        let whole = try Data(contentsOf: file)
        #expect(whole.count { $0 == UInt8(ascii: "\n") } == 2)
        let first = try #require(whole.firstIndex(of: UInt8(ascii: "\n"))) + 1
        for length in [first, first + 1, (first + whole.count) / 2, whole.count - 1, whole.count] {
            try whole.prefix(length).write(to: file)
            let entries = try RunJournal.entries(in: folder)
            let expected = length == whole.count ? [0, 1, 2] : [0]
            #expect(entries.map(\.cell) == expected, "\(length) of \(whole.count) bytes")
            #expect(
                entries.map(\.round.operations) == [5, 6, 7].prefix(expected.count).map(\.self))
        }
    }

    @Test("a line of one class alone, as someone left it, is measured again with the other")
    func halfALine() async throws {
        let folder = try RunFolder(creating: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let resolved = try ScenarioReader.read(
            """
            anchor: { mechanism: aes-gcm }
            load: { closed: [1], processes: [1], mixed: [{ legitimate: { rate: 50/s } }] }
            throttles: [none]
            rounds: 2
            """, source: "s.yaml")
        let plan = try Plan(resolved.scenario, anchorName: "softhsm", processors: 1, seed: 3)
        #expect(plan.groups == [[0], [1, 2], [3]])
        var stored: Run?
        do {
            var record = try CampaignRecord(
                plan, resolved, opened: nil, in: folder, resuming: nil)
            try record.add(
                [outcome(round: 1), outcome(round: 1)], toCells: [1, 2])
            #expect(record.rounds == 1 && record.holds(round: 1, of: [1, 2]))
            stored = try record.end("stopped by a test")
        }
        let file = url.appending(path: RunJournal.name)
        let lines = try String(contentsOf: file, encoding: .utf8)
        let half = try JSONEncoder().encode(entry(1, round: 2, operations: 9))
        try (Data(lines.utf8) + half + Data("\n".utf8)).write(to: file)

        let record = try CampaignRecord(plan, resolved, opened: nil, in: folder, resuming: stored)
        #expect(record.rounds == 1 && record.holds(round: 1, of: [1, 2]))
        #expect(!record.holds(round: 2, of: [1]) && !record.holds(round: 2, of: [1, 2]))
    }

    private func outcome(round: Int) -> RoundOutcome {
        let entry = entry(0, round: round, operations: 4)
        guard let pooled = try? entry.pooled() else { preconditionFailure("it was just encoded") }
        return RoundOutcome(round: entry.round, calls: entry.calls, histograms: pooled, end: nil)
    }

    @Test("a count of calls that a kill left half made is begun anew; another is never reset")
    func callBudget() throws {
        let folder = try RunFolder(creating: url)
        defer { try? FileManager.default.removeItem(at: url) }
        let path = url.appending(path: CallBudget.name)
        let first = try #require(try CallBudget(RecordCount(10), in: folder, known: 3))
        #expect(first.order.calls == RecordCount(10) && !first.isSpent)
        // Half of the seven that are left.
        #expect(first.order.beforeRelease == RecordCount(6))
        let state = try SharedState(path: path.path, policy: .calls(RecordCount(10)))
        for _ in 0..<7 { #expect(state.spend(upTo: RecordCount(10))) }
        #expect(first.isSpent)
        // The file knows more than the journal.
        #expect(try #require(try CallBudget(RecordCount(10), in: folder, known: 3)).isSpent)
        let error = try #require(throws: ExperimentError.self) {
            try CallBudget(RecordCount(11), in: folder, known: 3)
        }
        guard case .output(let sentence) = error else {
            Issue.record("\(error)")
            return
        }
        #expect(sentence.hasPrefix("the calls of the run cannot be counted: "), "\(sentence)")
        #expect(state.spent == 10)

        try Data().write(to: path)
        let again = try #require(try CallBudget(RecordCount(10), in: folder, known: 9))
        #expect(!again.isSpent && again.order.beforeRelease == RecordCount(9))
    }
}
