import Units

/// What lies between the end of the period that completes an alarm and the thief's last call.
package struct DelaySettings: Codable, Hashable, Sendable {
    /// Until a period's count is there to be evaluated.
    package var publish: ThreePoint<Nanoseconds>
    /// Until it is evaluated.
    package var evaluation: ThreePoint<Nanoseconds>
    /// Who acts on the alarm, and after how long.
    package var response: Response
    /// Whether a revocation ends sessions that are logged in already and data keys that are cached:
    /// without that the window does not close.
    package var endsSessions: Bool

    /// Who acts on an alarm.
    package enum Response: Hashable, Sendable {
        /// A program that revokes the caller.
        case automatic(ThreePoint<Nanoseconds>)
        /// Somebody who is called, looks and decides.
        case human(ThreePoint<Nanoseconds>)

        /// After how long, whoever it is.
        package var length: ThreePoint<Nanoseconds> {
            switch self {
            case .automatic(let length), .human(let length): length
            }
        }
    }

    /// Delays; by default none but the response.
    package init(
        publish: ThreePoint<Nanoseconds> = ThreePoint(.zero),
        evaluation: ThreePoint<Nanoseconds> = ThreePoint(.zero),
        response: Response = .automatic(ThreePoint(.zero)), endsSessions: Bool = true
    ) {
        self.publish = publish
        self.evaluation = evaluation
        self.response = response
        self.endsSessions = endsSessions
    }
}

/// What a thief who picks his records finds in the best of them.
package struct ValueCurve: Codable, Hashable, Sendable {
    /// The share of the records that are the best.
    package let best: Probability
    /// The share of all value that they hold, at least `best`.
    package let worth: Probability

    /// A curve such as "the best 1 % is worth half".
    package init(best: Probability, worth: Probability) {
        self.best = best
        self.worth = worth
    }
}
