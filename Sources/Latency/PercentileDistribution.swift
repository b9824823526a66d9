import Foundation

extension PortableHistogram {
    /// The percentile distribution as `.hgrm` text, which HdrHistogram's plotters read: value,
    /// share of values up to it, their number, and 1 / (1 − share).
    ///
    /// It is the text of the Python package's `output_percentile_distribution`, whose rows each
    /// close one tenth of what is left to 100 % at five ticks; but the standard deviation is
    /// scaled as the mean is, which that package forgets.
    ///
    /// - Parameters:
    ///   - divisor: what values are divided by, so 1e6 for milliseconds from nanoseconds.
    ///   - ticksPerHalfDistance: how fine the steps are, at least 1.
    package func percentileDistribution(
        dividedBy divisor: Double = 1, ticksPerHalfDistance: Int = 5
    ) -> String {
        precondition(divisor > 0 && ticksPerHalfDistance > 0, "a divisor and a number of ticks")
        var text = "       Value     Percentile TotalCount 1/(1-Percentile)\n\n"
        for step in percentileSteps(Double(ticksPerHalfDistance)) {
            let value = String(format: "%12.\(layout.digits)f", Double(step.value) / divisor)
            let share = String(format: "%2.12f", step.level / 100)
            text += "\(value) \(share) \(padded(step.total, to: 10))"
            if step.level < 100 { text += String(format: " %14.2f", 1 / (1 - step.level / 100)) }
            text += "\n"
        }
        return text + footer(dividedBy: divisor)
    }

    private func footer(dividedBy divisor: Double) -> String {
        func figure(_ value: Double) -> String { String(format: "%12.\(layout.digits)f", value) }
        return """
            #[Mean    = \(figure((mean ?? 0) / divisor)), \
            StdDeviation   = \(figure((standardDeviation ?? 0) / divisor))]
            #[Max     = \(figure(Double(highest ?? 0) / divisor)), \
            TotalCount     = \(figure(Double(count)))]
            #[Buckets = \(padded(UInt64(layout.doublings), to: 12)), \
            SubBuckets     = \(padded(UInt64(layout.firstBuckets), to: 12))]

            """
    }

    /// One row: the level in percent, the value that reaches it, and how many values that takes in.
    private struct PercentileStep {
        let level: Double
        let value: UInt64
        let total: UInt64
    }

    private func percentileSteps(_ ticks: Double) -> [PercentileStep] {
        var steps: [PercentileStep] = []
        var (level, total) = (0.0, UInt64(0))
        for bucket in buckets {
            total += bucket.count
            let reached = 100 * Double(total) / Double(count)
            let value = layout.values(in: bucket.index).upperBound
            // The last bucket ends the steps: it has one at the next level, and one at 100 %.
            while reached >= level {
                steps.append(PercentileStep(level: level, value: value, total: total))
                if total == count || level >= 100 { break }
                level = Self.level(after: level, ticks)
            }
        }
        guard let last = steps.last, last.level < 100 else { return steps }
        return steps + [PercentileStep(level: 100, value: last.value, total: count)]
    }

    /// Twice the ticks for each halving of what is left to 100 %.
    private static func level(after level: Double, _ ticks: Double) -> Double {
        let halvings = logarithm(100 / (100 - level)) / logarithm(2)
        return level + 100 / (ticks * Foundation.pow(2, halvings + 1))
    }

    private func padded(_ number: UInt64, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: " ", count: Swift.max(0, width - digits.count)) + digits
    }
}
