import Exposure
import Results
import Throttling

/// What one choice changes for the innocent, where both sides of it were measured: to wait or to
/// deny, one state for all or one for each client.
struct AttackComparison {
    private let effects: [AttackEffect]
    private let names: ThrottleNames

    init(_ effects: [AttackEffect], _ names: ThrottleNames) {
        self.effects = effects.filter { $0.pair.isValid && $0.pair.throttle != .none }
        self.names = names
    }

    var sentences: [String] { manners + scopes + reserves }

    private var manners: [String] {
        pairs { first, second in
            guard case .wait = first.onLimit, second.onLimit == .deny else { return false }
            var other = first
            other.onLimit = .deny
            return other == second
        }.map { waiting, denying in
            guard waiting.words != denying.words else {
                return "**To wait or to deny**, \(limit(waiting)), "
                    + "\(waiting.pair.throttle.stateInWords): no difference; \(waiting.words)."
            }
            return
                "**To wait or to deny**, \(limit(waiting)), \(waiting.pair.throttle.stateInWords): "
                + "where callers wait, \(waiting.words); where they are refused, \(denying.words)."
        }
    }

    private var scopes: [String] {
        pairs { first, second in
            var other = first
            other.scope = .perClient
            return first.scope == .global && other == second
        }.map { global, own in
            let rest = global.pair.throttle.onLimit.inWords
            return "**One state for all or one for each client**, \(limit(global)), calls over "
                + "it \(rest): with one for all, \(global.words), and \(global.gain); with one for "
                + "each client, \(own.words), and \(own.gain)."
        }
    }

    /// What a reserved share would change where a thief shuts the others out.
    private var reserves: [String] {
        let cases = effects.filter(\.isShutOut).compactMap { effect in
            effect.rest.map { (effect.pair.throttle, $0) }
        }
        guard let demand = effects.first?.pair.demand, !cases.isEmpty else { return [] }
        let (denying, waiting) = (
            cases.contains { $0.0.onLimit == .deny }, cases.contains { $0.0.onLimit != .deny }
        )
        let fates = [denying ? "be refused" : nil, waiting ? "wait" : nil].compactMap(\.self)
        let rests = cases.map { "\(Wording.number($0.1))/s behind \(names[$0.0])" }
        return [
            "**A reserved share**: \(Wording.number(demand))/s kept for the legitimate callers "
                + "are in the long run enough for their demand, though bursts beyond that would "
                + "still \(fates.joined(separator: " or ")); the thief would in the long run get "
                + "\(Wording.list(rests))."
        ]
    }

    private func limit(_ effect: AttackEffect) -> String { effect.pair.throttle.inWords }

    /// Every ordered pair of throttles for which a question holds.
    private func pairs(
        where isPair: (Policy, Policy) -> Bool
    ) -> [(AttackEffect, AttackEffect)] {
        effects.flatMap { first in
            effects.filter { isPair(first.pair.throttle, $0.pair.throttle) }.map { (first, $0) }
        }
    }
}

extension AttackEffect {
    /// What a thief would get in the long run if the legitimate demand were kept from him; nil
    /// where that is nothing, or not known.
    fileprivate var rest: Double? {
        guard let sustained = pair.throttle.sustainedRate else { return nil }
        let rest = sustained / Double(pair.legitimate.cell.units) - pair.demand
        return rest > 0 ? rest : nil
    }
}
