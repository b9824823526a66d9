import Latency
import Results
import Units

/// A round as its workers reported it, with its histograms for the pool.
struct RoundOutcome: Sendable {
    /// The figures.
    let round: Round
    /// Calls that the throttle let pass.
    let admitted: UInt64
    /// Merged over the workers; nil where the round was lost.
    let histograms: PooledHistograms?

    /// A round of which only the reason is known.
    init(lost reason: String, number: Int, order: Int) {
        round = .lost(number: number, order: order, reason: reason)
        admitted = 0
        histograms = nil
    }

    /// Merges the workers' reports.
    ///
    /// - Throws: `HistogramEncodingError` where a report is damaged.
    init(_ reports: [MeasuredReport], number: Int, order: Int, errorLimit: Int) throws {
        var pooled = PooledHistograms()
        var errors: [String: UInt64] = [:]
        for report in reports {
            pooled.merge(try PooledHistograms(report))
            errors.merge(report.errors, uniquingKeysWith: +)
        }
        let operations = reports.reduce(0) { $0 + $1.operations }
        let denied = reports.reduce(0) { $0 + $1.denied }
        admitted = reports.reduce(0) { $0 + $1.admitted }
        let cpuTime = reports.map(\.cpuTime).reduce(.zero, +)
        histograms = pooled
        round = Round(
            number: number, order: order,
            verdict: Self.verdict(
                operations: operations, denied: denied, errors: errors, limit: errorLimit),
            seconds: (reports.map(\.elapsed).max() ?? .zero).seconds.value,
            operations: operations, denied: denied, errors: errors,
            service: LatencyFigures(pooled.service), admitted: admitted,
            cpuNanosecondsPerOperation: operations > 0
                ? Double(cpuTime.count) / Double(operations) : nil)
    }

    private static func verdict(
        operations: UInt64, denied: UInt64, errors: [String: UInt64], limit: Int
    ) -> Verdict {
        var reasons: [String] = []
        if errors[Round.wrongPlaintext] != nil { reasons.append("wrong plaintext") }
        let failed = errors.filter { $0.key != Round.wrongPlaintext }
        if failed.values.reduce(0, +) >= UInt64(limit) {
            let names = failed.keys.sorted().joined(separator: ", ")
            reasons.append("ended early after \(limit) failed calls: \(names)")
        } else if operations == 0, denied == 0 {
            reasons.append("no call was completed")
        }
        return Verdict(reasons: reasons)
    }
}

extension PooledHistograms {
    /// The histograms of one worker's report.
    fileprivate init(_ report: MeasuredReport) throws(HistogramEncodingError) {
        self.init()
        service = try HistogramEncoding.decode(report.service)
        if let bytes = report.throttleWait {
            throttleWait = try HistogramEncoding.decode(bytes)
        }
        if let bytes = report.denial { denial = try HistogramEncoding.decode(bytes) }
    }
}
