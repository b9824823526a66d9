import Exposure
import Results
import Throttling
import Units

/// Which throttle and alarm to choose and why, in words that a reviewer can read, with what can be
/// pasted into a scenario.
package struct ThresholdReport: Sendable {
    private let subject: String
    private let choice: ThresholdChoice
    private let demand: DemandProfile
    private let dataset: RecordCount

    /// A report on one choice.
    ///
    /// - Parameters:
    ///   - subject: the mechanism and record size, as a run names them.
    ///   - dataset: N, of which records are lost.
    package init(
        of choice: ThresholdChoice, subject: String, demand: DemandProfile, dataset: RecordCount
    ) {
        self.choice = choice
        self.subject = subject
        self.demand = demand
        self.dataset = dataset
    }

    /// The recommendation or what stands against one, then the frontier.
    package var markdown: String {
        let head = choice.recommended.map(recommendation) ?? refusal
        return ["## \(Findings.title(subject))", head, frontier].joined(separator: "\n\n")
    }

    /// The recommendation alone, a paragraph for the findings of a report.
    var finding: String {
        guard let point = choice.recommended else { return refusal }
        return "**Choose** \(Self.words(point)). \(reasons(point))"
    }

    private func recommendation(_ point: ThresholdChoice.Point) -> String {
        """
        **Choose** \(Self.words(point)).

        ```yaml
        throttles: [\(throttles(point))]
        exposure:
          alarm: \(point.isHeard ? point.rule.settings.scenarioForm : "none")
        ```

        \(reasons(point))
        """
    }

    private func throttles(_ point: ThresholdChoice.Point) -> String {
        point.throttle == .none ? "none" : "none, \(point.throttle.scenarioForm)"
    }

    /// The justification: the demand, then each target with what is to be expected of it.
    private func reasons(_ point: ThresholdChoice.Point) -> String {
        let targets = choice.targets
        let (mean, most) = (demand.perSecond, demand.busiestPerSecond)
        let steady = Self.usual(most - mean, of: mean)
        let busiest =
            steady ? "" : ", up to \(Significant.text(most))/s in the busiest hour of the week"
        let asked =
            "The demand is \(Significant.text(mean))/s\(busiest), with counts "
            + "\(Significant.text(demand.dispersion)) times as variable as chance alone would "
            + "make them. "
        return asked + falseAlarms(point)
            + "\(Wording.share(point.burdenedShare)) of the legitimate calls wait or are denied "
            + "(at most \(targets.burdenedShare.inPercent)). The worst of the "
            + "thieves who add calls (sprint, creep, fill, pulse) holds at most "
            + "\(DetectionSection.records(point.recordsLost)) of \(dataset.inWords) records in 95 "
            + "of 100 thefts after \(targets.within.seconds.inWords) "
            + "(at most \(targets.recordsLost.inWords)). Of all that was tried and meets the three "
            + "targets this costs the least, and of those that cost the same within 1 %, this "
            + "loses least."
    }

    /// How often the demand raises the alarm by itself: the beginning of a sentence.
    private func falseAlarms(_ point: ThresholdChoice.Point) -> String {
        guard point.isHeard else { return "No alarm is raised, and " }
        let modelled = "\(Wording.small(point.modelledPerMonth)) times a month"
        let replayed = point.replayedPerMonth.map {
            " by the model and \(Wording.small($0)) times by replay of the trace"
        }
        return "It exceeds the threshold by itself so that a false alarm is raised "
            + "\(modelled)\(replayed ?? "") (target: at most "
            + "\(Significant.text(choice.targets.falseAlarmsPerMonth))), and "
    }

    private static func usual(_ difference: Double, of mean: Double) -> Bool {
        difference <= 0.005 * mean
    }

    private var refusal: String {
        let misses = choice.misses.map { miss -> String in
            let nearest =
                miss.isShare ? Wording.share(miss.nearest) : Wording.small(miss.nearest)
            return "\(miss.target) cannot be met together with the others: the nearest is "
                + "\(nearest), \(Wording.factor(miss.excess)) the target"
        }
        let why =
            misses.isEmpty
            ? "no two of the targets can be met at once"
            : misses.joined(separator: "; ")
        return "**No throttle and alarm that was tried meets every target**: \(why)."
    }

    private var frontier: String {
        let isReplayed = choice.listed.contains { $0.replayedPerMonth != nil }
        var columns: [(name: String, alignment: MarkdownTable.Alignment)] = [
            ("threshold", .right), ("M of N", .left), ("throttle", .left),
            ("false alarms a month", .right), ("lost in 95 of 100", .right),
            ("wait or denied", .right), ("", .left),
        ]
        if isReplayed { columns.insert(("by replay", .right), at: 4) }
        var table = MarkdownTable(columns)
        for point in choice.listed {
            let rule = point.rule
            var fields = [
                "\(Significant.grouped(rule.threshold.count)) in \(rule.period)",
                "\(rule.datapointsToAlarm) of \(rule.evaluationPeriods)", point.throttle.inWords,
                Wording.small(point.modelledPerMonth),
                DetectionSection.records(point.recordsLost),
                Wording.share(point.burdenedShare),
                point == choice.recommended ? "chosen" : "",
            ]
            if isReplayed {
                fields.insert(point.replayedPerMonth.map(Wording.small) ?? "—", at: 4)
            }
            table.append(fields)
        }
        let chosen =
            choice.listed == choice.frontier
            ? "" : ", and the chosen one, which costs less than those that beat it"
        return "What no other choice beats in both false alarms and loss, of those that burden no "
            + "more than \(choice.targets.burdenedShare.inPercent) of the legitimate calls"
            + "\(chosen):\n\n" + table.text
    }

    private static func words(_ point: ThresholdChoice.Point) -> String {
        let throttle = point.throttle == .none ? "no throttle" : "a \(point.throttle.inWords)"
        guard point.isHeard || point.throttle != .none else {
            return "neither throttle nor alarm: the device is slow enough by itself, and no alarm "
                + "that was tried can be raised on it"
        }
        guard point.isHeard else {
            return "\(throttle) alone: no alarm that was tried can be raised behind it"
        }
        return "\(throttle), and an alarm on \(DetectionSection.words(point.rule))"
    }
}
