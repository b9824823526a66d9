extension AlarmSettings {
    /// The alarm as it is written in a scenario:
    /// `{ period: 1m, threshold: 30k, comparison: '>', evaluation-periods: 3, … }`.
    package var scenarioForm: String {
        let threshold = threshold?.description ?? "auto"
        return
            "{ period: \(period), threshold: \(threshold), comparison: '\(comparison.rawValue)', "
            + "evaluation-periods: \(evaluationPeriods), "
            + "datapoints-to-alarm: \(datapointsToAlarm), missing: \(missing.rawValue), "
            + "window: \(window.rawValue) }"
    }
}
