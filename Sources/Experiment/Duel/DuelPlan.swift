import Anchors
import Results
import Units

/// What a duel will do: the cells that both anchors have, and the plan of each anchor's run.
package struct DuelPlan: Sendable {
    /// The plans of the two, of the cells that are run and of the module that does nothing.
    package private(set) var baseline: Plan
    package private(set) var candidate: Plan
    /// The pairs that are run, in the order of the baseline's plan.
    package private(set) var pairs: [Pair]
    /// Keys of cells that only one of the two has.
    package private(set) var missing: [String]
    package private(set) var extra: [String]

    /// What is measured in one go on either side, as indices into the cells of its plan.
    package struct Pair: Equatable, Sendable {
        /// Keys of the cells as the baseline has them, with the class where there are two.
        package let keys: [String]
        let baseline: [Int]
        let candidate: [Int]
    }

    /// Which cells are run.
    package enum Choice: Equatable, Sendable {
        /// The first that shows what the anchor can do: no throttle, closed load.
        case first
        /// All that both have.
        case all
        /// Those of these keys.
        case keys([String])
    }

    /// What a round has for a warm-up where the scenario gives none: the same on both sides.
    package static let usualWarmUp = Nanoseconds.milliseconds(50)
    /// How long a round lasts unless another length is asked for.
    package static let usualDuration = "250ms"
    /// The module that does nothing is quick; it need not run as long. But beside an anchor that
    /// lets the processor sleep it begins on a slow one, and must be well awake.
    private static let controlDuration = Nanoseconds.milliseconds(70)
    private static let controlWarmUp = Nanoseconds.milliseconds(50)
    /// What new workers with the module open take, and what a round takes besides its length.
    private static let renewal = Seconds(0.12)
    private static let overhead = Seconds(0.02)

    /// Pairs the cells of two plans that differ in the anchor alone.
    ///
    /// - Throws: `ScenarioError` where a key of the choice is none of a cell that both have, or
    ///   nothing in common can be run by the choice.
    package init(baseline: Plan, candidate: Plan, _ choice: Choice) throws(ScenarioError) {
        (self.baseline, self.candidate) = (baseline, candidate)
        (pairs, missing, extra) = ([], [], [])
        pair()
        guard !pairs.isEmpty else { return }
        let known = pairs.flatMap(\.keys)
        let chosen: (Pair) -> Bool
        switch choice {
        case .all: chosen = { _ in true }
        case .keys(let keys):
            for key in keys where !known.contains(key) {
                let near = nearestWord(to: key, among: known).map { "; did you mean '\($0)'?" }
                throw ScenarioError(
                    "--cells: '\(key)' is no cell that both have"
                        + (near ?? "; known: \(known.joined(separator: ", "))"))
            }
            chosen = { !Set(keys).isDisjoint(with: $0.keys) }
        case .first:
            let first = pairs.first { baseline.cells[$0.baseline[0]].showsCapacity }
            guard let first else {
                throw ScenarioError(
                    "both scenarios have no unthrottled closed load in common: name the cells "
                        + "with --cells, such as '\(known[0])'")
            }
            chosen = { $0 == first }
        }
        pairs = pairs.filter(chosen)
        keepPairs()
    }

    /// The plan with the lengths of the keys that were found; a pair whose keys are not equally
    /// long is none.
    func withKeyBits(
        baseline ofBaseline: [String: Int], candidate ofCandidate: [String: Int]
    ) throws(ScenarioError) -> DuelPlan {
        var plan = self
        plan.baseline = try baseline.withKeyBits(ofBaseline)
        plan.candidate = try candidate.withKeyBits(ofCandidate)
        let (missing, extra) = (missing, extra)
        plan.pair()
        plan.missing = missing + plan.missing
        plan.extra = extra + plan.extra
        plan.keepPairs()
        return plan
    }

    /// The plan without the mechanisms that an anchor refuses: such a cell is one that only the
    /// other has.
    func without(
        baseline ofBaseline: Set<String>, candidate ofCandidate: Set<String>
    ) -> DuelPlan {
        var plan = self
        plan.baseline = baseline.keeping { !ofBaseline.contains($0.mechanism) }
        plan.candidate = candidate.keeping { !ofCandidate.contains($0.mechanism) }
        plan.pair()
        plan.missing = missing + plan.missing
        plan.extra = extra + plan.extra
        plan.keepPairs()
        return plan
    }

    /// How long a block takes.
    package var blockTime: Seconds {
        var seconds = 2 * Self.renewal.value
        for pair in pairs {
            let cell = baseline.cells[pair.baseline[0]]
            let round = baseline.duration(of: cell) + (baseline.scenario.warmUp ?? .zero)
            seconds += 4 * (round.seconds.value + Self.overhead.value)
            guard baseline.hasNullModule else { continue }
            let control = Self.controlDuration(baseline) + Self.controlWarmUp(baseline)
            seconds += 4 * (control.seconds.value + Self.overhead.value)
        }
        return Seconds(seconds)
    }

    /// How long a round of the module that does nothing is.
    static func controlDuration(_ plan: Plan) -> Nanoseconds {
        min(plan.scenario.duration, controlDuration)
    }

    /// What it has for a warm-up.
    static func controlWarmUp(_ plan: Plan) -> Nanoseconds {
        min(plan.scenario.warmUp ?? controlWarmUp, controlWarmUp)
    }

    /// The cell of the module that does nothing beside a pair; nil where there is none.
    func control(of pair: Pair, in plan: Plan) -> Int? {
        let subject = baseline.cells[pair.baseline[0]].subject
        return plan.cells.firstIndex { $0.isFloor && $0.subject == subject }
    }

    /// Pairs what is measured in one go on each side by its key, which does not name the anchor.
    private mutating func pair() {
        var mine: [String: [Int]] = [:]
        let theirs = candidate.groups.filter { candidate.cells[$0[0]].isAnchored }
        for group in theirs { mine[Self.key(candidate.cells[group[0]])] = group }
        (pairs, missing) = ([], [])
        for group in baseline.groups where baseline.cells[group[0]].isAnchored {
            let cell = baseline.cells[group[0]]
            if let other = mine.removeValue(forKey: Self.key(cell)) {
                pairs.append(
                    Pair(
                        keys: group.map { baseline.cells[$0].classedKey }, baseline: group,
                        candidate: other))
            } else {
                missing.append(cell.key)
            }
        }
        extra = theirs.map { candidate.cells[$0[0]] }.filter { mine[Self.key($0)] != nil }
            .map(\.key)
    }

    /// The key, whatever kind of key the cell has: that belongs to the anchor.
    private static func key(_ cell: Cell) -> String {
        var cell = cell
        cell.keyKind = .token
        return cell.key
    }

    /// Leaves out the cells that are not run; the un-anchored comparison is none of a duel.
    private mutating func keepPairs() {
        let plans = (baseline, candidate)
        let subjects = Set(pairs.map { plans.0.cells[$0.baseline[0]].subject })
        func keep(_ plan: Plan, _ indices: [Int]) -> Plan {
            let chosen = Set(indices.map { plan.cells[$0].classedKey })
            return plan.keeping { cell in
                cell.isAnchored
                    ? chosen.contains(cell.classedKey)
                    : cell.isFloor && subjects.contains(cell.subject)
            }
        }
        baseline = keep(baseline, pairs.flatMap(\.baseline))
        candidate = keep(candidate, pairs.flatMap(\.candidate))
        let (missing, extra) = (missing, extra)
        pair()
        (self.missing, self.extra) = (missing, extra)
    }
}
