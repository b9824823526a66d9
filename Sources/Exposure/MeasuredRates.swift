import Latency
import Results
import Throttling
import Units

/// X(n) of an anchor for one mechanism and record size: the best unthrottled closed load at each
/// number of callers that was measured, over processes.
package struct MeasuredRates: Hashable, Sendable {
    /// The best load at each number of callers, ascending.
    private let loads: [ServiceRate]
    /// S: the best of them all.
    package let best: ServiceRate
    /// c: concurrent calls that the thief can hold open.
    private let callers: Int

    /// The rates within c concurrent calls.
    ///
    /// - Returns: nil where no valid cell gave a figure.
    package init?(of run: Run, mechanism: String, recordBytes: Int, callers: Int) {
        let rates = ServiceRate.measured(in: run, mechanism: mechanism, recordBytes: recordBytes) {
            // Calls that fall due at a rate show the demand, not what the anchor can do.
            $0.showsCapacity && $0.callers <= callers
        }
        guard let best = rates.max(by: { $0.rate.estimate < $1.rate.estimate }) else { return nil }
        self.best = best
        self.callers = callers
        let byCallers = Dictionary(grouping: rates, by: \.cell.callers)
        loads = byCallers.keys.sorted().compactMap { count in
            byCallers[count]?.max { $0.rate.estimate < $1.rate.estimate }
        }
    }

    /// The rate of one load, whose callers are all that the thief can hold open.
    init(_ load: ServiceRate) {
        (loads, best, callers) = ([load], load, load.cell.callers)
    }

    /// What a policy leaves of S by bounding the calls in flight or by delaying each call; S itself
    /// where it does neither.
    ///
    /// - Parameter identities: client identities of the thief, each with its own calls in flight
    ///   where the policy has a state for each client.
    package func service(under policy: Policy, identities: Int = 1) -> Interval {
        let delay = policy.limit.delay.seconds
        let most = callsInFlight(under: policy, identities: identities)
        guard delay > .zero || most < best.cell.callers else { return best.rate }
        func solved(_ value: (Interval) -> Double?) -> Double? {
            let points = loads.compactMap { load in
                value(load.rate).map {
                    RateCurve.Point(callers: Double(load.cell.callers), rate: $0)
                }
            }
            // A bound that some load lacks is no bound of the whole curve.
            guard points.count == loads.count else { return nil }
            return RateCurve(points).best(
                upTo: Double(most), delay: delay, callers: Double(callers))
        }
        return Interval(
            estimate: solved { $0.estimate } ?? 0, low: solved { $0.low }, high: solved { $0.high })
    }

    /// Whether the policy holds the thief to numbers of calls that lie between those measured.
    package func isInterpolated(under policy: Policy, identities: Int = 1) -> Bool {
        let most = callsInFlight(under: policy, identities: identities)
        return policy.limit.delay > .zero
            || most < best.cell.callers && !loads.contains { $0.cell.callers == most }
    }

    private func callsInFlight(under policy: Policy, identities: Int) -> Int {
        guard let slots = policy.limit.slots else { return callers }
        let (all, overflow) = slots.multipliedReportingOverflow(
            by: policy.scope == .perClient ? max(1, identities) : 1)
        return overflow ? callers : min(callers, all)
    }
}
