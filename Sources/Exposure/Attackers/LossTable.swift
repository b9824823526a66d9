import Foundation
import Results
import Units

/// The records that the thefts of a sample take of a data set of any size: sorted once, so that
/// another size costs nothing more.
struct LossTable: Sendable {
    private let sorted: Sums
    private let strata: [Sums]
    private let values: Sums?
    private let exponent: Double

    /// Values in order with the sums of those before each.
    private struct Sums: Sendable {
        let ascending: [Double]
        let before: [Double]

        init(_ values: [Double]) {
            ascending = values.sorted()
            before = ascending.reduce(into: [0]) { $0.append(($0.last ?? 0) + $1) }
        }

        /// How many lie below a limit.
        func count(below limit: Double) -> Int {
            var (low, high) = (0, ascending.count)
            while low < high {
                let middle = (low + high) / 2
                if ascending[middle] < limit { low = middle + 1 } else { high = middle }
            }
            return low
        }

        /// The mean of the lesser of each value and a limit.
        func mean(upTo limit: Double) -> Double {
            let below = count(below: limit)
            let above = ascending.count - below
            return (before[below] + (above > 0 ? Double(above) * limit : 0))
                / Double(ascending.count)
        }
    }

    /// The losses of thefts; with a value curve also what they are worth.
    init(_ records: [Double], value: ValueCurve?) {
        sorted = Sums(records)
        strata = (0..<TheftSample.strata).map { stratum in
            Sums(
                stride(from: stratum, to: records.count, by: TheftSample.strata)
                    .map { records[$0] })
        }
        exponent = value?.exponent ?? 1
        values = value.map { curve in Sums(records.map { pow($0, curve.exponent) }) }
    }

    /// The mean of what is lost of a data set.
    func mean(of dataset: RecordCount) -> Double { sorted.mean(upTo: Double(dataset.count)) }

    /// What is lost of a data set.
    func records(of dataset: RecordCount) -> Summary {
        let size = Double(dataset.count)
        let ascending = sorted.ascending
        let mean = sorted.mean(upTo: size)
        return Summary(
            mean: mean, p50: min(size, ascending[Summary.rank(0.5, of: ascending.count)]),
            p95: min(size, ascending[Summary.rank(0.95, of: ascending.count)]),
            worstPhase: strata.reduce(mean) { max($0, $1.mean(upTo: size)) })
    }

    /// The share of the thefts that take all of a data set.
    func allLeave(of dataset: RecordCount) -> Double {
        // Sums of doubles are off by their rounding.
        let enough = Double(dataset.count) * (1 - 1e-12)
        return 1 - Double(sorted.count(below: enough)) / Double(sorted.ascending.count)
    }

    /// The mean share of the value of a data set that is lost; nil without a value curve.
    func valueShare(of dataset: RecordCount) -> Double? {
        guard let values, dataset.count > 0 else { return nil }
        let size = pow(Double(dataset.count), exponent)
        return values.mean(upTo: size) / size
    }
}

extension ValueCurve {
    /// ξ of a Pareto value curve: the best share x of the records is worth x^ξ, where the stated
    /// share b is worth w = b^ξ (Arnold, Pareto Distributions, 2015: the Lorenz curve from its
    /// top).
    var exponent: Double {
        guard best.value > 0, best.value < 1, worth.value > 0, worth.value < 1 else { return 1 }
        return log(worth.value) / log(best.value)
    }

    /// The share of the value in the best so many of N records.
    package func share(of records: Double, in dataset: RecordCount) -> Double {
        guard dataset.count > 0, records > 0 else { return 0 }
        return pow(min(1, records / Double(dataset.count)), exponent)
    }
}
