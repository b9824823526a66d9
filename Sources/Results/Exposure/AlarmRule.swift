import Units

/// How an alarm counts and when it fires, by the rules of CloudWatch's metric alarms.
package struct AlarmSettings: Codable, Hashable, Sendable {
    /// p: the length of a period.
    package var period: Nanoseconds
    /// θ: operations in a period; nil for one that is chosen by the targets.
    package var threshold: RecordCount?
    /// How a period's count is held against the threshold.
    package var comparison: AlarmComparison
    /// N: the periods that are looked at.
    package var evaluationPeriods: Int
    /// M: how many of them must breach.
    package var datapointsToAlarm: Int
    /// What stands for a period of which nothing is known.
    package var missing: MissingData
    /// Where periods begin and how often they are evaluated.
    package var window: AlarmWindow

    /// An alarm.
    package init(
        period: Nanoseconds, threshold: RecordCount?,
        comparison: AlarmComparison = .greaterThan, evaluationPeriods: Int = 1,
        datapointsToAlarm: Int = 1, missing: MissingData = .notBreaching,
        window: AlarmWindow = .sliding
    ) {
        self.period = period
        self.threshold = threshold
        self.comparison = comparison
        self.evaluationPeriods = evaluationPeriods
        self.datapointsToAlarm = datapointsToAlarm
        self.missing = missing
        self.window = window
    }

    /// The alarm at a threshold.
    package func rule(at threshold: RecordCount) -> AlarmRule {
        var settings = self
        settings.threshold = threshold
        return AlarmRule(settings: settings, threshold: threshold)
    }
}

/// An alarm whose threshold is decided.
package struct AlarmRule: Hashable, Sendable {
    /// The alarm.
    package let settings: AlarmSettings
    /// θ: operations in a period.
    package let threshold: RecordCount

    fileprivate init(settings: AlarmSettings, threshold: RecordCount) {
        self.settings = settings
        self.threshold = threshold
    }

    /// p.
    package var period: Nanoseconds { settings.period }
    /// N.
    package var evaluationPeriods: Int { settings.evaluationPeriods }
    /// M.
    package var datapointsToAlarm: Int { settings.datapointsToAlarm }

    /// Whether a period with so many operations breaches.
    package func isBreached(by count: Double) -> Bool {
        let threshold = Double(threshold.count)
        return switch settings.comparison {
        case .greaterThan: count > threshold
        case .greaterOrEqual: count >= threshold
        case .lessThan: count < threshold
        case .lessOrEqual: count <= threshold
        }
    }

    /// θ_max: the most operations of a period that do not breach; nil where more of them never do,
    /// and where any number does.
    package var largestQuiet: UInt64? {
        switch settings.comparison {
        case .greaterThan: threshold.count
        case .greaterOrEqual: threshold.count > 0 ? threshold.count - 1 : nil
        case .lessThan, .lessOrEqual: nil
        }
    }
}

/// How a period's count is held against the threshold.
package enum AlarmComparison: String, Codable, CaseIterable, Sendable {
    case greaterThan = ">"
    case greaterOrEqual = ">="
    case lessThan = "<"
    case lessOrEqual = "<="
}

/// What stands for a period of which nothing is known.
package enum MissingData: String, Codable, CaseIterable, Sendable {
    case missing, ignore, breaching
    case notBreaching = "not-breaching"
}

/// Where the periods of an alarm begin.
package enum AlarmWindow: String, Codable, CaseIterable, Sendable {
    /// At every evaluation, reaching back from it.
    case sliding
    /// At the edges of the clock.
    case wallClock = "wall-clock"
}
