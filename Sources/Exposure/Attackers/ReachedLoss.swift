import Units

extension Attack {
    /// Records of a data set that one in 20 thefts by a strategy exceeds; none for `harvest`, which
    /// adds no call, and the most of the named ones for `best`.
    package func reachedLoss(by strategy: Strategy, of dataset: RecordCount) -> Double {
        switch strategy {
        case .harvest: return 0
        case .best:
            // Who creeps takes no more than who fills: he must guess what the other one sees.
            return [Strategy.sprint, .fill, .pulse]
                .map { reachedLoss(by: $0, of: dataset) }.max() ?? 0
        case .sprint, .creep, .fill, .pulse:
            let taken = plan(manner(of: strategy), at: .estimate)?.thefts.records.sorted() ?? []
            guard !taken.isEmpty else { return 0 }
            return min(Double(dataset.count), taken[Summary.rank(0.95, of: taken.count)])
        }
    }
}
