import Anchors
import Regression
import Results
import Throttling
import Units

/// How the capacity of an anchor is looked for: its closed loads, and what falls due in the open
/// ones.
package struct CapacityPlan: Sendable {
    /// The closed loads, without a throttle.
    let closed: Plan
    /// The promise that the capacity is to keep.
    package let promise: Promise
    /// What callers ask of.
    package let settings: Settings
    /// Who makes the calls of the open rounds; their processes and their rate come later.
    let openCell: Cell

    /// What a caller of the command may choose.
    package struct Settings: Sendable {
        /// The promise that the capacity is to keep.
        package var promise: Promise
        /// The throttle in the path of the open rounds.
        package var throttle = Policy.none
        /// Callers of the open rounds: the most calls that can be under way.
        package var callers = OpenLoad.usualCallers
        /// Processes that they are spread over; nil for as many as do most in the closed loads.
        package var processes: Int?
        /// How far apart the rates that keep and that break the promise may stay, as a share.
        package var resolution = 0.05
        /// How long is looked.
        package var effort = CapacityEffort.usual
        /// The seed of arrivals and orders.
        package var seed: UInt64

        /// Settings with the usual values.
        package init(_ promise: Promise, seed: UInt64) {
            self.promise = promise
            self.seed = seed
        }
    }

    /// A plan for the first mechanism and record size of a scenario.
    ///
    /// - Throws: `ScenarioError` where nothing can be planned from it.
    package init(_ resolved: ResolvedScenario, _ settings: Settings) throws(ScenarioError) {
        var scenario = resolved.scenario
        scenario.anchor.mechanisms = Array(scenario.anchor.mechanisms.prefix(1))
        scenario.recordBytes = Array(scenario.recordBytes.prefix(1))
        let processes = settings.processes.map { [$0] } ?? []
        scenario.load = LoadSettings(
            closed: scenario.load.closed,
            processes: Set(scenario.load.processes + processes).sorted())
        scenario.throttles = [.none]
        (scenario.auditsCache, scenario.auditsBatching) = (false, false)
        scenario.rounds = settings.effort.closedRounds
        scenario.duration = settings.effort.closedLength
        scenario.warmUp = scenario.warmUp ?? settings.effort.warmUp
        guard settings.callers >= settings.processes ?? 1 else {
            throw ScenarioError(
                "\(settings.callers) callers cannot be spread over \(settings.processes ?? 1) "
                    + "processes: raise --callers or lower --processes", isUsage: true)
        }
        closed = try Plan(
            scenario, anchorName: resolved.anchor.shortName, processors: 1, seed: settings.seed)
        guard var cell = closed.cells.first(where: \.showsCapacity) else {
            throw ScenarioError(
                "a capacity is looked for from closed loads on, and there is none: give "
                    + "'load.closed' or --closed a number of callers")
        }
        (cell.callers, cell.throttle) = (settings.callers, settings.throttle)
        if let refusal = cell.throttleRefusal { throw ScenarioError(refusal) }
        openCell = cell
        promise = settings.promise
        self.settings = settings
    }

    /// The scenario as it is measured.
    var scenario: Scenario { closed.scenario }

    /// The closed loads, as indices into the cells of `closed`.
    var closedCells: [Int] { closed.cells.indices.filter { closed.cells[$0].showsCapacity } }

    /// Where the search looks: up to a little more than the device does when all call at once.
    ///
    /// - Parameter peak: calls a second at the best closed load.
    func search(peak: Double) -> SearchSettings {
        let sustained = settings.throttle.sustainedRate ?? .infinity
        let bound = scenario.limits.maxRate.map { $0.perSecond * Self.paceShare } ?? .infinity
        let largest = max(min(min(peak, sustained) * Self.beyondPeak, bound), Self.leastRate * 2)
        let effort = settings.effort
        return SearchSettings(
            start: Self.rate(max(min(peak, sustained) / Self.startPart, Self.leastRate)),
            largest: Self.rate(largest), resolution: settings.resolution,
            rampLength: effort.ramp, bisectionLength: effort.bisection,
            confirmationLength: effort.confirmation, longest: effort.longest)
    }

    /// No open load outruns the closed peak for long; so much more shows that it does not.
    static let beyondPeak = 1.5
    /// The ramp begins at this part of the closed peak: doubled, it steps over the peak itself,
    /// where it would take longest to tell.
    private static let startPart = 12.0
    /// At the bound itself calls would queue for their turn, which is no doing of the device.
    private static let paceShare = 0.9
    /// Fewer calls a second than this take hours to judge.
    private static let leastRate = 0.1

    /// A number of calls a second as a rate, to four digits at least.
    static func rate(_ perSecond: Double) -> Rate {
        perSecond >= 1_000
            ? Rate(UInt64(perSecond.rounded()))
            : Rate(max(1, UInt64((perSecond * 60).rounded())), per: .seconds(60))
    }
}

extension CapacityPlan {
    /// How long the measuring takes at most, without what starting and reporting add.
    package var measuringTime: Seconds {
        let one = settings.effort.closedLength + (scenario.warmUp ?? Plan.usualWarmUp)
        let rounds = closedCells.count * settings.effort.closedRounds
        let sealing = scenario.limits.maxRate.map { Double(sealedRecords) / $0.perSecond } ?? 0
        return Seconds(
            one.seconds.value * Double(rounds) + settings.effort.longest.seconds.value + sealing)
    }

    /// Records that are sealed on the device before the rounds, to be opened in them.
    private var sealedRecords: Int {
        let closed = closedCells.reduce(0) { $0 + self.closed.cells[$1].callers }
        let rounds = closed * settings.effort.closedRounds + Self.usualSteps * settings.callers
        return rounds * LoadedAnchor.recordsPerCaller
    }

    /// So many steps a search usually takes.
    private static let usualSteps = 16

    /// What will be measured, in one sentence.
    package var inWords: String {
        let cell = openCell
        let throttle =
            cell.throttle == .none ? "" : " behind \(cell.throttle.keyForm)"
        return "\(closedCells.count) closed loads × \(settings.effort.closedRounds) rounds, then "
            + "open loads of \(cell.callers) callers for \(promise) on \(cell.subject)\(throttle)"
    }

    /// What the device has to expect, in one sentence: how many calls, and how fast.
    package var callsInWords: String {
        let limits = scenario.limits
        let rate =
            limits.maxRate.map { "at most \($0)" } ?? "as fast as it answers (no --max-rate)"
        let count =
            limits.maxOperations.map { "at most \($0) calls" }
            ?? "as many calls as the time allows (no --max-operations)"
        let sealing = Significant.grouped(UInt64(sealedRecords))
        return "The device gets \(count), \(rate), besides about \(sealing) that seal the records "
            + "to be opened: it is loaded until it breaks the promise. A round ends after "
            + "\(limits.abortAfterErrors) failed calls."
    }
}
