import Throttling
import Units

/// X(n): what an anchor did unthrottled for n callers that call flat out, as the closed loads of a
/// run measured it; straight lines between two of them, and from nothing to the first.
struct UnthrottledRates: Hashable, Sendable {
    private let points: [Point]

    /// A closed load that was measured.
    struct Point: Hashable, Sendable {
        /// Callers, all processes together.
        let callers: Double
        /// Operations a second.
        let rate: Double
    }

    /// What was measured, in any order.
    init(_ points: [Point]) { self.points = points.sorted { $0.callers < $1.callers } }

    /// The closed loads of a run on what a cell is about, in as many processes.
    init(_ run: Run, like cell: Cell) {
        self.init(
            run.cells.compactMap { result in
                let other = result.cell
                guard other.callerClass == .attacker, other.mixed == nil,
                    other.processes == cell.processes, other.isUnthrottled(like: cell),
                    let rate = result.throughput?.estimate
                else { return nil }
                return Point(callers: Double(other.callers), rate: rate)
            })
    }

    /// X(n) where n callers were measured, or fewer and more; nil elsewhere.
    func rate(of callers: Int) -> Double? {
        let wanted = Double(callers)
        guard let low = points.last(where: { $0.callers <= wanted }),
            let high = points.first(where: { $0.callers >= wanted })
        else { return nil }
        guard high.callers > low.callers else { return low.rate }
        let share = (wanted - low.callers) / (high.callers - low.callers)
        return low.rate + share * (high.rate - low.rate)
    }

    /// X(n) for c callers who each wait before every call: n of them are in a call, the n that
    /// solves n + delay · X(n) = c; nil where the loads that were measured do not reach so far.
    ///
    /// The left side is 0 at n = 0 and at least c at n = c; where X falls it may reach c more than
    /// once, and the first time counts: callers come to it from an idle anchor.
    func rate(of callers: Int, waiting delay: Nanoseconds) -> Double? {
        guard delay > .zero else { return rate(of: callers) }
        let (wanted, wait) = (Double(callers), delay.seconds.value)
        var low = Point(callers: 0, rate: 0)
        for high in points {
            let (before, after) = (low.callers + wait * low.rate, high.callers + wait * high.rate)
            if after >= wanted, after > before {
                return low.rate + (wanted - before) / (after - before) * (high.rate - low.rate)
            }
            low = high
        }
        return nil
    }
}

extension Cell {
    /// Whether this is work of the same anchor on the same subject as another cell's, without a
    /// throttle, and no audit.
    func isUnthrottled(like other: Cell) -> Bool {
        throttle == .none && !isCacheAudit && anchor == other.anchor && subject == other.subject
    }
}
