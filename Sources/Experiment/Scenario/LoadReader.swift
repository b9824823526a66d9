import Results
import Units

/// How loads in which calls fall due are written in a scenario.
extension YAMLValue {
    private static let callers = 1...1_024

    /// Open loads, each a mapping of rate, arrivals and callers.
    func openLoads() throws(ScenarioError) -> [OpenLoad] {
        if let sequence = node.sequence, sequence.isEmpty { return [] }
        return try distinct(items().map { item throws(ScenarioError) in try item.openLoad() })
    }

    private func openLoad() throws(ScenarioError) -> OpenLoad {
        let keys = try entries(known: ["rate", "arrivals", "callers"])
        let callers = try keys["callers"]?.integer(Self.callers)
        return OpenLoad(
            try openRate(keys, of: "an open load"), callers: callers ?? OpenLoad.usualCallers)
    }

    /// Mixed loads, each a legitimate stream and a number of attackers.
    func mixedLoads() throws(ScenarioError) -> [MixedLoad] {
        if let sequence = node.sequence, sequence.isEmpty { return [] }
        return try distinct(items().map { item throws(ScenarioError) in try item.mixedLoad() })
    }

    private func mixedLoad() throws(ScenarioError) -> MixedLoad {
        let keys = try entries(known: ["legitimate", "attackers"])
        guard let stream = keys["legitimate"] else {
            throw complaint(
                "\(place): a mixed load needs a 'legitimate' stream, such as { rate: 200/s }")
        }
        let legitimate = try stream.entries(known: ["rate", "arrivals", "clients", "callers"])
        let attackers = try keys["attackers"]?.integer(Self.callers)
        let clients = try legitimate["clients"]?.integer(Self.callers)
        let callers = try legitimate["callers"]?.integer(Self.callers)
        return MixedLoad(
            legitimate: try stream.openRate(legitimate, of: "a legitimate stream"),
            callers: callers ?? OpenLoad.usualCallers,
            clients: clients ?? MixedLoad.usualClients, attackers: attackers ?? 1)
    }

    private func openRate(
        _ keys: [String: YAMLValue], of what: String
    ) throws(ScenarioError) -> OpenRate {
        guard let value = keys["rate"] else {
            throw complaint("\(place): \(what) needs a rate, such as { rate: 2k/s }")
        }
        let rate = try value.quantity(Rate.self)
        guard rate.perSecond <= 10_000_000 else {
            throw complaint("'\(path).rate': '\(rate)' must be at most 10M/s")
        }
        let words = OpenRate.Arrivals.allCases.map(\.rawValue)
        let arrivals = try keys["arrivals"].map { value throws(ScenarioError) in
            OpenRate.Arrivals(rawValue: try value.word(words))
        }
        return OpenRate(rate, arrivals.flatMap { $0 } ?? .poisson)
    }
}
