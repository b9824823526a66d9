/// What a price is of; the order is that of the report.
package enum CostItem: String, CaseIterable, Hashable, Sendable {
    case recordPrice = "record-price"
    case attackerHourly = "attacker-hourly"
    case attackerFixed = "attacker-fixed"
    case operation = "operation"
    case deviceHourly = "device-hourly"
    case recordLoss = "record-loss"
    case triage = "triage"
    case deniedCall = "denied-call"
    case guessingHourly = "guessing-hourly"

    /// For a list of assumptions.
    package var title: String {
        switch self {
        case .recordPrice: "a thief is paid for a record"
        case .attackerHourly: "an hour costs the thief"
        case .attackerFixed: "the thief has spent before the first record"
        case .operation: "an anchored operation costs the thief"
        case .deviceHourly: "a device costs an hour"
        case .recordLoss: "the defender loses with a stolen record"
        case .triage: "looking into an alarm costs"
        case .deniedCall: "a denied legitimate call costs"
        case .guessingHourly: "an hour of a graphics card that guesses costs"
        }
    }
}
