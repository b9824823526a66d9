import Experiment
import Foundation
import Rainbow
import Results
import Synchronization
import Units

/// Shows a run's progress on standard error: one live line on a terminal, plain lines elsewhere.
final class ProgressPrinter: Sendable {
    private struct State {
        var total = 0
        var begun = ContinuousClock.now
        /// Rounds of an earlier part of the run, which say nothing about the time of this one.
        var before: Int?
        /// Refusals that were told.
        var told: Set<String> = []
    }

    private let state = Mutex(State())
    private let line: LiveLine

    init(isTerminal: Bool = Console.isTerminal) { line = LiveLine(isTerminal: isTerminal) }

    func show(_ progress: RunProgress) {
        switch progress {
        case .preparing: say("making the anchor ready …")
        case .started(let total, let estimate):
            state.withLock { ($0.total, $0.begun) = (total, .now) }
            say("measuring \(total) rounds, about \(estimate.inWords)")
        case .round(let cell, let number, let position):
            state.withLock { $0.before = $0.before ?? position - 1 }
            line.show("\(bar(position - 1)) \(cell.key) round \(number)")
        case .refused(let cell, let round, let position):
            line.report(
                "\(bar(position)) \(cell.classedKey): refused, \(timeLeft(position))",
                isLast: position == total)
            // What a device refuses it refuses under each load, and in each round.
            let text = "\(cell.subject): \(round.verdict.reasonText)"
            guard state.withLock({ $0.told.insert(text).inserted }) else { return }
            say(text.yellow)
        case .finished(let cell, let round, let position):
            line.report(
                "\(bar(position)) \(cell.classedKey): \(figures(round)), \(timeLeft(position))",
                isLast: position == total)
            if !round.verdict.isValid {
                say("\(cell.classedKey), round \(round.number): \(round.verdict.reasonText)".yellow)
            }
        case .note(let text): say(text)
        }
    }

    /// Takes the live line away.
    func end() { line.end() }

    private var total: Int { state.withLock { $0.total } }

    private func bar(_ position: Int) -> String {
        let total = max(total, 1)
        guard line.isTerminal else { return "[\(position)/\(total)]" }
        let filled = 20 * position / total
        let cells = String(repeating: "━", count: filled).green
        return cells + String(repeating: "─", count: 20 - filled) + " \(position)/\(total)"
    }

    private func figures(_ round: Round) -> String {
        var parts = ["\(Significant.text(round.throughput))/s"]
        if let p50 = round.service.p50 {
            let p99 = round.service.p99.map { "/" + Nanoseconds($0).seconds.inWords } ?? ""
            parts.append(
                "p50\(p99.isEmpty ? "" : "/p99") \(Nanoseconds(p50).seconds.inWords)\(p99)")
        }
        if round.denied > 0 { parts.append("\(Significant.grouped(round.denied)) denied") }
        if round.errorCount > 0 { parts.append("\(round.errorCount) errors".red) }
        return parts.joined(separator: ", ")
    }

    private func timeLeft(_ position: Int) -> String {
        let (begun, total, before) = state.withLock { ($0.begun, $0.total, $0.before ?? 0) }
        guard position < total else { return "done" }
        let elapsed = (ContinuousClock.now - begun) / .seconds(1)
        let left = elapsed / Double(position - before) * Double(total - position)
        return "\(Significant.text(left, digits: 2)) s left"
    }

    private func say(_ text: String) { line.say(text) }
}
