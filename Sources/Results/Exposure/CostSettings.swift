import Throttling

/// What records, attackers, devices and alarms cost, all in one currency; nil where the documented
/// default holds.
package struct CostSettings: Codable, Hashable, Sendable {
    /// The currency of every price here, such as `USD`.
    package var currency: String
    /// What a thief is paid for a record.
    package var recordPrice: ThreePoint<Double>?
    /// What an hour costs the thief.
    package var attackerHourly: ThreePoint<Double>?
    /// What the thief has spent before the first record.
    package var attackerFixed: ThreePoint<Double>?
    /// What one anchored operation costs whoever pays for it.
    package var operation: ThreePoint<Double>?
    /// What one device costs an hour.
    package var deviceHourly: ThreePoint<Double>?
    /// Devices of the defender.
    package var devices: Int?
    /// What the defender loses with a stolen record.
    package var recordLoss: ThreePoint<Double>?
    /// What it costs to look into one alarm.
    package var triage: ThreePoint<Double>?
    /// What a legitimate call costs that is denied.
    package var deniedCall: ThreePoint<Double>?
    /// What an hour of a graphics card costs that guesses hashed secrets.
    package var guessingHourly: ThreePoint<Double>?

    /// Costs; whatever is not given is the documented default.
    package init(currency: String = "USD") { self.currency = currency }
}

extension CostSettings {
    /// The most that one price may be: with 10¹⁸ records and operations it stays a finite sum.
    package static let largestPrice = 1e15
    /// The most devices of a defender.
    package static let mostDevices = 1_000_000

    /// What stands against these costs; nil where nothing does.
    package var flaw: Flaw? {
        guard currency.count == 3, currency.allSatisfy({ ("A"..."Z").contains($0) }) else {
            return Flaw(
                "currency", currency,
                "must be three capital letters as ISO 4217 has them, such as USD or EUR")
        }
        if let devices, !(0...Self.mostDevices).contains(devices) {
            return Flaw("devices", devices, "must lie between 0 and \(Self.mostDevices)")
        }
        return prices.lazy.compactMap { key, price in
            price.flatMap {
                Self.flaw(ofPrice: key, low: $0.low, likely: $0.likely, high: $0.high)
            }
        }.first
    }

    /// What stands against a price before a range is made of it; nil where nothing does.
    ///
    /// - Parameter key: the key of a scenario file, such as `record-price`.
    package static func flaw(
        ofPrice key: String, low: Double, likely: Double, high: Double
    ) -> Flaw? {
        let written = low == high ? "\(low)" : "[\(low), \(likely), \(high)]"
        guard [low, likely, high].allSatisfy({ (0...largestPrice).contains($0) }) else {
            return Flaw(key, written, "must be prices from 0 to 10¹⁵")
        }
        guard low <= likely, likely <= high else {
            return Flaw(key, written, "must go from the least to the likeliest to the most")
        }
        return nil
    }

    /// The prices by the keys of a scenario file.
    private var prices: [(key: String, price: ThreePoint<Double>?)] {
        [
            ("record-price", recordPrice), ("attacker-hourly", attackerHourly),
            ("attacker-fixed", attackerFixed), ("operation", operation),
            ("device-hourly", deviceHourly), ("record-loss", recordLoss), ("triage", triage),
            ("denied-call", deniedCall), ("guessing-hourly", guessingHourly),
        ]
    }
}
