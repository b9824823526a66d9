import Anchors
import Results
import Throttling
import Units

/// What a run will do: its cells, and the order of every round.
package struct Plan: Sendable {
    /// The cells in the order of the tables.
    package private(set) var cells: [Cell]
    /// The cells that are measured in one go, as indices into `cells`: one, or the two classes of a
    /// mixed load.
    package private(set) var groups: [[Int]]
    /// The scenario.
    package let scenario: Scenario
    /// The seed of the order.
    package let seed: UInt64
    /// Whether what the harness itself costs is measured on a module that does nothing.
    package let hasNullModule: Bool

    /// What an anchor is compared with is quick and steady; it need not run as long.
    static let longestComparison = Nanoseconds.milliseconds(100)
    /// What a comparison warms up where an anchor's warm-up ends by itself.
    static let comparisonWarmUp = Nanoseconds.milliseconds(50)
    /// What a warm-up that ends by itself usually takes.
    static let usualWarmUp = Nanoseconds.milliseconds(150)

    /// Plans a scenario.
    ///
    /// - Parameters:
    ///   - anchorName: what the cells' anchor column says.
    ///   - processors: how many processors the un-anchored thief has.
    ///   - hasNullModule: whether there is a module that does nothing, to measure the harness on.
    /// - Throws: `ScenarioError` where two cells would bear the same key, or a throttle could never
    ///   admit a call.
    package init(
        _ scenario: Scenario, anchorName: String, processors: Int, seed: UInt64,
        hasNullModule: Bool = false
    ) throws(ScenarioError) {
        self.scenario = scenario
        self.seed = seed
        self.hasNullModule = hasNullModule
        var cells: [Cell] = []
        for name in scenario.anchor.mechanisms {
            for size in scenario.sizes(of: name) {
                cells += Self.cells(
                    of: name, recordBytes: size, scenario, anchorName: anchorName,
                    processors: processors, hasNullModule: hasNullModule)
            }
        }
        var seen: Set<String> = []
        for cell in cells where !seen.insert(cell.classedKey).inserted {
            throw ScenarioError(
                "the scenario yields two cells called '\(cell.key)'; remove one of the equal "
                    + "throttles or loads")
        }
        self.cells = cells
        groups = Self.groups(of: cells)
        try checkThrottles()
    }

    /// The cells that are measured in one go: the classes of a mixed load stand beside each other.
    private static func groups(of cells: [Cell]) -> [[Int]] {
        var groups: [[Int]] = []
        for (index, cell) in cells.enumerated() {
            if let last = groups.last, cell.mixed != nil, cells[last[0]].key == cell.key {
                groups[groups.count - 1].append(index)
            } else {
                groups.append([index])
            }
        }
        return groups
    }

    /// The order of a round, as indices into `groups`: seeded and random, so that the drift of a
    /// machine spreads over all cells and not over the last.
    package func order(ofRound number: Int) -> [Int] {
        var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9e37_79b9)
        return groups.indices.shuffled(using: &generator)
    }

    /// The plan with the lengths of the keys that were found, in bits by mechanism.
    ///
    /// - Throws: `ScenarioError` where a throttle could never admit a call under one of them.
    func withKeyBits(_ found: [String: Int]) throws(ScenarioError) -> Plan {
        var plan = self
        for index in cells.indices {
            guard let bits = found[cells[index].mechanism], bits > 0 else { continue }
            plan.cells[index].setKeyBits(bits)
        }
        try plan.checkThrottles()
        return plan
    }

    /// The plan of some of its cells alone.
    func keeping(_ isKept: (Cell) -> Bool) -> Plan {
        var plan = self
        plan.cells = cells.filter(isKept)
        plan.groups = Self.groups(of: plan.cells)
        return plan
    }

    private func checkThrottles() throws(ScenarioError) {
        for cell in cells {
            if let refusal = cell.throttleRefusal { throw ScenarioError(refusal) }
        }
    }

    /// How long a cell warms up; nil until its service times have settled.
    func warmUp(of cell: Cell) -> Nanoseconds? {
        scenario.warmUp ?? (cell.isAnchored ? nil : Self.comparisonWarmUp)
    }

    /// How long a round of a cell is measured.
    package func duration(of cell: Cell) -> Nanoseconds {
        cell.isAnchored ? scenario.duration : min(scenario.duration, Self.longestComparison)
    }

    /// How long the measuring takes, without what starting and reporting add.
    package var measuringTime: Seconds {
        let once = groups.map { cells[$0[0]] }.map {
            (duration(of: $0) + (warmUp(of: $0) ?? Self.usualWarmUp)).seconds.value
        }
        let sealing = scenario.limits.maxRate.map { Double(sealedRecords) / $0.perSecond } ?? 0
        return Seconds(
            once.reduce(0, +) * Double(scenario.rounds) + sealing + batchingTime.value)
    }

    /// Records that are sealed on the device before the rounds, to be opened in them.
    private var sealedRecords: Int {
        cells.filter(\.isAnchored).reduce(0) {
            $0 + $1.callers * ($1.records ?? LoadedAnchor.recordsPerCaller) * scenario.rounds
        }
    }

    /// What the device has to expect, in one sentence: how many calls, and how fast.
    package var callsInWords: String {
        let limits = scenario.limits
        let rate =
            limits.maxRate.map { "at most \($0)" }
            ?? "as fast as it answers (no --max-rate)"
        let count =
            limits.maxOperations.map { "at most \($0) calls" }
            ?? "as many calls as the time allows (no --max-operations)"
        let pace = limits.maxRate == nil ? "" : " at the same pace"
        let sealing = Significant.grouped(UInt64(sealedRecords))
        return "The device gets \(count), \(rate), besides \(sealing) that seal the records to be "
            + "opened\(pace); a round ends after \(limits.abortAfterErrors) failed calls."
            + batchingInWords
    }

    /// Why there are cells that no load of the scenario names.
    package var comparisonsInWords: String {
        let count = cells.first(where: \.isBaseline)?.callers ?? 1
        let callers =
            count == 1
            ? "a caller on the machine's one processor"
            : "a caller on each of the machine's \(count) processors"
        let floor =
            hasNullModule
            ? "; '\(Cell.nullAnchor)' does nothing, and shows what the harness itself costs" : ""
        return "Whatever the scenario's loads, '\(Cell.baselineAnchor)' is measured too: what a "
            + "thief reaches who needs no anchor, \(callers)\(floor)."
    }

    /// The seed of the arrivals of one round of a cell: others in each, the same in all processes.
    package func arrivalSeed(ofRound number: Int, cell index: Int) -> UInt64 {
        var generator = SeededGenerator(
            seed: seed ^ UInt64(number) << 32 ^ UInt64(index) &* 0x9e37_79b9_7f4a_7c15)
        return generator.next()
    }

    /// Where the heaps of a round's worker processes begin: another place in each of four rounds.
    func heapDraw(ofRound number: Int) -> Int { Int(seed % 4) + number - 1 }

    /// The largest number of worker processes that a cell needs.
    package var processes: Int { cells.map(\.processes).max() ?? 1 }

    private static func cells(
        of mechanism: String, recordBytes: Int, _ scenario: Scenario, anchorName: String,
        processors: Int, hasNullModule: Bool
    ) -> [Cell] {
        let bits = scenario.anchor.keyBits[mechanism] ?? 0
        func cell(_ load: PlannedLoad, _ throttle: Policy) -> Cell {
            Cell(
                anchor: anchorName, operation: scenario.anchor.operation, mechanism: mechanism,
                keyBits: bits, keyKind: scenario.anchor.key, recordBytes: recordBytes,
                callers: load.callers, processes: load.processes, throttle: throttle,
                open: load.open)
        }
        func comparison(_ anchor: String, callers: Int, _ key: KeyKind?) -> Cell {
            Cell(
                anchor: anchor, operation: scenario.anchor.operation, mechanism: mechanism,
                keyBits: bits, keyKind: key, recordBytes: recordBytes, callers: callers,
                processes: 1, throttle: .none)
        }
        let loads = PlannedLoad.all(scenario.load)
        let processes = PlannedLoad.fewestProcesses(scenario.load)
        func mixed(_ throttle: Policy) -> [Cell] {
            scenario.load.mixed.flatMap { load in
                cell(PlannedLoad(callers: load.callers, processes: processes, open: nil), throttle)
                    .classes(of: load)
            }
        }
        var cells = loads.map { cell($0, .none) } + mixed(.none)
        if scenario.auditsCache, let least = PlannedLoad.least(of: loads) {
            var audit = cell(least, .none)
            audit.records = 1
            cells.append(audit)
        }
        for throttle in scenario.throttles where throttle != .none {
            let chosen =
                scenario.throttlesAt == .all
                ? loads : PlannedLoad.largest(of: loads).map { [$0] } ?? []
            cells += chosen.map { cell($0, throttle) } + mixed(throttle)
        }
        cells.append(comparison(Cell.baselineAnchor, callers: processors, nil))
        if hasNullModule { cells.append(comparison(Cell.nullAnchor, callers: 1, .session)) }
        return cells
    }
}

/// One load of the plan: who calls, from how many processes.
private struct PlannedLoad {
    let callers: Int
    let processes: Int
    let open: OpenRate?

    /// Every load with a caller for each process, closed ones first.
    static func all(_ settings: LoadSettings) -> [PlannedLoad] {
        let loads =
            settings.closed.map { (callers: $0, open: OpenRate?.none) }
            + settings.open.map { (callers: $0.callers, open: $0.rate) }
        return settings.processes.flatMap { processes in
            loads.filter { $0.callers >= processes }.map {
                PlannedLoad(callers: $0.callers, processes: processes, open: $0.open)
            }
        }
    }

    /// The number of processes that loads of two classes run in: what they cost each other is the
    /// anchor's and the throttle's doing, and no matter of processes.
    static func fewestProcesses(_ settings: LoadSettings) -> Int { settings.processes.min() ?? 1 }

    /// The closed load of fewest callers, in as few processes: nothing but the calls themselves.
    static func least(of loads: [PlannedLoad]) -> PlannedLoad? {
        loads.filter { $0.open == nil }.min {
            ($0.callers, $0.processes) < ($1.callers, $1.processes)
        }
    }

    /// The closed load of most callers in the fewest processes, where throttles are measured; an
    /// open one where there is no closed.
    static func largest(of loads: [PlannedLoad]) -> PlannedLoad? {
        let closed = loads.filter { $0.open == nil }
        let candidates = closed.isEmpty ? loads : closed
        let fewest = candidates.map(\.processes).min()
        return candidates.filter { $0.processes == fewest }.max { $0.callers < $1.callers }
    }
}
