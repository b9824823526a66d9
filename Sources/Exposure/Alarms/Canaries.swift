import Foundation
import Units

/// Records that nobody has a reason to open, among those that a thief takes: the first of them that
/// is opened is an alarm, however slowly he goes.
///
/// He is taken to open distinct records in random order, unable to tell which are canaries.
package struct Canaries: Hashable, Sendable {
    /// C: how many there are.
    package let count: UInt64
    /// N: all records, the canaries among them.
    package let records: RecordCount

    /// Canaries among records, at most as many as there are records.
    package init(count: UInt64, among records: RecordCount) {
        precondition(count <= records.count, "canaries are among the records")
        (self.count, self.records) = (count, records)
    }

    /// The most factors that the exact probability is multiplied from.
    private static let mostFactors: UInt64 = 10_000
    /// The share of canaries up to which a draw is made from the closed form.
    private static let fewestRecordsPerCanary: UInt64 = 1_000

    /// The probability of having met a canary after n records, of which whole ones count.
    ///
    /// Exact: 1 − Π (N − n − i) / (N − i) over i < C, the hypergeometric probability of none, or
    /// the same with C and n changed over. Where both exceed 10,000 it is
    /// 1 − (1 − n / (N − (C − 1) / 2))^C, within 1e-8 of it.
    package func probabilityMet(after opened: Double) -> Double {
        let opened = opened.rounded(.down)
        guard count > 0, opened >= 1 else { return 0 }
        let (all, canaries) = (Double(records.count), Double(count))
        guard opened <= all - canaries else { return 1 }
        let (fewer, more) = (min(canaries, opened), max(canaries, opened))
        guard fewer <= Double(Self.mostFactors) else {
            return -expm1(canaries * log1p(-opened / (all - (canaries - 1) / 2)))
        }
        var logNone = 0.0
        for index in 0..<Int(fewer) { logNone += log1p(-more / (all - Double(index))) }
        return -expm1(logNone)
    }

    /// The textbook's approximation of it, 1 − (1 − n/N)^C, as if records were put back.
    package func approximateProbabilityMet(after opened: Double) -> Double {
        let share = min(1, max(0, opened / Double(records.count)))
        return count > 0 ? -expm1(Double(count) * log1p(-share)) : 0
    }

    /// The fewest records after which a canary has been met with a probability; infinite without
    /// canaries. By bisection of the exact probability.
    package func records(untilMetWith probability: Probability) -> Double {
        guard count > 0 else { return .infinity }
        guard probability.value > 0 else { return 0 }
        var (without, with) = (UInt64(0), records.count - count + 1)
        while with - without > 1 {
            let middle = without + (with - without) / 2
            if probabilityMet(after: Double(middle)) >= probability.value {
                with = middle
            } else {
                without = middle
            }
        }
        return Double(with)
    }

    /// The textbook's approximation of it, N (1 − (1 − q)^(1/C)).
    package func approximateRecords(untilMetWith probability: Probability) -> Double {
        guard count > 0 else { return .infinity }
        return Double(records.count) * -expm1(log1p(-probability.value) / Double(count))
    }

    /// Draws the record, counted from 1, that is the first canary of a theft; infinite without any.
    ///
    /// Exact, record by record, where more than one in a thousand is a canary; else by inverting
    /// 1 − (1 − n / (N − (C − 1) / 2))^C, which is as good as exact there.
    package func drawFirst(using generator: inout SeededGenerator) -> Double {
        guard count > 0 else { return .infinity }
        let (all, canaries) = (Double(records.count), Double(count))
        // P(none yet) falls through this, from 1.
        let left = 1 - Double.random(in: 0..<1, using: &generator)
        guard records.count / count < Self.fewestRecordsPerCanary else {
            let opened = (all - (canaries - 1) / 2) * -expm1(log(left) / canaries)
            return min(max(1, opened.rounded(.up)), all - canaries + 1)
        }
        var (none, opened) = (1.0, 0.0)
        repeat {
            none *= (all - canaries - opened) / (all - opened)
            opened += 1
        } while none >= left
        return opened
    }
}
