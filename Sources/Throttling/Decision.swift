import Units

/// What a throttle answers to one call.
package enum Decision: Hashable, Sendable {
    /// The call may go on now.
    case admit
    /// The call has a place that opens at this instant of the throttle's clock.
    case wait(until: Nanoseconds)
    /// The call is refused; one made at this instant would be admitted if nobody else came.
    case deny(retryAfter: Nanoseconds)
}

/// A limit whose whole state is one 64-bit word, so that processes can share it without a lock.
///
/// Both limits here keep the word as a place in an endless row: the next call takes the place
/// after the last one taken, and every place has an instant from which it may be used.
package protocol SingleWordLimit: Hashable, Sendable {
    /// The word of a throttle that nobody has used.
    var initialWord: UInt64 { get }

    /// The place that `operations` calls at `now` would take.
    ///
    /// - Parameters:
    ///   - word: the state before.
    ///   - now: time since the throttle's epoch, not negative.
    ///   - operations: how many are asked for at once.
    /// - Returns: the word afterwards and the instant from which the place may be used; an instant
    ///   not after `now` is admitted. Nil where no instant would ever do.
    func place(
        after word: UInt64, at now: Nanoseconds, operations: UInt64
    ) -> (word: UInt64, opens: Nanoseconds)?
}

extension SingleWordLimit {
    /// Decides one request and advances the word where a place was taken.
    ///
    /// A denied request consumes nothing.
    package func decide(
        _ word: inout UInt64, at now: Nanoseconds, onLimit: OnLimit, operations: UInt64 = 1
    ) -> Decision {
        guard operations > 0 else { return .admit }
        guard let place = place(after: word, at: now, operations: operations) else {
            return .deny(retryAfter: .max)
        }
        if place.opens <= now {
            word = place.word
            return .admit
        }
        if case .wait(let longest) = onLimit, place.opens.count - now.count <= longest.count {
            word = place.word
            return .wait(until: place.opens)
        }
        return .deny(retryAfter: place.opens)
    }
}
