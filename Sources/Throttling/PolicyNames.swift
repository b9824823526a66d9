import Units

extension Policy {
    /// The form that stands in a cell's key: `token-bucket-500ps-100`, `fixed-window-10k-1m-deny`,
    /// `token-bucket-500ps-100+concurrency-4-per-256B`; what is the default is left out.
    package var keyForm: String {
        guard limit != .none else { return "none" }
        var form = limit.members.map(\.keyForm).joined(separator: "+")
        if case .bytes(let size) = charge { form += "-per-\(size)" }
        if onLimit == .deny { form += "-deny" }
        if scope == .perClient { form += "-per-client" }
        return form
    }

    /// The policy in words for a report: `token bucket 500/s, burst 100`,
    /// `fixed window 10k per minute`.
    package var inWords: String {
        let members = limit.members.map(\.inWords).joined(separator: " and ")
        guard case .bytes(let size) = charge, limit != .none else {
            return members.isEmpty ? "no throttle" : members
        }
        return "\(members), one unit for every started \(size)"
    }
}

extension Limit {
    /// The part of a key that names one limit.
    fileprivate var keyForm: String {
        switch self {
        case .none: "none"
        case .tokenBucket(let bucket): "token-bucket-\(bucket.rate.keyForm)-\(bucket.burst)"
        case .fixedWindow(let fixed): "fixed-window-\(fixed.limit)-\(fixed.window)"
        case .slidingWindow(let sliding): "sliding-window-\(sliding.limit)-\(sliding.window)"
        case .breaker(let breaker):
            "breaker-\(breaker.threshold)-\(breaker.window)-\(breaker.lockout)"
        case .budget(let budget): "budget-\(budget.quota)-\(budget.period.length)"
        case .tarpit(let tarpit):
            "tarpit-\(tarpit.free)-\(tarpit.first)-\(tarpit.growthText)-\(tarpit.longest)"
                + "-\(tarpit.window)"
        case .concurrency(let most): "concurrency-\(most)"
        case .delay(let length): "delay-\(length)"
        case .all(let members): members.map(\.keyForm).joined(separator: "+")
        }
    }

    /// One limit in words.
    fileprivate var inWords: String {
        switch self {
        case .none: "no throttle"
        case .tokenBucket(let bucket): "token bucket \(bucket.rate), burst \(bucket.burst)"
        case .fixedWindow(let fixed):
            "fixed window \(fixed.limit) per \(fixed.window.seconds.asPeriod)"
        case .slidingWindow(let sliding):
            "sliding window \(sliding.limit) per \(sliding.window.seconds.asPeriod)"
        case .breaker(let breaker):
            "breaker at \(breaker.threshold) per \(breaker.window.seconds.asPeriod), "
                + "shut for \(breaker.lockout.seconds.inWords)"
        case .budget(let budget): "budget \(budget.quota) per \(budget.period.rawValue)"
        case .tarpit(let tarpit):
            "tarpit after \(tarpit.free) per \(tarpit.window.seconds.asPeriod), waits from "
                + "\(tarpit.first) to \(tarpit.longest), each \(tarpit.growthText) times the last"
        case .concurrency(let most): "at most \(most) in flight"
        case .delay(let length): "delay \(length)"
        case .all(let members): members.map(\.inWords).joined(separator: " and ")
        }
    }
}

extension Tarpit {
    /// The growth without a needless fraction: `2`, `1.5`.
    var growthText: String {
        growth < 1e15 && growth == growth.rounded() ? "\(Int64(growth))" : "\(growth)"
    }
}
