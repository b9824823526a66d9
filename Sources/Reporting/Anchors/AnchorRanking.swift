import Results
import Units

/// The anchors on one subject, the strongest first.
struct AnchorRanking {
    /// What was done with what: `aes-gcm-256/256B`.
    let subject: String
    /// A cell of it, which says what the subject is.
    let cell: Cell
    /// The anchors whose factor is known, the largest first.
    let ranked: [AnchorFigures]
    /// The others, in the order of the anchors.
    let unranked: [AnchorFigures]

    private init(
        _ subject: String, _ cell: Cell, of anchors: [MeasuredAnchor], dataset: RecordCount
    ) {
        self.subject = subject
        self.cell = cell
        let all = anchors.map { AnchorFigures($0, of: subject, dataset: dataset) }
        // Where two are equal the order of the anchors stays.
        ranked = all.enumerated().filter { $0.element.factor != nil }.sorted { left, right in
            let factors = [left, right].map { $0.element.factor?.estimate ?? 0 }
            return factors[0] == factors[1]
                ? left.offset < right.offset : factors[0] > factors[1]
        }.map(\.element)
        unranked = all.filter { $0.factor == nil }
    }

    /// A ranking for each subject that any of the anchors was to be measured on, in their order.
    static func rankings(of anchors: [MeasuredAnchor], dataset: RecordCount) -> [AnchorRanking] {
        var seen: Set<String> = []
        let cells = anchors.flatMap(\.loads).map(\.cell)
            .filter { seen.insert($0.subject).inserted }
        return cells.map { AnchorRanking($0.subject, $0, of: anchors, dataset: dataset) }
    }

    /// All anchors, the ranked ones first.
    var all: [AnchorFigures] { ranked + unranked }

    /// Those that anything valid was measured of.
    var measured: [AnchorFigures] { all.filter(\.isMeasured) }

    /// The subject as a heading.
    var title: String { Findings.title(subject) }

    /// The subject as a part of a file's name.
    var fileName: String { subject.replacing("/", with: "-") }

    /// The closed loads that any anchor was to be measured under, those in fewer processes first.
    var loadNames: [String] {
        var seen: Set<String> = []
        return all.flatMap(\.loads).map(\.cell)
            .sorted { ($0.processes, $0.callers) < ($1.processes, $1.callers) }
            .map(\.loadName).filter { seen.insert($0).inserted }
    }
}
