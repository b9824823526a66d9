import Results
import Throttling
import Units

/// A throttle with the place where it was written, for complaints that only the rest of the
/// scenario can give rise to.
struct WrittenPolicy {
    let policy: Policy
    let place: YAMLValue
}

/// How a throttle is written in a scenario.
extension YAMLValue {
    private static let settings = ["on-limit", "max-wait", "scope", "charge", "enforced"]

    /// The list of throttles, each where it stands.
    func policies() throws(ScenarioError) -> [WrittenPolicy] {
        try items().map { item throws(ScenarioError) in
            WrittenPolicy(policy: try item.policy(), place: item)
        }
    }

    private func policy() throws(ScenarioError) -> Policy {
        if node.scalar != nil {
            guard !Self.limitNames.contains(try text()) else {
                throw complaint("\(place): '\(try text())' needs its settings, as in a mapping")
            }
            _ = try word(["none"])
            return .none
        }
        let keys = try entries(known: Self.limitNames + Self.settings)
        guard let name = Self.limitNames.filter({ keys[$0] != nil }).only, let body = keys[name]
        else {
            throw complaint(
                "a throttle is 'none' or names exactly one of "
                    + Self.limitNames.joined(separator: ", "))
        }
        var policy = Policy(try body.limit(named: name))
        // A calendar quota is somebody's; a rate is everybody's.
        policy.scope = policy.limit.members.contains(where: \.isBudget) ? .perClient : .global
        if let value = keys["scope"] {
            let word = try value.word([Scope.global.rawValue, Scope.perClient.rawValue])
            policy.scope = Scope(rawValue: word) ?? .global
        }
        if let value = keys["enforced"] {
            let word = try value.word(EnforcementPoint.allCases.map(\.rawValue))
            policy.enforced = EnforcementPoint(rawValue: word) ?? .service
        }
        if let value = keys["charge"] { policy.charge = try value.charge() }
        policy.onLimit = try onLimit(keys)
        if let flaw = policy.flaw { throw body.complaint(flaw) }
        try body.checkTarpits(policy)
        return policy
    }

    /// `operation`, or bytes that make one unit.
    private func charge() throws(ScenarioError) -> Charge {
        guard node.mapping != nil else {
            _ = try word(["operation"])
            return .operation
        }
        guard let value = try entries(known: ["bytes"])["bytes"] else {
            throw complaint("'charge' is 'operation' or { bytes: 256 }, one unit for so many")
        }
        let size = try value.quantity(ByteCount.self)
        guard size.count >= 1 else {
            throw value.complaint("\(value.place): '\(size)' must be at least 1B")
        }
        return .bytes(size)
    }

    private func onLimit(_ keys: [String: YAMLValue]) throws(ScenarioError) -> OnLimit {
        let isDenied = try keys["on-limit"]?.word(["wait", "deny"]) == "deny"
        guard let value = keys["max-wait"] else {
            return isDenied ? .deny : .usual
        }
        guard !isDenied else {
            throw value.complaint("'max-wait' has no meaning with 'on-limit: deny'; remove one")
        }
        return .wait(atMost: try value.duration(.milliseconds(1) ... .seconds(86_400)))
    }

    /// Refuses a tarpit in which even the first call waits for longer than a call may.
    private func checkTarpits(_ policy: Policy) throws(ScenarioError) {
        guard case .wait(let longest) = policy.onLimit else { return }
        for case .tarpit(let tarpit) in policy.limit.members
        where tarpit.free.count == 0 && tarpit.first > longest {
            throw complaint(
                "'first': '\(tarpit.first)' is longer than 'max-wait' (\(longest)), and with "
                    + "'free: 0' every call waits so long, so that none is ever admitted; raise "
                    + "'free' to at least 1, or 'max-wait'")
        }
    }
}

extension Limit {
    /// Whether it is a quota of the calendar.
    fileprivate var isBudget: Bool { if case .budget = self { true } else { false } }
}

extension Array {
    /// The element of an array that has one; nil for any other.
    fileprivate var only: Element? { count == 1 ? first : nil }
}
