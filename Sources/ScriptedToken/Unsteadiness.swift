import Glibc

/// How a shared machine is now faster and now slower, for everything that runs on it.
///
/// A function of the clock and the seed alone: processes with one seed see the same at the same
/// time, as anchors on one host do.
struct Unsteadiness: Equatable {
    /// One factor on all services, which changes from period to period.
    struct Jitter: Equatable {
        /// The standard deviation of its logarithm; its median is 1.
        let depth: Double
        /// How long it stays the same, in nanoseconds, at least 1.
        let period_ns: UInt64

        /// The factor in a period, log-normally distributed (Box and Muller, 1958).
        ///
        /// - Parameter period: The number of the period since the clock's start.
        func factor(inPeriod period: UInt64, _ draws: SeededDraw) -> Double {
            let distance = (-2 * log(1 - draws.uniform(2 * period))).squareRoot()
            let angle = 2 * Double.pi * draws.uniform(2 * period + 1)
            return exp(depth * distance * cos(angle))
        }
    }

    /// The factors that are multiplied.
    let jitters: [Jitter]
    /// The seed of the script.
    let seed: UInt64

    private static let stream: UInt64 = 0x6A69_7474

    /// What becomes of a service that starts at an instant of the monotonic clock: the factor of
    /// its start holds for all of it.
    func service_ns(_ service_ns: UInt64, start_ns: UInt64) -> UInt64 {
        var factor = 1.0
        for (index, jitter) in jitters.enumerated() {
            let draws = SeededDraw(seed: seed, stream: Self.stream << 32 | UInt64(index))
            factor *= jitter.factor(inPeriod: start_ns / jitter.period_ns, draws)
        }
        return scaled_ns(service_ns, by: factor)
    }
}
