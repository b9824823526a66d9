import Results
import Units

/// What thefts cost both sides under each throttle of a run.
package struct EconomicsModel: Sendable {
    /// The prices.
    package let costs: Costs
    /// N, of which records are lost.
    package let dataset: RecordCount
    /// The money of a sprint and of the worst ending of each detection, in their order.
    package let entries: [Entry]

    /// The money of one throttle's thefts by one strategy.
    package struct Entry: Sendable {
        /// The throttle and the endings under it.
        package let detection: Detection
        /// The strategy; `best` is the one that loses most.
        package let strategy: Strategy
        /// What the defender loses.
        package let loss: MonetaryLoss
        /// What the thief makes of it.
        package let business: TheftBusiness
        /// Records an hour below which a theft does not pay.
        package let breakEvenPerHour: Spread
    }

    /// The money of a run's detections.
    ///
    /// - Parameter seed: what prices are drawn from.
    package init(
        _ detections: [Detection], costs: Costs, dataset: RecordCount, seed: UInt64,
        on spread: some Spreading
    ) {
        self.costs = costs
        self.dataset = dataset
        // Every throttle meets the same prices, so that a difference is the throttle's.
        var generator = SeededGenerator(seed: seed)
        let prices = CostDraws(costs, using: &generator)
        let endings = detections.flatMap { detection in
            let worst = detection[.best] ?? detection.worst(of: dataset)
            return [detection[.sprint], worst].compactMap(\.self).uniqued()
                .map { (detection, $0) }
        }
        entries = spread.map(endings.count) { index in
            Self.entry(endings[index].0, endings[index].1, prices, dataset)
        }.compactMap(\.self)
    }

    private static func entry(
        _ detection: Detection, _ ending: Containment, _ prices: CostDraws,
        _ dataset: RecordCount
    ) -> Entry? {
        guard let loss = ending[dataset] else { return nil }
        let records = Quantiles(loss.records, upTo: Double(dataset.count))
        let perRecord = 1 / Double(detection.projection.recordsPerOperation)
        return Entry(
            detection: detection, strategy: ending.strategy,
            loss: MonetaryLoss(records: records, prices: prices),
            business: TheftBusiness(
                records: records, window: Quantiles(ending.window), timeToAll: loss.timeToAll,
                operationsPerRecord: perRecord, prices: prices),
            breakEvenPerHour: prices.breakEvenPerHour(operationsPerRecord: perRecord))
    }
}
