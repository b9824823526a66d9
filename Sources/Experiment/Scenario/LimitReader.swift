import Throttling
import Units

/// How a limit is written in a scenario; what would be no limit or an absurd one is refused where
/// it stands.
extension YAMLValue {
    /// What a throttle may be called.
    static let limitNames = [
        "token-bucket", "fixed-window", "sliding-window", "budget", "concurrency", "delay",
        "tarpit", "breaker", "all",
    ]

    /// A limit by its name, this value being what the name stands for.
    func limit(named name: String) throws(ScenarioError) -> Limit {
        switch name {
        case "token-bucket": try tokenBucket()
        case "fixed-window": try fixedWindow()
        case "sliding-window": try slidingWindow()
        case "budget": try budget()
        case "concurrency": try sound(.concurrency(try quantity(RecordCount.self)))
        case "delay": try sound(.delay(try quantity(Nanoseconds.self)))
        case "tarpit": try tarpit()
        case "breaker": try breaker()
        default: try sound(.all(try members()))
        }
    }

    /// The members of `all`, each a mapping of one name.
    private func members() throws(ScenarioError) -> [Limit] {
        guard node.sequence != nil else {
            throw complaint("\(place) must be a list of limits, such as [{ concurrency: 4 }]")
        }
        guard node.sequence?.isEmpty == false else {
            throw complaint("\(place): '[]' limits nothing: name its limits, or write 'none'")
        }
        return try items().map { item throws(ScenarioError) in try item.member() }
    }

    private func member() throws(ScenarioError) -> Limit {
        guard node.mapping != nil else {
            let text = try text()
            throw complaint(
                Self.limitNames.contains(text)
                    ? "\(place): '\(text)' needs its settings, as in a mapping"
                    : "\(place): '\(text)' limits nothing; known: "
                        + Self.limitNames.joined(separator: ", "))
        }
        let keys = try entries(known: Self.limitNames)
        guard keys.count == 1, let (name, body) = keys.first else {
            throw complaint("a member of \(place) names exactly one limit, and no setting")
        }
        guard name != "all" else {
            throw body.complaint("\(place) stands within 'all': put its members beside the others")
        }
        return try body.limit(named: name)
    }

    private func tokenBucket() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["rate", "burst"])
        let rate = try required("rate", of: keys, Rate.self)
        let burst = try keys["burst"]?.quantity(RecordCount.self) ?? RecordCount(1)
        try check(TokenBucket.flaw(rate: rate, burst: burst), keys)
        return .tokenBucket(TokenBucket(rate: rate, burst: burst))
    }

    private func fixedWindow() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["limit", "window"])
        let limit = try required("limit", of: keys, RecordCount.self)
        let window = try required("window", of: keys, Nanoseconds.self)
        try check(FixedWindow.flaw(limit: limit, window: window), keys)
        return .fixedWindow(FixedWindow(limit: limit, window: window))
    }

    private func slidingWindow() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["limit", "window"])
        let limit = try required("limit", of: keys, RecordCount.self)
        let window = try required("window", of: keys, Nanoseconds.self)
        try check(SlidingWindow.flaw(limit: limit, window: window), keys)
        return .slidingWindow(SlidingWindow(limit: limit, window: window))
    }

    private func budget() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["quota", "period"])
        let quota = try required("quota", of: keys, RecordCount.self)
        try check(Budget.flaw(quota: quota), keys)
        guard let value = keys["period"] else { throw lacking("period") }
        let word = try value.word(Budget.Period.allCases.map(\.rawValue))
        return .budget(Budget(quota: quota, period: Budget.Period(rawValue: word) ?? .day))
    }

    private func breaker() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["threshold", "window", "lockout"])
        let threshold = try required("threshold", of: keys, RecordCount.self)
        let window = try required("window", of: keys, Nanoseconds.self)
        let lockout = try required("lockout", of: keys, Nanoseconds.self)
        try check(Breaker.flaw(threshold: threshold, window: window, lockout: lockout), keys)
        return .breaker(Breaker(threshold: threshold, window: window, lockout: lockout))
    }

    private func tarpit() throws(ScenarioError) -> Limit {
        let keys = try entries(known: ["free", "first", "growth", "longest", "window"])
        let free = try required("free", of: keys, RecordCount.self)
        let first = try required("first", of: keys, Nanoseconds.self)
        guard let growth = try keys["growth"]?.factor() else { throw lacking("growth") }
        let longest = try required("longest", of: keys, Nanoseconds.self)
        let window = try required("window", of: keys, Nanoseconds.self)
        try check(
            Tarpit.flaw(
                free: free, first: first, growth: growth, longest: longest, window: window), keys)
        let tarpit = Tarpit(
            free: free, first: first, growth: growth, longest: longest, window: window)
        guard let tarpit else { preconditionFailure("a tarpit without a flaw can be made") }
        return .tarpit(tarpit)
    }

    /// By how much a wait grows.
    private func factor() throws(ScenarioError) -> Double {
        let text = try text()
        guard let factor = Double(text), factor.isFinite else {
            throw complaint("\(place): '\(text)' is not a number: write it as 2 or 1.5")
        }
        return factor
    }

    private func required<Value: Quantity>(
        _ key: String, of keys: [String: YAMLValue], _ type: Value.Type
    ) throws(ScenarioError) -> Value {
        guard let value = keys[key] else { throw lacking(key) }
        return try value.quantity(type)
    }

    private func lacking(_ key: String) -> ScenarioError { complaint("\(place) needs a '\(key)'") }

    /// Complains of a flaw at the key that has it.
    func check(
        _ flaw: Flaw?, _ keys: [String: YAMLValue]
    ) throws(ScenarioError) {
        guard let flaw else { return }
        let value = keys[flaw.key] ?? self
        throw value.complaint("'\(path).\(flaw.key)': '\(flaw.value)' \(flaw.reason)")
    }

    /// A limit, unless something stands against it.
    private func sound(_ limit: Limit) throws(ScenarioError) -> Limit {
        guard let flaw = limit.flaw else { return limit }
        throw complaint(flaw)
    }
}
