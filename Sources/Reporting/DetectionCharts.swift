import Exposure
import Results
import Throttling
import Units

/// The charts of what an alarm does to thefts, what they cost, and what there is to choose.
struct DetectionCharts {
    private let run: Run
    private let exposure: RunExposure
    private let dataset: RecordCount
    private let names: ThrottleNames

    init(_ run: Run, _ exposure: RunExposure, _ findings: Findings) {
        self.run = run
        self.exposure = exposure
        dataset = findings.dataset
        names = findings.names
    }

    /// The charts of one mechanism and record size.
    func charts(of group: SubjectGroup) -> [ReportChart] {
        let group = group.watched(by: exposure.detection.rule)
        return [story(group), strategies(group), exceedance(group), frontier(group)]
            .compactMap { $0 }
    }

    /// The throttle of a group behind which a sprint gets least, with its name.
    private func strictest(
        _ group: SubjectGroup
    ) -> (label: String, detection: Detection)? {
        let named = group.projections.compactMap { projection in
            exposure.detection.detections.first { $0.projection == projection }
                .map { (label: group.label(of: projection), detection: $0) }
        }
        func lost(_ detection: Detection) -> Double {
            (detection[.sprint] ?? detection.worst(of: dataset))?[dataset]?.records.mean
                ?? .infinity
        }
        return named.min { lost($0.detection) < lost($1.detection) }
    }

    private var operations: String {
        switch run.scenario.anchor.operation {
        case "unwrap": "unwraps"
        case "mac": "hashes"
        default: "decrypts"
        }
    }

    private func story(_ group: SubjectGroup) -> ReportChart? {
        guard let (label, detection) = strictest(group), let story = detection.story,
            let rule = exposure.detection.rule
        else { return nil }
        let title = Findings.title(group.subject)
        let chart = StoryChart(
            title: "A sprint under \(label), as the alarm sees it",
            subtitle: "\(title), of \(dataset.inWords) in the data set; the alarm: "
                + DetectionSection.words(rule),
            operations: operations, story: story)
        return ReportChart(
            name: "story-\(group.fileName)",
            caption: "A theft of about the median length, period by period, \(title): the users' "
                + "\(operations) in the middle 90 % of periods, the thief's on top, the threshold, "
                + "the alarm and the end",
            svg: chart.svg)
    }

    private func strategies(_ group: SubjectGroup) -> ReportChart? {
        guard let (label, detection) = strictest(group), !detection.containments.isEmpty,
            let last = exposure.model.windows.last
        else { return nil }
        let first = exposure.model.windows.first ?? .seconds(60)
        let windows = LogarithmicSteps.between(first.seconds.value, last.seconds.value)
        let curves = detection.containments.filter { $0.strategy != .best }.map { ending in
            LossWindowChart.Curve(
                ending.strategy.rawValue,
                windows.map { window in
                    LossWindowChart.Point(
                        Seconds(window),
                        ending.unstopped(within: Seconds(window), of: dataset))
                },
                contained: ending.isContained > 0.5
                    ? LossWindowChart.Point(
                        Seconds(ending.window.p50), ending[dataset]?.records.p50 ?? 0) : nil)
        }
        let title = Findings.title(group.subject)
        let chart = LossWindowChart(
            title: "Records lost by each kind of thief",
            subtitle: "\(title), under \(label), \(dataset.inWords) in the data set.",
            dataset: dataset, curves: curves)
        return ReportChart(
            name: "strategies-\(group.fileName)",
            caption: "Records lost against time for each kind of thief under \(label), \(title)",
            svg: chart.svg)
    }

    private func exceedance(_ group: SubjectGroup) -> ReportChart? {
        guard let economics = exposure.economics else { return nil }
        let named = EconomicsSection(run, economics, [group]).named(group)
        guard named.contains(where: { $0.entry.strategy == .sprint }) else { return nil }
        let title = Findings.title(group.subject)
        let chart = ExceedanceChart(
            title: "What the theft costs the defender",
            subtitle: "\(title), \(dataset.inWords) in the data set, a sprint",
            currency: economics.costs.currency,
            curves: named.filter { $0.entry.strategy == .sprint }.enumerated().map { index, one in
                ExceedanceChart.Curve(one.label, one.entry.loss.exceedance, color: index)
            })
        return ReportChart(
            name: "loss-exceedance-\(group.fileName)",
            caption: "Probability that a sprint costs more than an amount, \(title)",
            svg: chart.svg)
    }

    private func frontier(_ group: SubjectGroup) -> ReportChart? {
        guard let choice = exposure.choices.first(where: { $0.subject == group.subject })
        else { return nil }
        let title = Findings.title(group.subject)
        let chart = FrontierChart(
            title: "What an alarm and a throttle can hold",
            subtitle: "\(title), \(dataset.inWords) in the data set, after "
                + "\(choice.choice.targets.within.seconds.inWords), the worst thief who adds calls",
            choice: choice.choice)
        return ReportChart(
            name: "frontier-\(group.fileName)",
            caption: "False alarms against records lost for the best choices of throttle and "
                + "alarm, \(title); dashed: the targets",
            svg: chart.svg)
    }
}

/// Values spread evenly on a logarithmic axis, forty a decade.
enum LogarithmicSteps {
    /// The fortieth root of ten.
    private static let step = 1.0592537251772889

    /// The two ends and what lies between them.
    static func between(_ first: Double, _ last: Double) -> [Double] {
        guard first > 0, first < last else { return [last] }
        return [first] + inside(first, last) + [last]
    }

    /// What lies between two ends.
    static func inside(_ first: Double, _ last: Double) -> [Double] {
        var values: [Double] = []
        var value = first * step
        while value < last {
            values.append(value)
            value *= step
        }
        return values
    }
}
