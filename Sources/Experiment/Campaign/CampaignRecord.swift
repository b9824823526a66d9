import Anchors
import Foundation
import Latency
import Load
import Results
import Throttling
import Units

/// What a campaign has so far, and when it was last saved.
struct CampaignRecord {
    private var measured: MeasuredRun
    private(set) var lastLoss: String?
    /// Calls on the anchor so far, whatever they were made for.
    private(set) var calls: UInt64 = 0
    private let folder: RunFolder
    private let journal: RunJournal
    private let isNew: Bool
    private var done: Set<Place> = []
    /// The cells that are measured in one go, by the first of them.
    private let groups: [Int: [Int]]
    private var savedAt = Nanoseconds.zero
    private var savingTook = Nanoseconds.zero
    private let clock = MonotonicClock()
    /// The machine before the first round.
    private let before = HostReading.now()

    /// The record of a new run, or of one that goes on from what its folder holds.
    ///
    /// The folder is that of a run from here on, before anything is measured.
    ///
    /// - Throws: `ExperimentError.output`, `RunError`.
    init(
        _ plan: Plan, _ resolved: ResolvedScenario, opened: OpenedReport?, in folder: RunFolder,
        resuming stored: Run?
    ) throws {
        let cells = plan.cells.map(CellResult.init)
        self.folder = folder
        groups = Dictionary(uniqueKeysWithValues: plan.groups.map { ($0[0], $0) })
        isNew = stored == nil
        journal = try RunJournal(in: folder, isNew: isNew)
        folder.removeTemporaries()
        measured = MeasuredRun(
            Run(
                scenario: resolved.scenario, seed: plan.seed,
                provenance: ProvenanceCollector.collect(
                    resolved, seed: plan.seed, opened: opened, reading: before),
                cells: cells, partial: "its measuring has not come to an end",
                notes: resolved.notes))
        do {
            if let stored { try resume(stored) }
            try save()
        } catch {
            discardIfEmpty()
            throw error
        }
    }

    /// Takes the files of a new run away again where no round of it was kept.
    func discardIfEmpty() {
        if isNew, done.isEmpty { folder.removeRun() }
    }

    /// The run so far.
    private var run: Run {
        get { measured.run }
        set { measured.run = newValue }
    }

    /// How many rounds there are, each of every group of cells counted.
    var rounds: Int { done.count { groups[$0.cell] != nil } }

    /// The place in the whole run's order of the next round.
    var nextOrder: Int { (run.cells.flatMap(\.rounds).map(\.order).max() ?? 0) + 1 }

    /// Whether a round of all these cells has been run.
    func holds(round: Int, of cells: [Int]) -> Bool {
        cells.allSatisfy { done.contains(Place(cell: $0, round: round)) }
    }

    /// Whether any call on the anchor itself was answered; a comparison alone is no measurement.
    var hasMeasuredAnchor: Bool {
        run.cells.contains { $0.cell.isAnchored && ($0.operations > 0 || $0.denied > 0) }
    }

    /// Whether a call of any of these cells was answered.
    func hasMeasured(_ cells: [Int]) -> Bool { cells.contains { run.cells[$0].operations > 0 } }

    /// Adds a round of cells that were measured in one go: to the journal at once, to the other
    /// files unless saving them would take more than a fortieth of the time.
    mutating func add(_ outcomes: [RoundOutcome], toCells indices: [Int]) throws {
        let line = RunJournal.Line(
            zip(indices, outcomes).map { RunJournal.Entry($1, cell: $0) })
        try journal.append(line)
        for entry in line.entries { try add(entry) }
        guard (clock.now() - savedAt).count > 40 * savingTook.count else { return }
        try save()
    }

    /// Whether it was tried how many of these records one call opens.
    func holdsBatchingAudit(of subject: BatchingSubject) -> Bool {
        run.batchingAudit(
            mechanism: subject.mechanism.rawValue, recordBytes: subject.recordBytes) != nil
    }

    /// Adds what came of joining records, and saves it.
    mutating func add(_ audit: BatchingAudit) throws {
        run.batching.append(audit)
        calls += audit.calls
        try save()
    }

    /// Says something that a reader of the results must know, once.
    mutating func note(_ text: String) {
        if !run.notes.contains(text) { run.notes.append(text) }
    }

    /// Says that the run has fewer rounds than were planned, and needs no more.
    mutating func settle(rounds: Int) { run.scenario.rounds = rounds }

    /// Ends the run and saves it.
    ///
    /// - Parameter partial: why it is not whole; nil where it is.
    mutating func end(_ partial: String?) throws -> Run {
        run.partial = partial
        ProvenanceCollector.complete(&run.provenance, from: before, to: .now())
        try save()
        guard partial == nil else { return run }
        folder.synchronizeNames()
        folder.removeProgress()
        return run
    }

    private mutating func add(_ entry: RunJournal.Entry) throws {
        if !entry.round.verdict.isValid { lastLoss = entry.round.verdict.reasonText }
        if run.cells[entry.cell].cell.isAnchored { calls += entry.calls }
        try measured.add(entry)
        done.insert(Place(cell: entry.cell, round: entry.round.number))
    }

    private mutating func save() throws {
        let before = clock.now()
        try measured.save(in: folder)
        savedAt = clock.now()
        savingTook = savedAt - before
    }
}

extension CampaignRecord {
    /// Takes over what the first part of the run knew, and says that there were two.
    private mutating func resume(_ stored: Run) throws {
        try takeOver(stored)
        let module = "module_sha256"
        if let before = stored.provenance.anchor[module]?.value,
            let now = run.provenance.anchor[module]?.value, before != now
        {
            throw RunError(
                "the module is not the one that the run was begun with (SHA-256 "
                    + "\(before.prefix(12)) then, \(now.prefix(12)) now): measure anew")
        }
        let now = ProvenanceCollector.timestamp()
        let begun = stored.provenance.run["started"] ?? .unavailable("the first part does not say")
        let earlier = stored.provenance.run["resumed"]?.value.map { $0 + ", " } ?? ""
        run.provenance.run["started"] = begun
        run.provenance.run["resumed"] = .value(earlier + now)
        run.notes = stored.notes
        run.batching = stored.batching
        calls += stored.batching.reduce(0) { $0 + $1.calls }
        note(
            "The run was resumed at \(now) with \(rounds) rounds measured before. The machine "
                + "may have been in another state then: compare rounds.csv where it matters.")
    }

    /// Takes over every round that was measured before; a lost one is measured again.
    ///
    /// - Throws: `RunError` where these are not the same cells, or where a round would be lost.
    private mutating func takeOver(_ stored: Run) throws {
        let keys = run.cells.map(\.cell.classedKey)
        let before = stored.cells.map(\.cell.classedKey)
        guard keys == before else {
            let other = Set(before).symmetricDifference(keys).sorted().first ?? "their order"
            throw RunError(
                "the cells are not those that the run was begun with ('\(other)' is not in both): "
                    + "the token or this tool is another; measure anew")
        }
        for line in try RunJournal.lines(in: folder) where isWhole(line) && !holds(line) {
            for entry in line.entries { try add(entry) }
        }
        let lacking = stored.cells.indices.reduce(0) { sum, index in
            sum
                + stored.cells[index].rounds.count {
                    $0.seconds > 0 && !holds(round: $0.number, of: [index])
                }
        }
        guard lacking == 0 else {
            throw RunError(
                "\(RunJournal.name) lacks \(lacking) of the rounds in run.json, which would be "
                    + "lost: put the journal back, or measure anew into another folder")
        }
    }

    /// Whether a line of the journal has what was measured in one go, and nothing of it lost.
    private func isWhole(_ line: RunJournal.Line) -> Bool {
        let cells = line.entries.map(\.cell)
        return line.entries.allSatisfy { $0.histograms != nil } && groups[cells[0]] == cells
    }

    private func holds(_ line: RunJournal.Line) -> Bool {
        line.entries.contains { holds(round: $0.round.number, of: [$0.cell]) }
    }
}
