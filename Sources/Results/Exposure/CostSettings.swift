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
