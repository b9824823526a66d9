import Foundation
import Latency

/// How throughput grows with the number of callers, by the Universal Scalability Law:
///
///     X(n) = γ n / (1 + α (n − 1) + β n (n − 1))
///
/// Gunther, Guerrilla Capacity Planning, 2007. Fitted by least squares within γ > 0, 0 ≤ α < 1 and
/// β ≥ 0.
///
/// Intervals are Student's t at 95 % on the scatter of the means about the curve, one mean a number
/// of callers. That scatter holds what the law does not describe as well as the noise of rounds;
/// rounds at one number of callers share the former, and counted one by one they would make the
/// intervals too narrow. With three numbers of callers nothing is left to scatter, and there are
/// none.
package struct ScalabilityFit: Codable, Equatable, Sendable {
    /// A measured throughput.
    package struct Point: Codable, Hashable, Sendable {
        /// Concurrent callers.
        package var callers: Int
        /// Operations a second.
        package var throughput: Double

        /// A point; several of the same callers, such as one a round, are averaged.
        package init(callers: Int, throughput: Double) {
            self.callers = callers
            self.throughput = throughput
        }
    }

    /// A fitted figure with its interval at 95 %.
    package struct Figure: Codable, Equatable, Sendable {
        /// The least-squares value.
        package var value: Double
        /// The interval's ends; nil where there is none. At a bound of the law it has one side:
        /// the other is the bound.
        package var low: Double?
        package var high: Double?
    }

    /// Where throughput is largest.
    package struct Peak: Codable, Equatable, Sendable {
        /// n* = √((1 − α) / β), 1 at least.
        package var callers: Figure
        /// X(n*) in operations a second.
        package var throughput: Double
    }

    /// γ: operations a second of one caller.
    package let single: Figure
    /// α: the share of the work that callers must do one after the other.
    package let contention: Figure
    /// β: what each pair of callers costs.
    package let coherency: Figure
    /// The means that were fitted, ascending in callers.
    package let points: [Point]
    /// Where throughput is largest; nil where the law has no peak, β being 0. Its upper end is nil
    /// where β may be 0.
    package let peak: Peak?

    /// The law that fits the points best.
    ///
    /// - Throws: `ScalabilityFitError` for fewer than three different numbers of callers, and for
    ///   a throughput that is not a number above 0.
    package init(_ measured: [Point]) throws(ScalabilityFitError) {
        for point in measured where !(point.throughput > 0 && point.throughput.isFinite) {
            throw .unusable(throughput: point.throughput, callers: point.callers)
        }
        let groups = Dictionary(grouping: measured.filter { $0.callers > 0 }, by: \.callers)
        guard groups.count >= 3 else { throw .tooFewNumbers(groups.count) }
        points = groups.sorted { $0.key < $1.key }.map { callers, group in
            let sum = group.reduce(0) { $0 + $1.throughput }
            return Point(callers: callers, throughput: sum / Double(group.count))
        }
        let squares = ScalabilitySquares(points)
        let best = squares.minimum
        let spread = squares.spread(at: best)
        single = Figure(value: best.single, low: nil, high: nil)
            .within(spread.single, least: 0, most: .infinity)
        contention = Figure(value: best.contention, low: nil, high: nil)
            .within(spread.contention, least: 0, most: 1)
        coherency = Figure(value: best.coherency, low: nil, high: nil)
            .within(spread.coherency, least: 0, most: .infinity)
        peak = Self.peak(best, spread: spread.peak, coherency: coherency)
    }

    private static func peak(
        _ law: ScalabilityLaw, spread: ScalabilitySpread.Width?, coherency: Figure
    ) -> Peak? {
        guard let callers = law.peakCallers else { return nil }
        var figure = Figure(value: callers, low: nil, high: nil)
        // Delta method on the logarithm: the peak is a ratio.
        if let spread {
            figure.low = max(1, callers * Foundation.exp(-spread.both))
            figure.high = callers * Foundation.exp(spread.both)
        }
        if coherency.low == 0 { figure.high = nil }
        return Peak(callers: figure, throughput: law.throughput(at: callers))
    }

    /// The throughput of so many callers in operations a second.
    package func throughput(at callers: Double) -> Double {
        law.throughput(at: callers)
    }

    /// Whether so many callers are beyond what the points say: past twice the largest number
    /// measured.
    package func isExtrapolated(_ callers: Double) -> Bool {
        callers > 2 * Double(points.last?.callers ?? 0)
    }

    private var law: ScalabilityLaw {
        ScalabilityLaw(
            single: single.value, contention: contention.value, coherency: coherency.value)
    }
}

extension ScalabilityFit.Figure {
    /// With the interval of a half-width, cut at the bounds of the law; one-sided where the value
    /// is at one.
    fileprivate func within(
        _ width: ScalabilitySpread.Width?, least: Double, most: Double
    ) -> ScalabilityFit.Figure {
        guard let width else { return self }
        var figure = self
        figure.low = value <= least ? least : max(least, value - width.both)
        figure.high = min(most, value + (value <= least ? width.one : width.both))
        return figure
    }
}
