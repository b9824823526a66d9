import Anchors
import Results
import Throttling
import Units

/// What a run will do: its cells, and the order of every round.
package struct Plan: Sendable {
    /// The cells in the order of the tables.
    package let cells: [Cell]
    /// The scenario.
    package let scenario: Scenario
    /// The seed of the order.
    package let seed: UInt64

    /// The un-anchored baseline is quick and steady; it need not run as long as an anchor.
    static let longestBaselineRound = Nanoseconds.milliseconds(100)

    /// Plans a scenario.
    ///
    /// - Parameters:
    ///   - anchorName: what the cells' anchor column says.
    ///   - processors: how many processors the un-anchored thief has.
    /// - Throws: `ScenarioError` where two cells would bear the same key.
    package init(
        _ scenario: Scenario, anchorName: String, processors: Int, seed: UInt64
    ) throws(ScenarioError) {
        self.scenario = scenario
        self.seed = seed
        var cells: [Cell] = []
        for name in scenario.anchor.mechanisms {
            let sizes =
                scenario.anchor.opensDataKeys(with: name)
                ? [AnchoredOperation.dataKeyBytes] : scenario.recordBytes.map(\.count)
            for size in sizes {
                cells += Self.cells(
                    of: name, recordBytes: size, scenario, anchorName: anchorName,
                    processors: processors)
            }
        }
        var seen: Set<String> = []
        for cell in cells where !seen.insert(cell.key).inserted {
            throw ScenarioError(
                "the scenario yields two cells called '\(cell.key)'; remove one of the equal "
                    + "throttles or loads")
        }
        self.cells = cells
    }

    /// The order of a round, as indices into `cells`: seeded and random, so that the drift of a
    /// machine spreads over all cells and not over the last.
    package func order(ofRound number: Int) -> [Int] {
        var generator = SeededGenerator(seed: seed &+ UInt64(number) &* 0x9e37_79b9)
        return cells.indices.shuffled(using: &generator)
    }

    /// How long a round of a cell is measured.
    package func duration(of cell: Cell) -> Nanoseconds {
        cell.isBaseline ? min(scenario.duration, Self.longestBaselineRound) : scenario.duration
    }

    /// How long the measuring takes, without what starting and reporting add.
    package var measuringTime: Seconds {
        let once = cells.map { (duration(of: $0) + scenario.warmUp).seconds.value }
        return Seconds(once.reduce(0, +) * Double(scenario.rounds))
    }

    /// The largest number of worker processes that a cell needs.
    package var processes: Int { cells.map(\.processes).max() ?? 1 }

    private static func cells(
        of mechanism: String, recordBytes: Int, _ scenario: Scenario, anchorName: String,
        processors: Int
    ) -> [Cell] {
        let bits = scenario.anchor.keyBits[mechanism] ?? 0
        func cell(_ callers: Int, _ processes: Int, _ throttle: Policy) -> Cell {
            Cell(
                anchor: anchorName, operation: scenario.anchor.operation, mechanism: mechanism,
                keyBits: bits, keyKind: scenario.anchor.key, recordBytes: recordBytes,
                callers: callers, processes: processes, throttle: throttle)
        }
        let loads = scenario.load.processes.flatMap { processes in
            scenario.load.closed.filter { $0 >= processes }.map { (callers: $0, processes) }
        }
        let fewest = loads.map(\.1).min() ?? 1
        let largest = loads.filter { $0.1 == fewest }.map(\.callers).max()
        var cells = loads.map { cell($0.callers, $0.1, .none) }
        for throttle in scenario.throttles where throttle != .none {
            for load in loads {
                let isChosen = load.1 == fewest && load.callers == largest
                guard scenario.throttlesAt == .all || isChosen else { continue }
                cells.append(cell(load.callers, load.1, throttle))
            }
        }
        let baseline = Cell(
            anchor: Cell.baselineAnchor, operation: scenario.anchor.operation,
            mechanism: mechanism, keyBits: bits, keyKind: nil, recordBytes: recordBytes,
            callers: processors, processes: 1, throttle: .none)
        return cells + [baseline]
    }
}

extension AnchorSettings {
    /// Whether a record of this mechanism is one data key.
    fileprivate func opensDataKeys(with mechanism: String) -> Bool {
        guard let operation = AnchoredOperation(rawValue: operation),
            let mechanism = RecordMechanism(rawValue: mechanism)
        else { preconditionFailure("a scenario holds known operations and mechanisms") }
        return operation.opensDataKeys(with: mechanism)
    }
}
