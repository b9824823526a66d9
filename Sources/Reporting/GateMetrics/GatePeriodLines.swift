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

    /// The running period so far.
    package var running: String {
        let start = history.start(of: history.current)
        let elapsed = (history.snapshot.taken - start).count / 1_000_000_000
        let closed = history.snapshot.closedSince == nil ? "" : ", closed"
        return "\(InstantText.text(start)) +\(elapsed)s  \(counts(in: history.current))\(closed)"
    }

    private func counts(in number: Int64) -> String {
        let calls = history.total(in: number).calls
        let counts = GateOutcome.allCases.map { outcome in
            "\(Significant.grouped(calls[outcome])) \(outcome.name)"
        }
        let callers = zip(history.snapshot.identities, history.counts(in: number)).compactMap {
            identity, period in period.map { (name: identity.name, count: $0.calls.total) }
        }
        guard let most = callers.max(by: { $0.count < $1.count }), callers.count > 1 else {
            return counts.joined(separator: ", ")
                + (callers.first.map { "; all by \(GateWording.brief($0.name))" } ?? "")
        }
        return counts.joined(separator: ", ")
            + "; most by \(GateWording.brief(most.name)): \(Significant.grouped(most.count))"
    }
}
