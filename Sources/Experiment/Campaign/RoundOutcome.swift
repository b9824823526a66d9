import Foundation
import Latency
import Results
import Units

/// A round as its workers reported it, with its histograms for the pool.
struct RoundOutcome: Sendable {
    /// The figures.
    let round: Round
    /// Calls on the anchor, those of the warm-up included.
    let calls: UInt64
    /// Merged over the workers; nil where the round was lost.
    let histograms: PooledHistograms?
    /// The calls of an open load by whether they kept a promise; nil where nothing was promised.
    var late: LateCounts?
    /// Why no other round must be tried; nil where one may be.
    let end: String?
    /// Whether it was lost because the device refused what was asked for.
    var isRefusal = false
}

extension RoundOutcome {
    /// A round of which only the reason is known.
    init(_ loss: RoundLoss, number: Int, order: Int) {
        round = .lost(number: number, order: order, reason: loss.reason)
        calls = 0
        histograms = nil
        late = nil
        end = loss.isFinal ? loss.reason : nil
        isRefusal = loss.isRefusal
    }

    /// Merges the workers' reports: one outcome for each class of callers.
    ///
    /// - Parameters:
    ///   - processors: how many processors the machine has.
    /// - Throws: `HistogramEncodingError` where a report is damaged.
    static func classes(
        _ report: CrewReport, to orders: [MeasureOrder], number: Int, order: Int, processors: Int
    ) throws -> [RoundOutcome] {
        let isMixed = orders.contains { $0.attackers != nil }
        return try (0..<(isMixed ? 2 : 1)).map { index in
            try RoundOutcome(
                ClassReport(
                    reports: report.workers.map { $0[index] },
                    beside: isMixed ? report.workers.map { $0[1 - index] } : [],
                    host: report.host, isAttacker: isMixed && index == 1),
                to: orders, number: number, order: order, processors: processors)
        }
    }

    private init(
        _ report: ClassReport, to orders: [MeasureOrder], number: Int, order: Int, processors: Int
    ) throws {
        let reports = report.reports
        var pooled = PooledHistograms()
        for report in reports {
            for (kind, bytes) in report.histograms {
                let histogram = try HistogramEncoding.decode([UInt8](bytes))
                pooled.merge(PooledHistograms([kind: histogram]))
            }
        }
        let reached = zip(reports, orders).filter { $0.0.reachedErrorLimit }.map(\.1.errorLimit)
        let length = (reports.map(\.elapsed).max() ?? .zero).seconds
        let judgement = Judgement(
            operations: reports.reduce(0) { $0 + $1.operations },
            denied: reports.reduce(0) { $0 + $1.denied }, errors: report.errors,
            warmUpErrors: report.warmUpErrors, errorsBeside: report.errorsBeside,
            endedAfterErrors: reached.isEmpty ? nil : reached.reduce(0, +),
            isSpent: reports.contains(where: \.isSpent), maxRate: orders.first?.pace?.rate,
            length: length, latency: pooled.figures, open: OpenCounts(reports.compactMap(\.open)),
            watch: Watch(reports, length, report.host, processors: processors))
        self.init(
            judgement, pooled, late: reports.compactMap(\.late).sum, number: number, order: order,
            admitted: reports.reduce(0) { $0 + $1.admitted },
            warmUpCalls: reports.reduce(0) { $0 + $1.warmUpCalls },
            // Callers that wait for an instant spin to meet it: their CPU time is no call's.
            cpuTime: orders.contains { $0.hasWaits(report.isAttacker) }
                ? nil : reports.map(\.cpuTime).reduce(.zero, +),
            decisionNanoseconds: reports.compactMap(\.decisionNanoseconds).min())
    }

    private init(
        _ judgement: Judgement, _ pooled: PooledHistograms, late: LateCounts?, number: Int,
        order: Int, admitted: UInt64, warmUpCalls: UInt64, cpuTime: Nanoseconds?,
        decisionNanoseconds: Double?
    ) {
        let operations = judgement.operations
        calls = admitted + warmUpCalls
        histograms = pooled
        self.late = late
        end = nil
        round = Round(
            number: number, order: order, verdict: judgement.verdict,
            seconds: judgement.length.value, operations: operations, denied: judgement.denied,
            errors: judgement.errors, latency: judgement.latency, admitted: admitted,
            cpuNanosecondsPerOperation: operations > 0
                ? cpuTime.map { Double($0.count) / Double(operations) } : nil,
            open: judgement.open, watch: judgement.watch,
            decisionNanoseconds: decisionNanoseconds)
    }
}

extension [LateCounts] {
    /// What all workers counted over the same slices; nil for none.
    fileprivate var sum: LateCounts? {
        guard var sum = first else { return nil }
        for counts in dropFirst() { sum.add(counts) }
        return sum
    }
}

/// What the workers of a round say of one class of callers.
private struct ClassReport {
    /// Worker by worker.
    let reports: [MeasuredReport]
    /// The same of the other class; nothing in a load of one.
    let beside: [MeasuredReport]
    let host: HostChange
    let isAttacker: Bool

    var errors: [String: UInt64] { Self.sum(reports.map(\.errors)) }

    var warmUpErrors: [String: UInt64] { Self.sum(reports.map(\.warmUpErrors)) }

    /// What failed of the other class's calls, which may have ended the round for both.
    var errorsBeside: [String: UInt64] {
        Self.sum(beside.flatMap { [$0.errors, $0.warmUpErrors] })
    }

    private static func sum(_ counts: [[String: UInt64]]) -> [String: UInt64] {
        counts.reduce(into: [:]) { $0.merge($1, uniquingKeysWith: +) }
    }
}

extension Watch {
    /// What the workers of a round saw, and the machine beside them.
    fileprivate init(
        _ reports: [MeasuredReport], _ length: Seconds, _ host: HostChange, processors: Int
    ) {
        self.init()
        minorFaults = reports.reduce(0) { $0 + $1.minorFaults }
        majorFaults = reports.reduce(0) { $0 + $1.majorFaults }
        voluntarySwitches = reports.reduce(0) { $0 + $1.voluntarySwitches }
        involuntarySwitches = reports.reduce(0) { $0 + $1.involuntarySwitches }
        if length > .zero {
            let cpuTime = reports.map(\.cpuTime).reduce(.zero, +).seconds.value
            cpuShare = cpuTime / (length.value * Double(processors))
        }
        stealShare = try? host.steal.get()
        pressureShare = try? host.somePressure.get()
        let served = reports.flatMap(\.served)
        (leastServed, mostServed) = (served.min() ?? 0, served.max() ?? 0)
        unjudgedCallers = reports.reduce(0) { $0 + $1.unjudgedCallers }
        unsettledCallers = reports.reduce(0) { $0 + $1.unsettledCallers }
    }
}
