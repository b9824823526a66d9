import Results

/// What an alarm says.
package enum AlarmState: String, CaseIterable, Hashable, Sendable {
    /// Within the threshold.
    case quiet = "OK"
    /// Outside of it.
    case alarm = "ALARM"
    /// Too little is known.
    case insufficientData = "INSUFFICIENT_DATA"
}

/// A metric alarm as CloudWatch evaluates it, fed one datapoint a period.
///
/// Source: Amazon CloudWatch User Guide, "Alarm evaluation" and "Configuring how CloudWatch alarms
/// treat missing data". Periods from before the first datapoint are missing, as they are for a
/// metric that did not yet exist.
package struct AlarmMachine: Hashable, Sendable {
    /// The alarm.
    package let rule: AlarmRule
    /// What it says now.
    package private(set) var state = AlarmState.insufficientData
    private var history: AlarmHistory

    /// An alarm that has seen nothing.
    package init(_ rule: AlarmRule) {
        self.rule = rule
        history = AlarmHistory(rule)
    }

    /// An alarm that has long seen nothing but periods within the threshold.
    package static func settled(_ rule: AlarmRule) -> AlarmMachine {
        var machine = AlarmMachine(rule)
        for _ in 0..<machine.history.range { machine.receive(breaching: false) }
        return machine
    }

    /// Takes the count of a period, nil where there is none, and evaluates.
    @discardableResult
    package mutating func receive(_ datapoint: Double?) -> AlarmState {
        receive(breaching: datapoint.map(rule.isBreached))
    }

    /// Takes whether a period breached, nil where nothing is known of it, and evaluates.
    @discardableResult
    package mutating func receive(breaching: Bool?) -> AlarmState {
        history.record(breaching)
        if let verdict = history.verdict(rule.settings.missing) { state = verdict }
        return state
    }
}
