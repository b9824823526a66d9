import Throttling
import Units

/// How a throttle is written in a scenario.
extension YAMLValue {
    private static let available = ["token-bucket", "fixed-window"]
    private static let later = [
        "sliding-window", "breaker", "budget", "tarpit", "concurrency", "delay", "all",
    ]
    private static let settings = ["on-limit", "max-wait", "scope", "charge", "enforced"]

    /// The list of throttles; `none` is put first where it is missing, because every projection
    /// starts from the unthrottled rate.
    func policies() throws(ScenarioError) -> [Policy] {
        let policies = try items().map { item throws(ScenarioError) in try item.policy() }
        return policies.contains(.none) ? policies : [.none] + policies
    }

    private func policy() throws(ScenarioError) -> Policy {
        if node.scalar != nil {
            _ = try word(["none"], later: Self.later)
            return .none
        }
        let keys = try entries(known: Self.available + Self.settings, later: Self.later)
        let limits = keys.keys.filter { Self.available.contains($0) }
        guard limits.count == 1, let name = limits.first, let body = keys[name] else {
            throw complaint(
                "a throttle is 'none' or names exactly one of "
                    + Self.available.joined(separator: ", "))
        }
        var policy = Policy(
            name == "token-bucket" ? try body.tokenBucket() : try body.fixedWindow())
        if let value = keys["scope"] {
            let word = try value.word([Scope.global.rawValue, Scope.perClient.rawValue])
            policy.scope = Scope(rawValue: word) ?? .global
        }
        if let value = keys["enforced"] {
            let word = try value.word(EnforcementPoint.allCases.map(\.rawValue))
            policy.enforced = EnforcementPoint(rawValue: word) ?? .service
        }
        if let value = keys["charge"] {
            guard value.node.mapping == nil else {
                throw value.complaint("'charge' by bytes is not available in this version yet")
            }
            _ = try value.word(["operation"])
        }
        policy.onLimit = try onLimit(keys)
        return policy
    }

    private func onLimit(_ keys: [String: YAMLValue]) throws(ScenarioError) -> OnLimit {
        let isDenied = try keys["on-limit"]?.word(["wait", "deny"]) == "deny"
        guard let value = keys["max-wait"] else {
            return isDenied ? .deny : .wait(atMost: .seconds(30))
        }
        guard !isDenied else {
            throw value.complaint("'max-wait' has no meaning with 'on-limit: deny'; remove one")
        }
        return .wait(atMost: try value.duration(.milliseconds(1) ... .seconds(86_400)))
    }

    private func tokenBucket() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["rate", "burst"])
        guard let rateValue = keys["rate"] else { throw complaint("'token-bucket' needs a 'rate'") }
        let rate = try rateValue.quantity(Rate.self)
        guard rate.perSecond <= 10_000_000 else {
            throw rateValue.complaint("'rate': '\(rate)' must be at most 10M/s")
        }
        let burst = try keys["burst"]?.quantity(RecordCount.self) ?? RecordCount(1)
        guard (1...1_000_000_000).contains(burst.count) else {
            throw complaint("'burst': '\(burst)' must lie between 1 and 1G operations")
        }
        return .tokenBucket(TokenBucket(rate: rate, burst: burst))
    }

    private func fixedWindow() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["limit", "window"])
        guard let limitValue = keys["limit"], let windowValue = keys["window"] else {
            throw complaint("'fixed-window' needs a 'limit' and a 'window'")
        }
        let limit = try limitValue.quantity(RecordCount.self)
        guard (1...1_000_000_000_000).contains(limit.count) else {
            throw limitValue.complaint("'limit': '\(limit)' must lie between 1 and 1T operations")
        }
        let window = try windowValue.duration(.milliseconds(1) ... .seconds(366 * 86_400))
        return .fixedWindow(FixedWindow(limit: limit, window: window))
    }
}
