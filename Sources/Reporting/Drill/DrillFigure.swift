import Results
import Units

/// A figure of a theft that is both predicted and measured.
enum DrillFigure: String, CaseIterable {
    case alarm
    case containment
    case recordsLost = "records-lost"
    case deniedShare = "legitimate-denied-share"
    case wait = "legitimate-wait"
    case canary
    case budget

    /// What its values count.
    enum Unit: String { case seconds, records, share }

    /// What its values count.
    var unit: Unit {
        switch self {
        case .alarm, .containment, .wait: .seconds
        case .recordsLost, .canary, .budget: .records
        case .deniedShare: .share
        }
    }

    /// Whether it is the place of something that may happen or not, rather than an amount.
    var isEvent: Bool {
        switch self {
        case .alarm, .canary, .budget: true
        case .containment, .recordsLost, .deniedShare, .wait: false
        }
    }

    /// What it is called in a table.
    var title: String {
        switch self {
        case .alarm: "time to alarm"
        case .containment: "containment (last record)"
        case .recordsLost: "records lost"
        case .deniedShare: "legitimate calls denied"
        case .wait: "legitimate wait"
        case .canary: "records until a canary"
        case .budget: "records until the budget is used up"
        }
    }

    /// A value for people.
    func text(_ value: Double) -> String {
        switch unit {
        case .seconds: DrillWording.time(value)
        case .records: DrillWording.records(value)
        case .share: Wording.share(value)
        }
    }

    /// What was predicted of it; nil where the models say nothing of it, or it never comes.
    func predicted(in prediction: DrillPrediction) -> DrillPrediction.Figure? {
        func alike(_ value: Double?) -> DrillPrediction.Figure? {
            value.map { DrillPrediction.Figure(mean: $0, p50: $0, p95: $0) }
        }
        return switch self {
        case .alarm: prediction.alarm
        case .containment: prediction.containment
        case .recordsLost: prediction.lost
        case .deniedShare: alike(prediction.deniedShare)
        case .wait: alike(prediction.legitimateWait)
        case .canary: prediction.canary
        case .budget: prediction.budget
        }
    }

    /// What it was in a theft; nil where it did not happen or could not be told.
    func measured(in theft: DrillTheft) -> Double? {
        switch self {
        case .alarm: theft.alarm
        case .containment: theft.lastRecord
        case .recordsLost: Double(theft.lost)
        case .deniedShare: DrillReaders([theft.during]).deniedShare
        case .wait:
            both(theft.during.meanResponse, theft.before.meanResponse).map { $0.0 - $0.1 }
        case .canary: theft.canary.map { Double($0.records) }
        case .budget: theft.budget.map { Double($0.records) }
        }
    }

    /// The thefts that say something of it: the models take it for granted that an alarm is
    /// answered, so that one that nobody answered says nothing of how a theft ends.
    func thefts(of act: DrillAct) -> [DrillTheft] {
        switch self {
        case .containment, .recordsLost: act.comparable
        case .alarm, .deniedShare, .wait, .canary, .budget: act.sound
        }
    }
}

extension DrillAct {
    /// The thefts that nothing broke off.
    var sound: [DrillTheft] { thefts.filter { $0.ending != .broken } }
    /// Those of them whose alarm, if there was one, was answered.
    var comparable: [DrillTheft] { sound.filter { $0.unanswered == nil } }
}
