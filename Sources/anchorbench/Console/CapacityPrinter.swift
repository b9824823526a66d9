import Experiment
import Rainbow
import Regression
import Results
import Units

/// Shows the search for a capacity on standard error: a line a step, and one that is written over
/// on a terminal while the closed loads run.
final class CapacityPrinter: Sendable {
    private let line: LiveLine

    init(isTerminal: Bool = Console.isTerminal) { line = LiveLine(isTerminal: isTerminal) }

    func show(_ progress: CapacityProgress) {
        switch progress {
        case .preparing: say("making the anchor ready …")
        case .closed(let point, let position, let total): closed(point, position, total)
        case .peak(let rate, let point):
            say(
                "closed peak \(Significant.text(rate))/s at \(Self.callers(point)); "
                    + "now open loads")
        case .step(let step):
            line.show("\(Self.title(step)): measuring \(step.length.seconds.inWords) …")
        case .judged(let step, let round): say(Self.line(step, round))
        case .note(let text): say(text)
        }
    }

    /// Takes the live line away.
    func end() { line.end() }

    private func closed(_ point: ConcurrencyPoint, _ position: Int, _ total: Int) {
        let rate = Significant.text(point.throughput?.estimate ?? 0)
        line.report(
            "[\(position)/\(total)] \(Self.callers(point)): \(rate)/s", isLast: position == total)
        if let round = point.rounds.first, !round.verdict.isValid {
            say("\(Self.callers(point)): \(round.verdict.reasonText)".yellow)
        }
    }

    private static func callers(_ point: ConcurrencyPoint) -> String {
        "\(point.callers) caller\(point.callers == 1 ? "" : "s") in \(point.processes) "
            + "process\(point.processes == 1 ? "" : "es")"
    }

    private static func title(_ step: SearchStep) -> String {
        "step \(step.number), \(step.purpose.rawValue), \(Significant.text(step.rate.perSecond))/s"
    }

    private static func line(_ finished: FinishedStep, _ round: Round) -> String {
        let head = title(finished.step)
        guard let judgement = finished.judgement else {
            return "\(head): INVALID, \(finished.invalidReason ?? "no reason given")".yellow
        }
        let verdict =
            switch judgement.verdict {
            case .pass: judgement.verdict.rawValue.green
            case .fail: judgement.verdict.rawValue.red
            case .unknown: judgement.verdict.rawValue
            }
        let p99 = round.latency[.response]?.p99.map { Nanoseconds($0).seconds.inWords }
        return "\(head): \(verdict), \(Probability(judgement.lateShare).inPercent) late"
            + (p99.map { ", p99 \($0)" } ?? "")
    }

    private func say(_ text: String) { line.say(text) }
}
