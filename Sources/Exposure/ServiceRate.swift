import Latency
import Results

/// The best rate at which an anchor served a thief of so many concurrent calls, as measured.
///
/// S(t) = t · max over n ≤ c of X(n): the fastest of the loads, over threads and processes.
package struct ServiceRate: Hashable, Sendable {
    /// The unthrottled cell that gave it.
    package let cell: Cell
    /// Operations a second with the interval between rounds.
    package let rate: Interval

    /// The best valid unthrottled cell of an anchor for one mechanism and record size.
    ///
    /// - Parameters:
    ///   - callers: c, the concurrent calls that the thief can hold open.
    /// - Returns: nil where no such cell gave a figure.
    package static func best(
        of run: Run, mechanism: String, recordBytes: Int, callers: Int, isBaseline: Bool = false
    ) -> ServiceRate? {
        let rates = run.cells.compactMap { result -> ServiceRate? in
            let cell = result.cell
            // Calls that fall due at a rate show the demand, not what the anchor can do.
            guard isBaseline ? cell.isBaseline : cell.showsCapacity,
                cell.mechanism == mechanism, cell.recordBytes == recordBytes,
                cell.callers <= callers || isBaseline, result.verdict.isValid,
                let rate = result.throughput
            else { return nil }
            return ServiceRate(cell: cell, rate: rate)
        }
        return rates.max { $0.rate.estimate < $1.rate.estimate }
    }
}
