import Units

/// What a throttle admits.
package enum Limit: Hashable, Sendable {
    /// Everything.
    case none
    /// A continuous refill into a bucket that starts full.
    case tokenBucket(TokenBucket)
    /// A count in each window of a clock.
    case fixedWindow(FixedWindow)
    /// A count in every stretch of time of one length, wherever it begins.
    case slidingWindow(SlidingWindow)
    /// A count in every stretch of time that shuts the throttle for a while once it is reached.
    case breaker(Breaker)
    /// A quota of the calendar.
    case budget(Budget)
    /// Waits that grow with what was admitted lately.
    case tarpit(Tarpit)
    /// So many operations in flight at once; the rest queue for a slot.
    case concurrency(RecordCount)
    /// A wait before every call, all of them in parallel.
    case delay(Nanoseconds)
    /// Several at once: every member must admit, and a denial by one takes nothing of the others.
    case all([Limit])

    /// The limits that it consists of: those of `all`, itself otherwise, nothing for `none`.
    package var members: [Limit] {
        switch self {
        case .none: []
        case .all(let members): members
        default: [self]
        }
    }

    /// Operations in flight at most; nil without `concurrency`.
    package var slots: Int? {
        for case .concurrency(let most) in members { return Int(clamping: most.count) }
        return nil
    }

    /// What every call waits first; nothing without `delay`.
    package var delay: Nanoseconds {
        for case .delay(let length) in members { return length }
        return .zero
    }

    /// The most units that one request may ask for: a larger one is never admitted.
    package var largestRequest: UInt64 {
        members.map { member in
            switch member {
            case .tokenBucket(let bucket): bucket.burst.count
            case .fixedWindow(let fixed): fixed.limit.count
            case .slidingWindow(let sliding): sliding.limit.count
            case .breaker(let breaker): breaker.threshold.count
            case .budget(let budget): budget.quota.count
            case .none, .tarpit, .concurrency, .delay, .all: .max
            }
        }.min() ?? .max
    }
}
