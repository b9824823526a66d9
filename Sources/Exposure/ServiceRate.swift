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

    /// The best valid load of the same records opened with the key in memory.
    ///
    /// - Returns: nil where none was measured.
    package static func baseline(
        of run: Run, mechanism: String, recordBytes: Int
    ) -> ServiceRate? {
        measured(in: run, mechanism: mechanism, recordBytes: recordBytes, where: \.isBaseline)
            .max { $0.rate.estimate < $1.rate.estimate }
    }

    /// The valid cells of a kind that gave a figure.
    static func measured(
        in run: Run, mechanism: String, recordBytes: Int, where isWanted: (Cell) -> Bool
    ) -> [ServiceRate] {
        run.cells.compactMap { result in
            let cell = result.cell
            guard isWanted(cell), cell.mechanism == mechanism, cell.recordBytes == recordBytes,
                result.verdict.isValid, let rate = result.throughput
            else { return nil }
            return ServiceRate(cell: cell, rate: rate)
        }
    }
}
