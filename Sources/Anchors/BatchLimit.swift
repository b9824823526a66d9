/// The longest ciphertext that one call of a device takes, and what ended the search for it.
package struct BatchLimit<Refusal: Equatable & Sendable>: Equatable, Sendable {
    /// The longest that was accepted; 0 where not even the shortest was.
    package let bytes: Int
    /// Why nothing longer was found.
    package let end: End

    /// Why a search ended.
    package enum End: Equatable, Sendable {
        /// The next longer one was refused.
        case refused(Refusal)
        /// The bound of the search was reached.
        case bound
        /// The longest one took so long that a longer was not tried.
        case slow
    }

    /// What came of one call.
    package enum Answer: Equatable, Sendable {
        /// It was opened.
        case accepted
        /// It was opened, but slowly.
        case slow
        /// It was not.
        case refused(Refusal)
    }

    /// Searches by doubling up to the first refusal, then by bisection.
    ///
    /// - Parameters:
    ///   - least: the first length to try.
    ///   - bound: the longest to try; both are multiples of `step`.
    ///   - step: the lengths that there are lie so far apart.
    ///   - ask: makes a call of a length.
    /// - Throws: what `ask` throws.
    package init<Failure: Error>(
        from least: Int, to bound: Int, inStepsOf step: Int,
        _ ask: (Int) throws(Failure) -> Answer
    ) throws(Failure) {
        precondition(0 < least && least <= bound && step > 0, "there is a length to try")
        precondition(least % step == 0 && bound % step == 0, "lengths are whole steps")
        var (accepted, length) = (0, least)
        var refused: (length: Int, reason: Refusal)?
        while refused == nil {
            switch try ask(length) {
            case .accepted where length == bound:
                (bytes, end) = (length, .bound)
                return
            case .accepted: (accepted, length) = (length, min(bound, length * 2))
            case .slow:
                (bytes, end) = (length, .slow)
                return
            case .refused(let reason): refused = (length, reason)
            }
        }
        guard var (shortest, reason) = refused, accepted > 0 else {
            (bytes, end) = (0, refused.map { .refused($0.reason) } ?? .bound)
            return
        }
        while shortest - accepted > step {
            let middle = accepted + (shortest - accepted) / step / 2 * step
            switch try ask(middle) {
            case .accepted, .slow: accepted = middle
            case .refused(let other): (shortest, reason) = (middle, other)
            }
        }
        (bytes, end) = (accepted, .refused(reason))
    }
}
