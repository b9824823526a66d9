import Units

extension Policy {
    /// A number that is another one for every other limit, scope or charge (FNV-1a of their exact
    /// values), by which a state knows its policy. Patience is no part of it: callers may differ.
    var fingerprint: UInt64 {
        var text = limit.exactForm + " " + scope.rawValue
        if case .bytes(let size) = charge { text += " \(size.count)" }
        return text.utf8.reduce(0xcbf2_9ce4_8422_2325) { hash, byte in
            (hash ^ UInt64(byte)) &* 0x0000_0100_0000_01b3
        }
    }
}

extension Limit {
    /// Every value that a decision depends on, exactly.
    fileprivate var exactForm: String {
        switch self {
        case .none: "none"
        case .tokenBucket(let bucket):
            "token-bucket \(bucket.rate.count) \(bucket.rate.period.count) \(bucket.burst.count)"
        case .fixedWindow(let fixed):
            "fixed-window \(fixed.limit.count) \(fixed.window.count) \(fixed.phase.count)"
        case .slidingWindow(let sliding):
            "sliding-window \(sliding.limit.count) \(sliding.window.count)"
        case .breaker(let breaker):
            "breaker \(breaker.threshold.count) \(breaker.window.count) \(breaker.lockout.count)"
        case .budget(let budget): "budget \(budget.quota.count) \(budget.period.rawValue)"
        case .tarpit(let tarpit):
            "tarpit \(tarpit.free.count) \(tarpit.first.count) \(tarpit.growth.bitPattern) "
                + "\(tarpit.longest.count) \(tarpit.window.count)"
        case .concurrency(let most): "concurrency \(most.count)"
        case .delay(let length): "delay \(length.count)"
        case .all(let members): "all " + members.map(\.exactForm).joined(separator: ", ")
        }
    }
}
