import Experiment
import Rainbow
import Regression
import Synchronization
import Units

/// Shows a duel's progress on standard error: one live line on a terminal, plain lines elsewhere.
final class DuelPrinter: Sendable {
    private struct State {
        var looks: DuelLooks?
        var begun = ContinuousClock.now
        var saidAt: ContinuousClock.Instant?
        var hasLiveLine = false
        /// The last figures, shown while the next block runs.
        var figures = ""
    }

    private let state = Mutex(State())
    private let isTerminal: Bool

    /// Without a terminal at most one line in this time, so that a job's log stays short.
    private static let plainInterval = Duration.seconds(5)

    init(isTerminal: Bool = Console.isTerminal) { self.isTerminal = isTerminal }

    func show(_ progress: DuelProgress) {
        switch progress {
        case .preparing: say("making both anchors ready …")
        case .started(let looks, _): state.withLock { ($0.looks, $0.begun) = (looks, .now) }
        case .block(_, let kept):
            guard isTerminal else { return }
            live("\(bar(kept, kept + 1)) \(state.withLock { $0.figures })")
        case .finished(let kept, let evidence):
            let line = "\(Self.ratios(evidence)), \(timeLeft(kept))"
            state.withLock { $0.figures = line }
            if isTerminal {
                live("\(bar(kept, kept)) \(line)")
            } else {
                plain("\(bar(kept, kept)) \(line)", isLast: kept == end(kept))
            }
        case .lost(let number, let reason):
            say("block \(number) was lost and is left out: \(reason)".yellow)
        case .undecided(let kept):
            say("undecided after \(kept) blocks: going on to \(end(kept + 1))")
        }
    }

    /// Takes the live line away.
    func end() {
        guard isTerminal, state.withLock({ $0.hasLiveLine }) else { return }
        Console.write("\r\u{1B}[2K")
        state.withLock { $0.hasLiveLine = false }
    }

    /// The block after which there is the next look.
    private func end(_ kept: Int) -> Int {
        let blocks = state.withLock { $0.looks?.blocks } ?? []
        return blocks.first { $0 >= kept } ?? blocks.last ?? kept
    }

    private func bar(_ kept: Int, _ next: Int) -> String {
        let end = max(end(next), 1)
        guard isTerminal else { return "[\(kept)/\(end)]" }
        let filled = 20 * kept / end
        let cells = String(repeating: "━", count: filled).green
        return cells + String(repeating: "─", count: 20 - filled) + " block \(next) of \(end)"
    }

    /// The highest ratio of each metric among the cells so far.
    private static func ratios(_ evidence: [Evidence]) -> String {
        Metric.allCases.compactMap { metric in
            let highest = evidence.filter { $0.metric == metric }.map(\.ratio).max()
            return highest.map { "\(metric.rawValue) \(Significant.text($0, digits: 4))" }
        }.joined(separator: ", ")
    }

    private func timeLeft(_ kept: Int) -> String {
        let begun = state.withLock { $0.begun }
        guard kept < end(kept) else { return "looking" }
        let elapsed = (ContinuousClock.now - begun) / .seconds(1)
        let left = elapsed / Double(kept) * Double(end(kept) - kept)
        return "\(Significant.text(left, digits: 2)) s left"
    }

    private func live(_ line: String) {
        state.withLock { $0.hasLiveLine = true }
        Console.write("\r\u{1B}[2K" + line)
    }

    private func plain(_ line: String, isLast: Bool) {
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            guard isLast || state.saidAt.map({ now - $0 > Self.plainInterval }) ?? true else {
                return false
            }
            state.saidAt = now
            return true
        }
        if isDue { Console.say(line) }
    }

    private func say(_ text: String) {
        end()
        Console.say(text)
    }
}
