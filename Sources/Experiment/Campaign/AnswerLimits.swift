import Units

/// How long a worker may keep its parent waiting before it is taken to hang, and killed.
package struct AnswerLimits: Sendable {
    /// For a device to start, to log in and to make its keys, or to seal and warm up.
    package let preparation: Nanoseconds
    /// Beyond the planned time of a round.
    package let grace: Nanoseconds

    /// What slow devices need.
    package static let usual = AnswerLimits(preparation: .seconds(180), grace: .seconds(30))

    /// Limits of one's own.
    package init(preparation: Nanoseconds, grace: Nanoseconds) {
        self.preparation = preparation
        self.grace = grace
    }
}
