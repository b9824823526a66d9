import Exposure
import Results
import Throttling
import Units

/// One anchor of a comparison: a stored run under the name of its folder.
struct MeasuredAnchor {
    let name: String
    let run: Run
    /// The run's own projections without a throttle, one record a call.
    private let model: ExposureModel

    init(name: String, run: Run) {
        self.name = name
        self.run = run
        var alone = run
        alone.scenario.throttles = [.none]
        alone.scenario.exposure.identities = [1]
        // What one run was told of joined records would set its anchor below the others.
        alone.scenario.exposure.recordsPerOperation = nil
        alone.batching = []
        model = ExposureModel(alone)
    }

    /// The name as code.
    var code: String { MarkdownText.code(name) }

    /// The data set that the run's own report speaks of.
    var spokenOf: RecordCount { model.spokenOf }

    /// The closed loads without a throttle, in the order of the plan.
    var loads: [CellResult] { run.cells.filter(\.cell.showsCapacity) }

    /// The closed loads of one subject, those in fewer processes first.
    func loads(of subject: String) -> [CellResult] {
        loads.filter { $0.cell.subject == subject }.sorted {
            ($0.cell.processes, $0.cell.callers) < ($1.cell.processes, $1.cell.callers)
        }
    }

    /// What the run's own report projects of a subject; nil where nothing valid was measured.
    func projection(of subject: String) -> Projection? {
        model.projections.first { $0.subject == subject }
    }

    /// What a cell gave.
    func result(of cell: Cell) -> CellResult? { run.cells.first { $0.cell == cell } }

    /// A fact of module or token; nil where it is not known.
    func fact(_ name: String) -> String? { run.provenance.anchor[name]?.value }
}
