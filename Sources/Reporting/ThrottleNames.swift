import Results
import Throttling

/// What the throttles of a run are called: in words, and where several have the same words, with
/// what tells them apart.
struct ThrottleNames {
    private let names: [Policy: String]

    /// Names for every throttle that a run projects or measured.
    init(_ run: Run) {
        self.init(run.scenario.throttles + run.cells.map(\.cell.throttle))
    }

    /// Names for these throttles, told apart by some of what their words leave out.
    init(_ throttles: [Policy], by known: [Aspect] = Aspect.allCases) {
        var names: [Policy: String] = [:]
        for group in Dictionary(grouping: Set(throttles), by: \.inWords).values {
            for policy in group {
                let aspects = known.filter { aspect in
                    group.contains { aspect.word(for: $0) != aspect.word(for: policy) }
                }
                let words = aspects.map { $0.word(for: policy) }.joined(separator: ", ")
                names[policy] = words.isEmpty ? policy.inWords : "\(policy.inWords) (\(words))"
            }
        }
        self.names = names
    }

    /// The name of a throttle; its plain words for one that the run does not have.
    subscript(policy: Policy) -> String { names[policy] ?? policy.inWords }

    /// What the words of a policy leave out.
    enum Aspect: CaseIterable {
        case onLimit, scope, place

        /// What a thief is bound by: whether calls over a limit wait or are refused is not of it.
        static let binding: [Aspect] = [.scope, .place]

        fileprivate func word(for policy: Policy) -> String {
            switch self {
            case .onLimit:
                switch policy.onLimit {
                case .deny: "deny"
                case .usual: "wait"
                case .wait(let longest): "wait for at most \(longest)"
                }
            case .scope: policy.scope == .global ? "global" : "per client"
            case .place: policy.enforced.inWords
            }
        }
    }
}

extension EnforcementPoint {
    /// Where it is, in words.
    var inWords: String {
        switch self {
        case .hsm: "in the HSM"
        case .service: "in a service of its own"
        case .host: "on the application's host"
        }
    }

    /// Whether a thief on the application's host can walk around it, and why.
    var bypass: String {
        switch self {
        case .hsm: "nothing gets to the keys past it"
        case .service:
            "a thief on the application's host cannot walk around it, as long as the HSM listens "
                + "to that service alone"
        case .host:
            "**it can be bypassed**: a thief there loads the module directly and is not throttled "
                + "at all"
        }
    }
}
