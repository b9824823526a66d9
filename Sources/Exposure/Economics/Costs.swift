import Results
import Units

/// What everything costs, each figure with where it is from.
package struct Costs: Hashable, Sendable {
    /// One price with where it is from.
    package struct Figure: Hashable, Sendable {
        /// What it is of.
        package let item: CostItem
        /// The price.
        package let range: ThreePoint<Double>
        /// Where it is from.
        package let origin: Origin
    }

    /// Where a price is from.
    package enum Origin: Hashable, Sendable {
        /// The scenario.
        case stated
        /// A document.
        case documented(DocumentedFact)
        /// A document that gives the most of it only; the rest is assumed.
        case bounded(DocumentedFact)
        /// Nowhere.
        case assumed
    }

    /// The currency of all prices.
    package let currency: String
    /// Devices of the defender.
    package let devices: Int
    /// The HSMs that are one device: more than one where a cluster is documented as a whole.
    package let cluster: Int
    /// The prices in the order of the report.
    package let figures: [Figure]
    private let areDevicesStated: Bool

    /// What the settings say, and the default for what they do not.
    ///
    /// - Parameter cluster: the HSMs that are one device.
    package init(_ settings: CostSettings, facts: Facts = .documented, cluster: Int = 1) {
        currency = settings.currency
        self.cluster = max(1, cluster)
        devices = settings.devices ?? DefaultCosts.devices
        areDevicesStated = settings.devices != nil
        figures = CostItem.allCases.map { item in
            if let stated = settings[item] {
                return Figure(item: item, range: stated, origin: .stated)
            }
            return DefaultCosts.figure(item, facts)
        }
    }

    /// What is paid for by the hour.
    package var hsms: Int { devices * cluster }

    /// The price of something.
    package subscript(item: CostItem) -> PERT {
        guard let figure = figures.first(where: { $0.item == item }) else {
            preconditionFailure("every item has a price")
        }
        return PERT(figure.range)
    }

    /// The thief's prices at their means.
    package var thief: ThiefPrices { ThiefPrices.Ranges(self).mean }

    /// A sentence for each figure, for a list of assumptions.
    package var assumptions: [String] {
        figures.map(sentence) + [owned]
    }

    private var owned: String {
        let origin = areDevicesStated ? "as the scenario states" : "assumed; no source"
        let noun = cluster == 1 ? "device" : "cluster"
        let head = "The defender has \(devices) \(noun)\(devices == 1 ? "" : "s")"
        guard cluster > 1 else { return "\(head) (\(origin))." }
        return "\(head) (\(origin)) of \(cluster) HSMs (as the document has them): the price of "
            + "a device is paid for each of the \(hsms) HSMs."
    }

    private func sentence(_ figure: Figure) -> String {
        let title = figure.item.title
        let head = title.prefix(1).uppercased() + title.dropFirst()
        return "\(head): \(text(figure.range)) (\(text(figure.origin)))."
    }

    private func text(_ range: ThreePoint<Double>) -> String {
        guard !range.isPoint else { return "\(Significant.text(range.likely)) \(currency)" }
        return "\(Significant.text(range.low)) to \(Significant.text(range.high)) \(currency), "
            + "most likely \(Significant.text(range.likely))"
    }

    private func text(_ origin: Origin) -> String {
        switch origin {
        case .stated: "as the scenario states"
        case .documented(let fact): fact.citation + atPar
        case .bounded(let fact):
            "the most: \(fact.title), \(fact.citation)\(atPar); the least and the likeliest: "
                + "assumed; no source"
        case .assumed: "assumed; no source"
        }
    }

    /// Nothing here knows what currencies are worth.
    private var atPar: String {
        currency == DefaultCosts.currency ? "; in USD" : "; a price in USD, taken at par"
    }
}

extension CostSettings {
    /// What is stated of an item.
    fileprivate subscript(item: CostItem) -> ThreePoint<Double>? {
        switch item {
        case .recordPrice: recordPrice
        case .attackerHourly: attackerHourly
        case .attackerFixed: attackerFixed
        case .operation: operation
        case .deviceHourly: deviceHourly
        case .recordLoss: recordLoss
        case .triage: triage
        case .deniedCall: deniedCall
        case .guessingHourly: guessingHourly
        }
    }
}
