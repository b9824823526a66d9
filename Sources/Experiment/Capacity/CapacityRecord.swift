import Regression
import Results

/// What a search for a capacity has so far: on the disk after every step, so that what is measured
/// stays.
struct CapacityRecord {
    private(set) var run: CapacityRun
    /// Why the last round was lost; nil where none was.
    private(set) var lastLoss: String?
    private let folder: RunFolder
    /// The machine before the first round.
    private let before = HostReading.now()
    private var order = 0

    /// The file's name in the folder.
    static let name = "capacity.json"

    init(
        _ plan: CapacityPlan, _ resolved: ResolvedScenario, opened: OpenedReport?,
        in folder: RunFolder
    ) {
        self.folder = folder
        var measured = resolved
        measured.scenario = plan.scenario
        let provenance = ProvenanceCollector.collect(
            measured, seed: plan.settings.seed, opened: opened, reading: before)
        run = CapacityRun(
            scenario: plan.scenario, seed: plan.settings.seed, provenance: provenance,
            cell: plan.openCell, partial: "its measuring has not come to an end",
            notes: resolved.notes)
        run.provenance.run["promise"] = .value("\(plan.promise)")
        run.provenance.run["arrivals"] = .value("closed, then poisson")
        run.provenance.run["throttles"] = .value(plan.openCell.throttle.keyForm)
    }

    /// The place of the next round in the order of all.
    mutating func nextOrder() -> Int {
        order += 1
        return order
    }

    /// Whether any call on the anchor was answered.
    var hasMeasured: Bool {
        let closed = run.concurrency.flatMap(\.rounds)
        return (closed + run.rounds.map(\.round)).contains { $0.operations > 0 || $0.denied > 0 }
    }

    /// Adds a round of a closed load, without saving it.
    mutating func add(_ round: Round, ofClosed cell: Cell) {
        note(round)
        let index = run.concurrency.firstIndex {
            $0.callers == cell.callers && $0.processes == cell.processes
        }
        if let index {
            run.concurrency[index].rounds.append(round)
        } else {
            run.concurrency.append(
                ConcurrencyPoint(
                    callers: cell.callers, processes: cell.processes, rounds: [round]))
        }
    }

    /// Adds the round of a step.
    mutating func add(_ round: Round, ofStep number: Int) {
        note(round)
        run.rounds.append(CapacityRound(step: number, round: round))
    }

    /// Says why a round was lost that is kept nowhere.
    mutating func note(lost round: Round) { note(round) }

    /// Takes over what the search makes of its steps, and who made the calls.
    mutating func set(_ result: CapacityResult?, _ cell: Cell) {
        run.result = result
        run.cell = cell
    }

    /// Says something that a reader of the results must know, once.
    mutating func note(_ text: String) {
        if !run.notes.contains(text) { run.notes.append(text) }
    }

    /// Saves what there is.
    ///
    /// - Throws: `ExperimentError.output`.
    func save() throws(ExperimentError) {
        guard let json = try? run.json() else { preconditionFailure("a run is plain data") }
        try folder.write(json, to: Self.name)
    }

    /// Ends the run and saves it.
    ///
    /// - Parameter partial: why it is not whole; nil where it is.
    mutating func end(_ partial: String?) throws(ExperimentError) -> CapacityRun {
        run.partial = partial
        ProvenanceCollector.complete(&run.provenance, from: before, to: .now())
        try save()
        folder.removeProgress()
        return run
    }

    private mutating func note(_ round: Round) {
        if !round.verdict.isValid { lastLoss = round.verdict.reasonText }
    }
}
