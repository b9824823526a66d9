import Units

extension Policy {
    /// The policy as it is written in a scenario: `none`, or
    /// `{ token-bucket: { rate: 500/s, burst: 100 }, on-limit: wait, max-wait: 30s, … }`.
    package var scenarioForm: String {
        guard limit != .none else { return "none" }
        var parts = [limit.scenarioForm]
        switch onLimit {
        case .deny: parts.append("on-limit: deny")
        case .wait(let longest): parts += ["on-limit: wait", "max-wait: \(longest)"]
        }
        parts += ["scope: \(scope.rawValue)", "enforced: \(enforced.rawValue)"]
        if case .bytes(let size) = charge { parts.append("charge: { bytes: \(size) }") }
        return "{ \(parts.joined(separator: ", ")) }"
    }
}

extension Limit {
    /// One key of a policy with its settings.
    fileprivate var scenarioForm: String {
        switch self {
        case .none: "none"
        case .tokenBucket(let bucket):
            "token-bucket: { rate: \(bucket.rate), burst: \(bucket.burst) }"
        case .fixedWindow(let fixed):
            "fixed-window: { limit: \(fixed.limit), window: \(fixed.window) }"
        case .slidingWindow(let sliding):
            "sliding-window: { limit: \(sliding.limit), window: \(sliding.window) }"
        case .breaker(let breaker):
            "breaker: { threshold: \(breaker.threshold), window: \(breaker.window), "
                + "lockout: \(breaker.lockout) }"
        case .budget(let budget):
            "budget: { quota: \(budget.quota), period: \(budget.period.rawValue) }"
        case .tarpit(let tarpit):
            "tarpit: { free: \(tarpit.free), first: \(tarpit.first), growth: \(tarpit.growthText), "
                + "longest: \(tarpit.longest), window: \(tarpit.window) }"
        case .concurrency(let most): "concurrency: \(most)"
        case .delay(let length): "delay: \(length)"
        case .all(let members):
            "all: [\(members.map { "{ \($0.scenarioForm) }" }.joined(separator: ", "))]"
        }
    }
}
