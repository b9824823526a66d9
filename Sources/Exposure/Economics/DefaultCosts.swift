import Results

/// What is taken for a price that nobody states: a documented one where there is any.
enum DefaultCosts {
    /// The currency of the documented prices.
    static let currency = "USD"
    /// Devices of a defender; assumed.
    static let devices = 1

    /// The default of an item with where it is from.
    static func figure(_ item: CostItem, _ facts: Facts) -> Costs.Figure {
        let assumed = assumption(item)
        guard let name = factName(item), let fact = facts.named(name) else {
            return Costs.Figure(item: item, range: assumed, origin: .assumed)
        }
        guard item == .recordPrice else {
            return Costs.Figure(item: item, range: fact.value, origin: .documented(fact))
        }
        // The study says only below what the average lies.
        let most = fact.value.high
        let range = ThreePoint(min(assumed.low, most), min(assumed.likely, most), most)
        return Costs.Figure(item: item, range: range, origin: .bounded(fact))
    }

    private static func factName(_ item: CostItem) -> String? {
        switch item {
        case .recordPrice: "card-price-2021"
        case .deviceHourly: "cloudhsm-hourly"
        case .guessingHourly: "rtx-4090-hourly"
        default: nil
        }
    }

    /// What is assumed where no document says anything; a report says so of each.
    private static func assumption(_ item: CostItem) -> ThreePoint<Double> {
        switch item {
        case .recordPrice: ThreePoint(0.05, 1, 10)
        case .attackerHourly: ThreePoint(1, 20, 100)
        case .attackerFixed, .operation: ThreePoint(0)
        case .deviceHourly: ThreePoint(1, 2, 5)
        case .recordLoss: ThreePoint(1, 10, 100)
        case .triage: ThreePoint(10, 50, 200)
        case .deniedCall: ThreePoint(0, 0.01, 1)
        case .guessingHourly: ThreePoint(0.1, 0.2, 1)
        }
    }
}
