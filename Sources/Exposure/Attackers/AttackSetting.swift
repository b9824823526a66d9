import Results
import Units

/// What stays the same about an attack, whatever throttle and alarm it meets.
package struct AttackSetting: Hashable, Sendable {
    /// What lies between an alarm and the thief's last call.
    package let delays: DelaySettings
    /// H: when a theft ends that no alarm ends.
    package let horizon: Nanoseconds
    /// How sure a creeping thief wants to be.
    package let confidence: Probability
    /// What a thief who picks finds in the best records; nil where all are worth the same.
    package let value: ValueCurve?
    /// Thefts that are drawn.
    package let draws: Int
    /// What they are drawn from.
    package let seed: UInt64

    /// A setting.
    package init(
        delays: DelaySettings, horizon: Nanoseconds, confidence: Probability,
        value: ValueCurve? = nil, draws: Int = 10_000, seed: UInt64
    ) {
        self.delays = delays
        self.horizon = horizon
        self.confidence = confidence
        self.value = value
        self.draws = draws
        self.seed = seed
    }
}
