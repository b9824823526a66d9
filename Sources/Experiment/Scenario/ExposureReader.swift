import Foundation
import Results
import Throttling
import Units

extension ScenarioDraft {
    private static let exposureKeys = [
        "datasets", "windows", "attackers", "identities", "callers", "records-per-operation",
        "demand", "alarm", "delays", "horizon", "confidence", "value", "canaries", "budget",
        "ewma", "cusum", "draws", "cost", "targets",
    ]

    /// Takes over what a scenario says of what is projected.
    mutating func applyExposure(_ value: YAMLValue) throws(ScenarioError) {
        let keys = try value.entries(known: Self.exposureKeys)
        if let value = keys["datasets"] { exposure.datasets = try value.counts() }
        if let value = keys["windows"] { exposure.windows = try value.windows() }
        if let value = keys["attackers"] { exposure.attackers = try value.attackers() }
        if let value = keys["identities"] {
            exposure.identities = try value.integers(1...1_000_000)
        }
        if let value = keys["callers"] { exposure.callers = try value.integer(1...1_000_000) }
        if let value = keys["records-per-operation"] {
            exposure.recordsPerOperation = try value.recordsPerOperation()
        }
        if let value = keys["alarm"] { try applyAlarm(value) }
        if let value = keys["demand"] { try applyDemand(value) }
        try checkThreshold(keys["alarm"] ?? value)
        alarmPlace = keys["alarm"] ?? keys["demand"] ?? alarmPlace
        if let value = keys["delays"] { try applyDelays(value) }
        if let value = keys["horizon"] {
            let isLongest = try value.text() == "auto"
            exposure.horizon = isLongest ? nil : try value.duration(.seconds(60) ... .max)
        }
        if let value = keys["confidence"] { exposure.confidence = try value.innerProbability() }
        if let value = keys["value"] { exposure.value = try value.valueCurve() }
        try applyDetectors(keys)
        if let value = keys["draws"] { exposure.draws = try value.integer(100...10_000_000) }
        if let value = keys["cost"] { try applyCost(value) }
        if let value = keys["targets"] { try applyTargets(value) }
    }

    private mutating func applyDemand(_ value: YAMLValue) throws(ScenarioError) {
        var (profile, hasMean) = (ProfileSettings(mean: Rate(1)), false)
        if case .profile(let before)? = exposure.demand { (profile, hasMean) = (before, true) }
        guard value.node.mapping != nil else {
            let mean = try value.steadyRate()
            (profile.mean, profile.shape) = (mean ?? profile.mean, .flat)
            exposure.demand = mean == nil ? nil : .profile(profile)
            trace = nil
            return
        }
        let keys = try value.entries(known: ["mean", "dispersion", "shape", "trace"])
        if let trace = keys["trace"] {
            guard keys.count == 1 else {
                throw value.complaint(
                    "\(value.place): a trace says all of the demand; leave "
                        + keys.keys.filter { $0 != "trace" }.sorted().joined(separator: ", ")
                        + " out")
            }
            exposure.demand = nil
            self.trace = (place: trace, folder: folder)
            return
        }
        trace = nil
        if let value = keys["mean"] {
            profile.mean = try value.quantity(Rate.self)
        } else if !hasMean {
            throw value.complaint(
                "\(value.place): a demand needs a mean, such as { mean: 200/s }, or a trace")
        }
        if let value = keys["dispersion"] {
            profile.dispersion = try value.number(1...1e6, "1 for Poisson, more for bursts")
        }
        if let value = keys["shape"] { profile.shape = try value.demandShape() }
        exposure.demand = .profile(profile)
    }

    /// Reads the trace of the demand, which is counted in the alarm's periods and so has to wait
    /// until these are known, and refuses one that they do not fit.
    mutating func settleTrace() throws(ScenarioError) {
        let period = exposure.alarm?.period ?? .seconds(60)
        if let written = trace {
            let read = try written.place.demandTrace(in: written.folder, period: period)
            (exposure.demand, trace) = (.trace(read), nil)
            try checkThreshold(alarmPlace ?? written.place)
        } else if case .trace(let trace)? = exposure.demand {
            // That of a stored run, whose counts are kept and not its file.
            do throws(TraceError) {
                _ = try trace.regrouped(to: period)
            } catch {
                let sentence =
                    "'exposure.alarm.period' does not fit the demand that the run kept: \(error), "
                    + "or give the file again ('exposure.demand.trace')"
                throw alarmPlace?.complaint(sentence, isUsage: false)
                    ?? ScenarioError(sentence, isUsage: false)
            }
        }
    }

    private mutating func applyAlarm(_ value: YAMLValue) throws(ScenarioError) {
        guard value.node.mapping != nil else {
            _ = try value.word(["none"])
            exposure.alarm = nil
            return
        }
        let keys = try value.entries(known: [
            "period", "threshold", "comparison", "evaluation-periods", "datapoints-to-alarm",
            "missing", "window",
        ])
        var alarm = exposure.alarm ?? AlarmSettings(period: .seconds(60), threshold: nil)
        if let value = keys["period"] { alarm.period = try value.quantity(Nanoseconds.self) }
        if let value = keys["threshold"] {
            let isAutomatic = try value.text() == "auto"
            alarm.threshold = isAutomatic ? nil : try value.quantity(RecordCount.self)
        }
        if let value = keys["comparison"] {
            let word = try value.word(AlarmComparison.allCases.map(\.rawValue))
            alarm.comparison = AlarmComparison(rawValue: word) ?? .greaterThan
        }
        let periods = 1...1_000_000
        if let value = keys["evaluation-periods"] {
            alarm.evaluationPeriods = try value.integer(periods)
        }
        if let value = keys["datapoints-to-alarm"] {
            alarm.datapointsToAlarm = try value.integer(periods)
        }
        if let value = keys["missing"] {
            let word = try value.word(MissingData.allCases.map(\.rawValue))
            alarm.missing = MissingData(rawValue: word) ?? .notBreaching
        }
        if let value = keys["window"] {
            let word = try value.word(AlarmWindow.allCases.map(\.rawValue))
            alarm.window = AlarmWindow(rawValue: word) ?? .sliding
        }
        try value.check(alarm.flaws.first, keys)
        exposure.alarm = alarm
    }

    /// Refuses a threshold that the users alone exceed in the mean.
    private func checkThreshold(_ place: YAMLValue) throws(ScenarioError) {
        guard let alarm = exposure.alarm, let threshold = alarm.threshold,
            [.greaterThan, .greaterOrEqual].contains(alarm.comparison),
            let mean = exposure.demand?.mean(in: alarm.period), Double(threshold.count) <= mean
        else { return }
        throw place.complaint(
            "'exposure.alarm.threshold': '\(threshold)' is no more than users ask for in "
                + "\(alarm.period), \(Significant.text(mean)) operations ('exposure.demand'), so "
                + "the alarm would always be on; raise it, or let it be auto")
    }

    private mutating func applyDelays(_ value: YAMLValue) throws(ScenarioError) {
        let keys = try value.entries(known: [
            "publish", "evaluation", "response", "ends-sessions",
        ])
        var delays = exposure.delays ?? DelaySettings()
        if let value = keys["publish"] { delays.publish = try value.durations() }
        if let value = keys["evaluation"] { delays.evaluation = try value.durations() }
        if let value = keys["response"] { delays.response = try value.response() }
        if let value = keys["ends-sessions"] {
            delays.endsSessions = try value.word(["true", "false"]) == "true"
        }
        exposure.delays = delays
    }

    private mutating func applyDetectors(
        _ keys: [String: YAMLValue]
    ) throws(ScenarioError) {
        var detectors = exposure.detectors ?? DetectorSettings()
        if let value = keys["canaries"] {
            detectors.canaries = try value.quantity(RecordCount.self).count
        }
        if let value = keys["budget"] {
            detectors.budget = try value.isNone() ? nil : try value.positiveCount()
        }
        if let value = keys["ewma"] { detectors.ewma = try value.ewma() }
        if let value = keys["cusum"] { detectors.cusum = try value.cusum() }
        exposure.detectors = detectors == DetectorSettings() ? nil : detectors
    }

    private mutating func applyTargets(_ value: YAMLValue) throws(ScenarioError) {
        guard value.node.mapping != nil else {
            _ = try value.word(["none"])
            exposure.targets = nil
            return
        }
        let keys = try value.entries(known: [
            "false-alarms-per-month", "burdened-share", "records-lost", "within",
        ])
        var targets = exposure.targets ?? .usual
        if let value = keys["false-alarms-per-month"] {
            targets.falseAlarmsPerMonth = try value.number(
                1e-9...1e6, "a number of alarms in 30 days",
                bounds: "more than 0 and at most a million; no alarm is free of false ones, so "
                    + "write a small number such as 0.01")
        }
        if let value = keys["burdened-share"] {
            targets.burdenedShare = try value.quantity(Probability.self)
        }
        if let value = keys["records-lost"] { targets.recordsLost = try value.positiveCount() }
        if let value = keys["within"] {
            targets.within = try value.duration(.seconds(60) ... .max)
        }
        exposure.targets = targets
    }
}

extension ScenarioDraft {
    private mutating func applyCost(_ value: YAMLValue) throws(ScenarioError) {
        guard value.node.mapping != nil else {
            _ = try value.word(["none"])
            exposure.cost = nil
            return
        }
        let prices: [(key: String, path: WritableKeyPath<CostSettings, ThreePoint<Double>?>)] = [
            ("record-price", \.recordPrice), ("attacker-hourly", \.attackerHourly),
            ("attacker-fixed", \.attackerFixed), ("operation", \.operation),
            ("device-hourly", \.deviceHourly), ("record-loss", \.recordLoss),
            ("triage", \.triage), ("denied-call", \.deniedCall),
            ("guessing-hourly", \.guessingHourly),
        ]
        let keys = try value.entries(known: prices.map(\.key) + ["devices", "currency"])
        var cost = exposure.cost ?? CostSettings()
        for (key, path) in prices {
            guard let value = keys[key] else { continue }
            cost[keyPath: path] = try value.prices()
        }
        if let value = keys["devices"] { cost.devices = try value.integer(1...1_000_000) }
        if let value = keys["currency"] { cost.currency = try value.text() }
        try value.check(cost.flaw, keys)
        exposure.cost = cost
    }
}
