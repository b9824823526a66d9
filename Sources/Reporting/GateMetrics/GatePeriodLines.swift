import GateState
import Units

/// What a gate counted in its periods, a line for people each.
package struct GatePeriodLines {
    private let history: GateHistory

    /// The lines of one snapshot.
    package init(_ snapshot: GateSnapshot) { history = GateHistory(snapshot) }

    /// The number of the first period that is not over.
    package var end: Int64 { history.over.upperBound }

    /// A line for each period that is over, from this number on.
    package func lines(from number: Int64) -> [String] {
        history.over.filter { $0 >= number }.map { number in
            "\(InstantText.text(history.start(of: number)))  \(counts(in: number))"
        }
    }

    /// The running period so far, short enough for a line of a terminal.
    package var running: String {
        let start = history.start(of: history.current)
        let elapsed = (history.snapshot.taken - start).count / 1_000_000_000
        let closed = history.snapshot.closedSince == nil ? "" : ", closed"
        let time = InstantText.text(start).drop { $0 != "T" }.dropFirst()
        return "\(time) +\(elapsed)s  \(counts(in: history.current, longestName: 20))\(closed)"
    }

    private func counts(in number: Int64, longestName: Int = 63) -> String {
        let calls = history.total(in: number).calls
        let counts = GateOutcome.allCases.map { outcome in
            "\(Significant.grouped(calls[outcome])) \(outcome.name)"
        }.joined(separator: ", ")
        let callers = zip(history.snapshot.identities, history.counts(in: number)).compactMap {
            identity, period in period.map { (name: identity.name, count: $0.calls.total) }
        }
        guard let most = callers.max(by: { $0.count < $1.count }) else { return counts }
        let name = GateWording.brief(most.name, atMost: longestName)
        return callers.count == 1
            ? "\(counts); all by \(name)"
            : "\(counts); most by \(name): \(Significant.grouped(most.count))"
    }
}
