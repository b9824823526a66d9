import Results
import Units

/// Several anchors, ranked by each subject that any of them was measured on.
struct AnchorComparison {
    /// The anchors in the order in which they were named.
    let anchors: [MeasuredAnchor]
    /// The data set that times are told of.
    let dataset: RecordCount
    /// A ranking for each subject.
    let rankings: [AnchorRanking]
    /// What a stored key costs where a module was run with both kinds of keys.
    let keyCosts: KeyCosts

    init(_ anchors: [MeasuredAnchor]) {
        self.anchors = anchors
        // The one that every run's own report speaks of, where they agree.
        let spokenOf = Set(anchors.map(\.spokenOf))
        let dataset =
            spokenOf.count == 1 ? spokenOf.first ?? Self.usualDataset : Self.usualDataset
        self.dataset = dataset
        rankings = AnchorRanking.rankings(of: anchors, dataset: dataset)
        keyCosts = KeyCosts(rankings)
    }

    private static let usualDataset = RecordCount(10_000_000)
}
