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
        /// The last figures, shown while the next block runs.
        var figures = ""
    }

    private let state = Mutex(State())
    private let line: LiveLine

    init(isTerminal: Bool = Console.isTerminal) { line = LiveLine(isTerminal: isTerminal) }

    func show(_ progress: DuelProgress) {
        switch progress {
        case .preparing: say("making both anchors ready …")
        case .started(let looks, _): state.withLock { ($0.looks, $0.begun) = (looks, .now) }
        case .block(_, let kept):
            line.show("\(bar(kept, kept + 1)) \(state.withLock { $0.figures })")
        case .finished(let kept, let evidence):
            let figures = "\(Self.ratios(evidence)), \(timeLeft(kept))"
            state.withLock { $0.figures = figures }
            line.report("\(bar(kept, kept)) \(figures)", isLast: kept == end(kept))
        case .lost(let number, let reason):
            say("block \(number) was lost and is left out: \(reason)".yellow)
        case .note(let text): say(text)
        case .undecided(let kept):
            say("undecided after \(kept) blocks: going on to \(end(kept + 1))")
        }
    }

    /// Takes the live line away.
    func end() { line.end() }

    /// The block after which there is the next look.
    private func end(_ kept: Int) -> Int {
        let blocks = state.withLock { $0.looks?.blocks } ?? []
        return blocks.first { $0 >= kept } ?? blocks.last ?? kept
    }

    private func bar(_ kept: Int, _ next: Int) -> String {
        let end = max(end(next), 1)
        guard line.isTerminal else { return "[\(kept)/\(end)]" }
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

    private func say(_ text: String) { line.say(text) }
}
