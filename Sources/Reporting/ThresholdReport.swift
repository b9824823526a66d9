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
    private let cost: CostSettings?
    private let remark: String?

    /// A report on one choice.
    ///
    /// - Parameters:
    ///   - subject: the mechanism and record size, as a run names them.
    ///   - dataset: N, of which records are lost.
    ///   - cost: the scenario's prices; nil where it names none, and all are assumed.
    ///   - remark: a paragraph on what the demand is taken from; nil for none.
    package init(
        of choice: ThresholdChoice, subject: String, demand: DemandProfile, dataset: RecordCount,
        cost: CostSettings?, remark: String? = nil
    ) {
        self.cost = cost
        self.choice = choice
        self.subject = subject
        self.demand = demand
        self.dataset = dataset
        self.remark = remark
    }

    /// The recommendation or what stands against one, the remark, then the frontier.
    package var markdown: String {
        let head = choice.recommended.map(recommendation) ?? refusal
        let parts = ["## \(Findings.title(subject))", head, remark, frontier]
        return parts.compactMap(\.self).joined(separator: "\n\n")
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
        let lost =
            "\(Wording.share(point.burdenedShare)) of the legitimate calls wait or are denied "
            + "(at most \(targets.burdenedShare.inPercent)). The worst of the "
            + "thieves who add calls (sprint, creep, fill, pulse) holds at most "
            + "\(DetectionSection.records(point.recordsLost)) of \(dataset.inWords) records in 95 "
            + "of 100 thefts after \(targets.within.seconds.inWords) "
            + "(at most \(targets.recordsLost.inWords))."
        let cheapest =
            "Of all that was tried and meets the three targets this costs the least, and of those "
            + "that cost the same within 1 %, this loses least."
        let sentences: [String?] = [
            asked + falseAlarms(point) + lost, choice.outlook.map(outlook), idleTarget, cheapest,
            costs(point),
        ]
        return sentences.compactMap { $0 }.joined(separator: " ")
    }

    /// What becomes of a thief once no time ends what he does.
    private func outlook(_ outlook: ThresholdChoice.Outlook) -> String {
        let all = "all \(dataset.inWords) records"
        switch outlook {
        case .unnoticed(let strategy, let time, _) where time.isNever:
            return "Nothing of this notices \(strategy.rawValue), and he never has \(all)."
        case .unnoticed(let strategy, let time, let isMean):
            let when =
                isMean
                ? "about \(time.inWords) at his mean rate of the week"
                : "\(time.inWords) at the soonest"
            return "Nothing of this notices \(strategy.rawValue): he goes on, and has \(all) after "
                + "\(when)."
        case .unstopped(let strategy, let time):
            let end =
                time.isNever
                ? "never has \(all)" : "has \(all) after \(time.inWords) at the soonest"
            return "A revocation ends no session (`ends-sessions: false`): \(strategy.rawValue) is "
                + "noticed and goes on, and \(end)."
        case .noticed(let strategy, let time):
            return "Every thief who adds calls is noticed; of those whom the alarm finds last "
                + "(\(strategy.rawValue)), 95 of 100 within \(time.inWords)."
        }
    }

    /// A bound on the loss that binds nobody; nil for one that does.
    private var idleTarget: String? {
        let target = choice.targets.recordsLost
        guard target.count >= dataset.count else { return nil }
        return "Whatever there is meets the target of at most \(target.inWords) records lost: the "
            + "data set has \(target == dataset ? "no more" : "only \(dataset.inWords)")."
    }

    /// What a choice costs, of what that consists, and where the prices are from.
    private func costs(_ point: ThresholdChoice.Point) -> String {
        let prices =
            cost == nil
            ? "at assumed prices, as the scenario names none (`exposure.cost`)"
            : "at the scenario's prices, or assumed ones where it names none, which are among the "
                + "report's assumptions"
        let amount = "\(EconomicsSection.amount(point.monthlyCost)) \(currency)"
        return "That is about \(amount) in a month of 30 days for devices, calls that wait or are "
            + "denied, and false alarms, \(prices)."
    }

    private var currency: String { (cost ?? CostSettings()).currency }

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
        let misses = choice.misses.enumerated().map { index, miss -> String in
            let nearest =
                miss.isShare ? Wording.share(miss.nearest) : Wording.small(miss.nearest)
            // Of nothing there is no multiple.
            let excess =
                miss.excess.isFinite ? ", \(Wording.factor(miss.excess)) the target" : ""
            return "\(index == 0 ? "holding the other targets" : "or, holding the others"), the "
                + "nearest to \(miss.target) is \(nearest)\(excess)"
        }
        let why =
            misses.isEmpty
            ? "no two of the targets can be met at once"
            : misses.joined(separator: "; ")
        let sentences = ["\(why).", shortage, idleTarget, remedy].compactMap(\.self)
        return "**No throttle and alarm that was tried meets every target**: "
            + sentences.joined(separator: " ")
    }

    /// That users have to wait for the device itself; nil where it is quick enough.
    private var shortage: String? {
        guard let rate = choice.deviceRate, demand.busiestPerSecond >= rate else { return nil }
        return "The reason is the device: users ask for up to "
            + "\(Significant.text(demand.busiestPerSecond))/s in the busiest hour of the week, it "
            + "does \(Significant.text(rate))/s, and they wait for it behind any throttle."
    }

    private var remedy: String {
        let relaxed =
            switch choice.misses.count {
            case 0: "relax two of the targets"
            case 1: "relax this target"
            default: "relax one of these targets"
            }
        if shortage != nil { return "What helps: take more devices, or \(relaxed)." }
        let sooner =
            idleTarget == nil ? ", or shorten `within`, after which the loss is counted" : ""
        return "What helps: \(relaxed)\(sooner)."
    }

    private var frontier: String {
        let isReplayed = choice.listed.contains { $0.replayedPerMonth != nil }
        var columns: [(name: String, alignment: MarkdownTable.Alignment)] = [
            ("threshold", .right), ("M of N", .left), ("throttle", .left),
            ("false alarms a month", .right), ("lost in 95 of 100", .right),
            ("wait or denied", .right), ("costs a month, \(currency)", .right), ("", .left),
        ]
        if isReplayed { columns.insert(("by replay", .right), at: 4) }
        var table = MarkdownTable(columns)
        for point in choice.listed {
            let rule = point.rule
            var fields = [
                point.isHeard
                    ? "\(Significant.grouped(rule.threshold.count)) in \(rule.period)" : "no alarm",
                point.isHeard ? "\(rule.datapointsToAlarm) of \(rule.evaluationPeriods)" : "—",
                point.throttle.inWords,
                Wording.small(point.modelledPerMonth),
                DetectionSection.records(point.recordsLost),
                Wording.share(point.burdenedShare), EconomicsSection.amount(point.monthlyCost),
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
        let most = choice.targets.burdenedShare
        let isBearable = choice.listed.allSatisfy { $0.burdenedShare <= most.value }
        let those =
            isBearable
            ? "of those that burden no more than \(most.inPercent) of the legitimate calls"
            : "though each burdens more than \(most.inPercent) of the legitimate calls"
        return "What no other choice beats in both false alarms and loss, \(those)\(chosen):\n\n"
            + table.text
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
