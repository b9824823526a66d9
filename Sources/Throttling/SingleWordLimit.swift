import Units

/// A limit whose whole state is one 64-bit word, so that processes can share it without a lock.
///
/// All limits of this kind keep the word as a place in an endless row: the next call takes the
/// place after the last one taken, and every place has an instant from which it may be used. The
/// word is 0 before anybody has called.
package protocol SingleWordLimit: Hashable, Sendable {
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
    ///
    /// - Parameter delay: what every call waits first, whatever becomes of it then.
    package func decide(
        _ word: inout UInt64, at now: Nanoseconds, onLimit: OnLimit, operations: UInt64 = 1,
        delay: Nanoseconds = .zero
    ) -> Decision {
        guard operations > 0 else { return .admit }
        let (arrival, overflow) = now.count.addingReportingOverflow(delay.count)
        guard !overflow,
            let place = place(after: word, at: Nanoseconds(arrival), operations: operations)
        else { return .deny(retryAfter: .max) }
        if place.opens.count <= arrival || onLimit.bears(place.opens.count - arrival) {
            word = place.word
            return place.opens <= now ? .admit : .wait(until: place.opens)
        }
        return .deny(retryAfter: place.opens - delay)
    }
}

extension OnLimit {
    /// Whether a caller waits for so many nanoseconds rather than being sent away.
    func bears(_ length: Int64) -> Bool { length <= patience }

    /// Nanoseconds that a caller waits at most.
    var patience: Int64 {
        switch self {
        case .deny: 0
        case .wait(let longest): longest.count
        }
    }
}
