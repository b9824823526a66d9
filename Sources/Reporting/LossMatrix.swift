import Exposure
import Units

/// What is gone of every data set after every window, a table for each throttle.
struct LossMatrix {
    private let model: ExposureModel

    init(_ model: ExposureModel) { self.model = model }

    /// The tables; empty where there is one data set or one window.
    var section: String {
        guard model.datasets.count > 1, model.windows.count > 1 else { return "" }
        let parts = SubjectGroup.grouping(model.projections).flatMap { group in
            group.projections.map { projection in
                "**\(Findings.title(group.subject)), \(group.label(of: projection))**\n\n"
                    + table(projection).text
            }
        }
        guard !parts.isEmpty else { return "" }
        return "## Share of a data set that is gone when the thief is stopped\n\n"
            + parts.joined(separator: "\n")
    }

    private func table(_ projection: Projection) -> MarkdownTable {
        var table = MarkdownTable(
            [("records", .right)] + model.windows.map { ($0.seconds.inWords, .right) })
        for dataset in model.datasets {
            table.append(
                [dataset.inWords]
                    + model.windows.map { window in
                        Wording.share(projection.loss(within: window, of: dataset).fraction)
                    })
        }
        return table
    }
}
