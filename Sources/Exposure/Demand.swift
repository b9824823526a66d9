import Results
import Throttling
import Units

/// What legitimate callers ask for beside the thief, as a mixed load measured it.
package struct Demand: Hashable, Sendable {
    /// D: legitimate calls a second.
    package let rate: Double
    /// p: how often a second the thief asks that this throttle refuses; infinite for one who comes
    /// back at the instant that a refusal names, nil where that was not measured.
    package let attempts: Double?
    /// Legitimate calls that can wait at once.
    package let callers: Int
    /// The thief's calls that can wait at once.
    package let thieves: Int

    /// A demand and the attempts against one throttle, with the callers that can queue for it.
    package init(rate: Double, attempts: Double?, callers: Int, thieves: Int) {
        self.rate = rate
        self.attempts = attempts
        self.callers = callers
        self.thieves = thieves
    }

    /// The demand that a run's mixed loads state for a subject, with the attempts against a
    /// throttle.
    ///
    /// - Returns: nil where there is none, or more than one.
    init?(in run: Run, of subject: String, under throttle: Policy) {
        let pairs = run.mixedPairs.filter { $0.attacker.cell.subject == subject }
        guard let rate = pairs.first?.demand, pairs.allSatisfy({ $0.demand == rate }) else {
            return nil
        }
        let own = pairs.filter { $0.throttle == throttle && $0.attacker.verdict.isValid }
        let attempts = own.map { run.attempts(of: $0.attacker) }.max()
        self.init(
            rate: rate, attempts: attempts, callers: pairs.map(\.load.callers).max() ?? 0,
            thieves: run.scenario.exposure.callers)
    }

    /// Climbs so often at most towards a time under demand.
    private static let steps = 10_000

    /// T(N) for a thief who gets what `Sharing` says of a throttle's envelope; as if alone where
    /// callers wait and some may be denied, as nobody knows then whose turn he gets.
    ///
    /// - Parameter units: what one legitimate call is charged.
    /// - Returns: nil where it is not known, as where callers wait and the demand alone takes all
    ///   of the limit.
    func time(
        of calling: Calling, for dataset: RecordCount, under throttle: Policy, at units: UInt64
    ) -> Seconds? {
        guard let sustained = throttle.sustainedRate else { return nil }
        let operations = calling.operations(for: dataset)
        guard throttle.scope == .global else { return calling.time(for: operations) }
        if case .wait = throttle.onLimit {
            let queue =
                Double(thieves) * Double(calling.units) + Double(callers) * Double(units)
            guard throttle.servesAll(waiting: queue) else { return calling.time(for: operations) }
        }
        // A legitimate call takes as much of the limit as so many of the thief's.
        let taken = rate * Double(units) / Double(calling.units)
        let isOutrun = taken >= sustained / Double(calling.units)
        let leftOver = isOutrun ? nil : timeBehind(taken, calling, operations)
        guard throttle.onLimit == .deny else { return leftOver }
        guard let attempts, attempts > 0 else { return nil }
        let share = attempts.isInfinite ? 1 : attempts / (attempts + rate)
        // What nobody else asks for is the thief's however seldom he asks.
        return min(calling.time(for: operations / share), leftOver ?? .never)
    }

    /// The least t with E(t) ≥ n + D · t, from below: each step adds what the others took
    /// meanwhile; nil where it comes no nearer in so many steps.
    private func timeBehind(
        _ taken: Double, _ calling: Calling, _ operations: Double
    ) -> Seconds? {
        var time = calling.time(for: operations)
        for _ in 0..<Self.steps {
            guard !time.isNever else { return .never }
            let next = calling.time(for: operations + taken * time.value)
            guard next > time else { return time }
            time = next
        }
        return nil
    }
}
