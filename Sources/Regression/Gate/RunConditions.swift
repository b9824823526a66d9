import Results

/// Under which conditions a run was measured, as a gate sees them.
package struct RunConditions: Hashable, Sendable {
    /// What makes figures incomparable where it differs, by name; nil where it is not known.
    package let conditions: [String: String?]
    /// What a reader should know of where it differs, by name; nil where it is not known.
    package let circumstances: [String: String?]

    /// The conditions of a run that is at hand.
    package init(_ run: Run) {
        let head = RunHead(run)
        conditions = head.conditions
        circumstances = head.circumstances
    }
}

extension RunHead {
    /// What a gate needs of a run that is at hand.
    fileprivate init(_ run: Run) {
        schemaVersion = run.schemaVersion
        let scenario = run.scenario
        self.scenario = Settings(
            anchor: scenario.anchor, onDenied: scenario.onDenied, duration: scenario.duration,
            warmUp: scenario.warmUp, limits: scenario.limits)
        provenance = run.provenance
        cells = run.cells.map { result in
            HeldCell(
                cell: result.cell,
                rounds: result.rounds.map {
                    HeldRound(number: $0.number, operations: $0.operations, errors: $0.errors)
                })
        }
        partial = run.partial
    }
}
