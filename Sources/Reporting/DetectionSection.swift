import Exposure
import Results
import Throttling
import Units

/// What alarms and other detectors do to a theft: findings, the least flattering first, and tables.
struct DetectionSection {
    private let run: Run
    private let model: DetectionModel
    private let dataset: RecordCount
    private let groups: [SubjectGroup]

    init(_ run: Run, _ model: DetectionModel, _ groups: [SubjectGroup], dataset: RecordCount) {
        self.run = run
        self.model = model
        self.groups = groups.map { $0.watched(by: model.rule) }
        self.dataset = dataset
    }

    private var horizon: String { run.scenario.exposure.longestTheft.seconds.inWords }

    /// The detections of a group, each with its throttle's name, those that say the same once.
    private func named(_ group: SubjectGroup) -> [(label: String, detection: Detection)] {
        group.projections.compactMap { projection in
            model.detections.first { $0.projection == projection }
                .map { (group.label(of: projection), $0) }
        }
    }

    /// One paragraph for all that is watched and one for each mechanism and record size.
    var findings: [String] {
        let general = generalSentences.map { "- \($0)" }
        let head =
            general.isEmpty
            ? [] : ["**What is noticed**\n\n" + general.joined(separator: "\n")]
        return head + groups.compactMap(paragraph) + model.gaps
    }

    private var generalSentences: [String] {
        [neverClosed, harvested, falseAlarms, Self.traced(model)].compactMap { $0 }
    }

    /// A revocation that lets sessions live closes nothing.
    private var neverClosed: String? {
        guard model.rule != nil, run.scenario.exposure.delays?.endsSessions == false else {
            return nil
        }
        return "**The window does not close**: a revocation leaves sessions that are logged in and "
            + "data keys that are cached (`ends-sessions: false`), so every theft goes on for "
            + "\(horizon)."
    }

    private var harvested: String? {
        guard let loss = model.detections.first?[.harvest]?[dataset] else { return nil }
        return "**No count can see** a thief who keeps what users open anyway (harvest): "
            + "after \(horizon) he holds \(Self.records(loss.records.mean)) of "
            + "\(dataset.inWords) records (\(Wording.share(loss.fraction)))."
    }

    private var falseAlarms: String? {
        guard let rule = model.rule else { return nil }
        var parts = [
            "**The alarm** fires on \(Self.words(rule))"
                + (model.isThresholdChosen ? " (a threshold chosen by the targets)" : "")
        ]
        // An alarm that users alone would raise is as deaf where no theft is told of.
        let watched = groups.flatMap(\.projections)
        if !watched.isEmpty, !watched.contains(where: { $0.canRaise(rule) }) {
            return parts[0] + "; it cannot be raised, for nothing or for anything."
        }
        if let falseAlarms = model.falseAlarms {
            parts.append(
                "For nothing it fires \(Self.times(falseAlarms)) a month "
                    + falseAlarms.method)
        }
        if let replay = model.replay {
            parts.append(
                "It fires \(Self.times(replay)) a month \(replay.method)")
        }
        return parts.joined(separator: ". ") + "." + (run.documented?.counterNeeded ?? "")
    }

    /// What a reader should know of the trace of the demand; nil without one.
    static func traced(_ model: DetectionModel) -> String? {
        guard let trace = model.trace, !model.traceNotes.isEmpty else { return nil }
        return "**The trace '\(trace.source)'.** " + model.traceNotes.joined(separator: " ")
    }

    /// `0.9 times`, `1.2 times (0.4–3.1)`.
    private static func times(_ alarms: FalseAlarms) -> String {
        let bounds = alarms.interval.map {
            $0.upperBound < 1e-6
                ? "" : " (\(Wording.small($0.lowerBound))–\(Wording.small($0.upperBound)))"
        }
        return "\(Wording.small(alarms.perMonth)) times" + (bounds ?? "")
    }

    private func paragraph(_ group: SubjectGroup) -> String? {
        let named = named(group)
        guard model.rule != nil else { return nil }
        let lines = [outOfReach(group), leak(named), worst(named), sprint(named)]
            .compactMap { $0 }
        guard !lines.isEmpty else { return nil }
        return "**\(Findings.title(group.subject)), watched**\n\n"
            + lines.map { "- \($0)" }.joined(separator: "\n")
    }

    /// An alarm that is set above what throttle and device let pass.
    private func outOfReach(_ group: SubjectGroup) -> String? {
        guard let rule = model.rule else { return nil }
        let deaf = group.projections.filter { !$0.canRaise(rule) }
        guard !deaf.isEmpty else { return nil }
        let parts = deaf.map { projection in
            let most = projection.mostCounted(in: rule.period)
            return "under \(group.label(of: projection)), all callers together come to at most "
                + "\(Self.records(most)) operations in \(rule.period.seconds.inWords)"
        }
        let isShared = deaf.contains { $0.throttle != .none }
        let remedy =
            isShared
            ? ", or give each client a throttle of its own (`scope: per-client`), so that the sum "
                + "can exceed it." : "."
        return "**The alarm cannot be raised**: it fires on \(Self.words(rule)), and "
            + "\(parts.joined(separator: "; ")). There it has no false alarms either. Set the "
            + "threshold below that\(remedy)"
    }

    private func leak(_ named: [(label: String, detection: Detection)]) -> String? {
        let parts = named.compactMap { label, detection in
            detection.leak.map { leak in
                "under \(label), \(Self.records(leak.fillPerDay)) a day by filling each period "
                    + "to the threshold, \(Self.records(leak.pulsePerDay)) by pulses"
            }
        }
        guard !parts.isEmpty, let rule = model.rule else { return nil }
        let bound =
            rule.datapointsToAlarm > 1
            ? " An alarm that wants \(rule.datapointsToAlarm) breaches bounds no rate by itself: "
                + "that takes a throttle."
            : ""
        return "**With no alarm ever** leave: " + parts.joined(separator: "; ") + "." + bound
    }

    private func worst(_ named: [(label: String, detection: Detection)]) -> String? {
        let parts = named.compactMap { label, detection -> String? in
            guard let best = detection[.best] ?? detection.worst(of: dataset),
                let loss = best[dataset]
            else { return nil }
            return "under \(label): \(Self.records(loss.records.mean)) "
                + "(\(Wording.share(loss.fraction)))"
        }
        guard !parts.isEmpty else { return nil }
        let isSame = Set(parts.map { $0.split(separator: ": ").last ?? "" }).count == 1
        if isSame, parts.count > 1, let loss = parts.first?.split(separator: ": ").last {
            return "**The worst thief** holds in the end, of \(dataset.inWords) records, \(loss), "
                + "whatever the throttle."
        }
        return "**The worst thief** holds in the end, of \(dataset.inWords) records: "
            + parts.joined(separator: "; ") + "."
    }

    /// `76.2 of 100`, and what rounds to all of them as a little less.
    private static func ofHundred(_ share: Double) -> String {
        share > 0.9995 ? "over 99.9 of 100" : "\(Wording.small(share * 100)) of 100"
    }

    private func sprint(_ named: [(label: String, detection: Detection)]) -> String? {
        let parts = named.compactMap { label, detection -> String? in
            guard let sprint = detection[.sprint], let loss = sprint[dataset] else { return nil }
            guard let alarm = sprint.alarm, sprint.isContained > 0 else {
                return "under \(label), never noticed, \(Self.records(loss.records.mean)) lost"
            }
            let whole = "\(Self.records(loss.records.mean)) lost"
            let within = "(95 of 100 within \(Seconds(sprint.window.p95).inWords)), \(whole)"
            let (noticed, over) = (
                Seconds(alarm.mean).inWords, Seconds(sprint.window.mean).inWords
            )
            // The mean of the alarms is of those that are raised, that of the ends of all.
            guard sprint.isContained < 1 else {
                return "under \(label), noticed after \(noticed) and over after \(over) on average "
                    + within
            }
            return "under \(label), noticed in \(Self.ofHundred(sprint.isContained)) thefts, after "
                + "\(noticed) in the mean of these, and over after \(over) in the mean of all "
                + within
        }
        guard !parts.isEmpty else { return nil }
        return "**A sprint** is: " + parts.joined(separator: "; ") + "."
    }
}

extension DetectionSection {
    /// The tables of endings, one a subject.
    func section(_ tables: TableReference) -> String {
        guard model.demand != nil || model.rule != nil else { return "" }
        let parts = groups.compactMap { group -> String? in
            let named = named(group)
            guard named.contains(where: { !$0.detection.containments.isEmpty }) else { return nil }
            return "### \(Findings.title(group.subject))\n\n" + table(named).text
        }
        guard !parts.isEmpty else { return "" }
        let watched = model.rule.map { "The alarm: \(Self.words($0))." } ?? "No alarm is assumed."
        return "## How the theft of \(dataset.inWords) records ends\n\n\(watched) A theft that no "
            + "alarm ends goes on for \(horizon). Other data sets are in "
            + "\(tables.name(of: .containment)).\n\n" + parts.joined(separator: "\n") + "\n"
            + legend
    }

    /// What the columns are that their heads do not tell.
    private var legend: String {
        let rates =
            model.detections.contains { $0.leak != nil }
            ? " The rates a day among the findings are of a data set without end." : ""
        return "\"Contained\" is the share of thefts that the alarm ends, \"noticed\" their mean "
            + "time from the first call to it, and \"all first\" the share in which the last "
            + "record leaves before the end. \"Worst phase\" is the mean of the thefts that begin "
            + "at the worst moment of a period, so that it may lie below the p95 of all."
            + rates
    }

    /// What the detectors beside the alarm notice; empty without one.
    var detectorSection: String {
        let settings = run.scenario.exposure.detectors
        let parts = groups.compactMap { group -> String? in
            var table = MarkdownTable([
                ("throttle", .left), ("detector", .left), ("false alarms a month", .right),
                ("thief", .left), ("noticed after", .right), ("records by then", .right),
            ])
            for (label, detection) in named(group) {
                let detectors = DetectorModel(
                    settings, detection, demand: model.demand, dataset: dataset)
                for reading in detectors.readings {
                    for notice in reading.notices {
                        table.append([
                            label, reading.name,
                            reading.falseAlarmsPerMonth.map(Wording.small) ?? "—",
                            notice.strategy.rawValue, notice.after.inWords,
                            Self.records(notice.records),
                        ])
                    }
                }
            }
            guard !table.isEmpty else { return nil }
            return "### \(Findings.title(group.subject))\n\n" + table.text
        }
        guard !parts.isEmpty else { return "" }
        return "## What other detectors notice\n\nOf \(dataset.inWords) records; means over the "
            + "demand of a mean hour, and the median for canaries. A budget's false alarms depend "
            + "on what each client uses.\n\n" + parts.joined(separator: "\n")
    }

    private func table(_ named: [(label: String, detection: Detection)]) -> MarkdownTable {
        var table = MarkdownTable([
            ("throttle", .left), ("thief", .left), ("contained", .right), ("noticed", .right),
            ("over, p50", .right), ("over, p95", .right), ("lost, mean", .right),
            ("p95", .right), ("worst phase", .right), ("share", .right), ("all first", .right),
            ("time to all", .right),
        ])
        for (label, detection) in named {
            for ending in detection.containments {
                guard let loss = ending[dataset] else { continue }
                table.append([
                    label, ending.strategy.rawValue, Wording.share(ending.isContained),
                    ending.alarm.map { Seconds($0.mean).inWords } ?? "—",
                    Seconds(ending.window.p50).inWords, Seconds(ending.window.p95).inWords,
                    Self.records(loss.records.mean), Self.records(loss.records.p95),
                    Self.records(loss.records.worstPhase), Wording.share(loss.fraction),
                    Wording.share(loss.allLeave), loss.timeToAll.inWords,
                ])
            }
        }
        return table
    }

    /// A number of records to three digits.
    static func records(_ value: Double) -> String { Significant.text(value.rounded()) }

    /// `more than 30,000 operations in 60 seconds, 3 of 3 periods`.
    static func words(_ rule: AlarmRule) -> String {
        let compared =
            switch rule.settings.comparison {
            case .greaterThan: "more than"
            case .greaterOrEqual: "at least"
            case .lessThan: "fewer than"
            case .lessOrEqual: "at most"
            }
        let periods =
            rule.evaluationPeriods == 1
            ? "" : ", in \(rule.datapointsToAlarm) of \(rule.evaluationPeriods) periods"
        return "\(compared) \(Significant.grouped(rule.threshold.count)) operations in "
            + "\(rule.period.seconds.inWords)\(periods)"
    }
}

extension DetectionSection {
    /// What the endings rest on.
    var assumptions: [String] {
        guard model.demand != nil || model.rule != nil else { return [] }
        let settings = run.scenario.exposure
        var lines: [String] = []
        if let demand = model.demand {
            lines.append(
                "Users ask for \(Significant.text(demand.perSecond))/s, the counts of periods "
                    + "independent of each other with a variance of "
                    + "\(Significant.text(demand.dispersion)) times their mean"
                    + (isDiurnal
                        ? "; an assumed office week, ten times as busy at 14:00 as at 2:00, two "
                            + "fifths at weekends"
                        : "") + ".")
        }
        if model.rule != nil {
            lines += [
                "The alarm counts the operations of users and thief together, wherever the "
                    + "throttle lets them through; periods begin at edges of the clock, and a "
                    + "theft begins at any moment of a week. An alarm that users raise while a "
                    + "sprinting or creeping thief is at work finds him as well.",
                "A thief who fills periods or pulses sees the demand before each period ends: the "
                    + "worst case. He is never found by the alarm.",
            ]
        }
        if let delays = settings.delays, model.rule != nil {
            let response =
                if case .human = delays.response { "somebody who is called" } else { "a program" }
            lines.append(
                "From the alarm to the thief's last call: \(Self.range(delays.publish)) until the "
                    + "count is published, \(Self.range(delays.evaluation)) until it is evaluated, "
                    + "\(Self.range(delays.response.length)) until \(response) has revoked him.")
        }
        return lines
    }

    private var isDiurnal: Bool {
        guard case .profile(let profile)? = run.scenario.exposure.demand else { return false }
        return profile.shape == .diurnal
    }

    /// `2 to 10 seconds, most likely 5 seconds`, or the one length.
    static func range(_ range: ThreePoint<Nanoseconds>) -> String {
        guard !range.isPoint else { return range.likely.seconds.inWords }
        return "\(range.low.seconds.inWords) to \(range.high.seconds.inWords), most likely "
            + range.likely.seconds.inWords
    }
}
