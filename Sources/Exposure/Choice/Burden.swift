import Foundation
import Results
import Throttling
import Units

/// What a throttle and the device behind it cost the innocent while nobody steals: the share of
/// legitimate calls that are denied, or wait.
///
/// The device is a bucket of its own rate that holds a second's worth of calls: who waits for it
/// has at least a second's worth of others before him. A shorter queue is how it works always.
/// Within a period calls arrive at random at one level; the level of each period is drawn anew, so
/// that the counts of periods have the dispersion of the demand. One state serves all callers.
///
/// Independent levels forget what a trace shows, such as a nightly job of many busy periods in a
/// row. So a trace is replayed too, and the larger share of the two counts.
package struct Burden: Sendable {
    /// The throttle.
    private let throttle: Policy
    /// The demand.
    private let demand: DemandProfile
    /// The levels of its periods.
    private let levels: DemandLevels
    /// Calls a second that one call in service after the other comes to.
    private let servedRate: Double
    /// Calls a second of the device, however many callers; infinite for one that is never short.
    private let deviceRate: Double
    /// The trace that is replayed; nil without one.
    private let replay: BurdenReplay?

    /// The burden of a throttle on a demand.
    ///
    /// - Parameters:
    ///   - servedRate: calls a second of one caller alone, for a bound on calls in flight.
    ///   - deviceRate: calls a second of the device.
    ///   - trace: what the demand was fitted to; nil without one.
    package init(
        of throttle: Policy, on levels: DemandLevels, servedRate: Double,
        deviceRate: Double = .infinity, replaying trace: DemandTrace? = nil
    ) {
        (self.throttle, self.levels, self.servedRate) = (throttle, levels, servedRate)
        self.deviceRate = deviceRate
        demand = levels.demand
        replay = trace.map { BurdenReplay(of: $0, onLimit: throttle.onLimit) }
    }

    /// The share of the legitimate calls that are denied or wait, by the model of a week or by the
    /// replay of its trace where that has more; nil for a throttle that each client has for
    /// himself, as nobody says how many there are.
    package var share: Double? {
        guard throttle.scope == .global else { return nil }
        guard !throttle.limit.members.isEmpty || deviceRate.isFinite else { return 0 }
        let modelled = inWeek { share(inHour: $0) }
        return max(modelled, replay.map(replayed(by:)) ?? 0)
    }

    /// The share of the trace's calls; of what cannot be replayed that of the model.
    private func replayed(by replay: BurdenReplay) -> Double {
        let own = throttle.limit.members.reduce(0) { $0 + replayed($1, by: replay) }
        return min(1, own + (isDeviceReached ? replay.share(ofDevice: deviceRate) : 0))
    }

    private func replayed(_ limit: Limit, by replay: BurdenReplay) -> Double {
        if case .all(let members) = limit {
            return members.reduce(0) { $0 + replayed($1, by: replay) }
        }
        return replay.share(of: limit) ?? inWeek { share(of: limit, inHour: $0) }
    }

    /// The mean of a share over the hours of a week, each weighted with its calls.
    private func inWeek(_ ofHour: (Int) -> Double) -> Double {
        let calls = demand.means.reduce(0, +)
        guard calls > 0 else { return 0 }
        // Two hours of the same mean bear the same.
        var known: [Double: Double] = [:]
        let borne = demand.means.indices.reduce(0.0) { sum, hour in
            let mean = demand.means[hour]
            guard mean > 0 else { return sum }
            let share = known[mean] ?? ofHour(hour)
            known[mean] = share
            return sum + mean * share
        }
        return borne / calls
    }

    private func share(inHour hour: Int) -> Double {
        // A call that one member lets wait may be one that another does: their sum is a bound.
        let own = throttle.limit.members.reduce(0) { $0 + share(of: $1, inHour: hour) }
        guard isDeviceReached else { return min(1, own) }
        let device = acrossLevels(hour) {
            Self.excess($0, overRate: deviceRate, burst: max(1, deviceRate), isDenied: false)
        }
        return min(1, own + device)
    }

    /// Whether the throttle lets more through than the device does.
    private var isDeviceReached: Bool {
        deviceRate.isFinite && (throttle.sustainedRate ?? .infinity) > deviceRate
    }

    private func share(of limit: Limit, inHour hour: Int) -> Double {
        switch limit {
        case .none: return 0
        case .all(let members):
            return members.reduce(0) { $0 + share(of: $1, inHour: hour) }
        case .delay(let length): return length > .zero ? 1 : 0
        case .concurrency(let most): return acrossLevels(hour) { waiting($0, for: most) }
        case .tokenBucket(let bucket):
            return acrossLevels(hour) {
                Self.excess(
                    $0, overRate: bucket.rate.perSecond, burst: Double(bucket.burst.count),
                    isDenied: throttle.onLimit == .deny)
            }
        case .fixedWindow(let fixed): return excess(hour, fixed.limit, in: fixed.window)
        case .slidingWindow(let sliding): return excess(hour, sliding.limit, in: sliding.window)
        case .budget(let budget): return excess(hour, budget.quota, in: budget.window.window)
        case .tarpit(let tarpit): return excess(hour, tarpit.free, in: tarpit.window)
        case .breaker(let breaker): return lockedOut(hour, by: breaker)
        }
    }
}

extension Burden {
    /// The mean over the levels of a period, each weighted with its calls.
    private func acrossLevels(_ hour: Int, _ share: (Double) -> Double) -> Double {
        var (calls, borne) = (0.0, 0.0)
        for level in levels.inHour(hour) {
            calls += level
            borne += level > 0 ? level * share(level) : 0
        }
        return calls > 0 ? borne / calls : 0
    }

    /// The share of calls that come at random to an empty bucket.
    ///
    /// What is missing in the bucket is the work of a queue with a server of its rate: its tail is
    /// that of Cramér and Lundberg (Asmussen and Albrecher, Ruin Probabilities, 2010, IV.5). Those
    /// that are denied add nothing to it (Tijms, A First Course in Stochastic Models, 2003, 9.2.2).
    private static func excess(
        _ level: Double, overRate rate: Double, burst: Double, isDenied: Bool
    ) -> Double {
        let load = level / rate
        guard load < 1 else { return isDenied ? 1 - 1 / load : 1 }
        let decay = Self.decay(load)
        let constant = (1 - load) / (load * Foundation.exp(decay) - 1)
        let waiting = min(1, constant * Foundation.exp(-decay * (burst - 1)))
        guard isDenied else { return waiting }
        return (1 - load) * waiting / (1 - load * waiting)
    }

    /// The positive solution of ρ (e^γ − 1) = γ, by bisection.
    private static func decay(_ load: Double) -> Double {
        guard load > 0 else { return .infinity }
        func isBelow(_ decay: Double) -> Bool { load * Foundation.expm1(decay) < decay }
        var (low, high) = (0.0, 1.0)
        while isBelow(high), high < 700 { high *= 2 }
        // Below the least double that is tried first, the load is so near 1 that all wait.
        for _ in 0..<200 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            if isBelow(middle) || middle < 1e-12 { low = middle } else { high = middle }
        }
        return high
    }

    /// The share of calls that find all slots taken (Erlang's C formula).
    private func waiting(_ level: Double, for slots: RecordCount) -> Double {
        let (offered, most) = (level / servedRate, Double(slots.count))
        guard offered < most else { return 1 }
        // The recursion of Erlang's B formula, then C from B.
        var blocked = 1.0
        var used = 1.0
        while used <= most, blocked > 0 {
            blocked = offered * blocked / (used + offered * blocked)
            used += 1
        }
        return blocked / (1 - offered / most * (1 - blocked))
    }

    /// The share of the calls of a window beyond so many.
    private func excess(
        _ hour: Int, _ limit: RecordCount, in window: Nanoseconds
    ) -> Double {
        let counts = distribution(hour, of: window)
        guard counts.mean > 0 else { return 0 }
        return counts.meanExcess(above: limit.count) / counts.mean
    }

    /// The share of time for which a breaker is shut: it may trip once in each window.
    private func lockedOut(_ hour: Int, by breaker: Breaker) -> Double {
        let trips = distribution(hour, of: breaker.window)
            .probability(above: breaker.threshold.count - 1)
        let shut = trips * breaker.lockout.seconds.value
        return shut / (breaker.window.seconds.value + shut)
    }

    /// The count of a window about an hour of the week.
    private func distribution(_ hour: Int, of window: Nanoseconds) -> CountDistribution {
        let periods = window.seconds.value / demand.period.seconds.value
        let spread = demand.dispersion - 1
        // Within a period the level holds; from one to the next it is drawn anew.
        let dispersion = 1 + spread * min(1, periods)
        let hours = Int((window.seconds.value / 3_600).rounded(.up))
        let first = hour - hour % max(1, min(hours, DemandProfile.hours))
        let means = (0..<max(1, min(hours, DemandProfile.hours))).map {
            demand.means[(first + $0) % DemandProfile.hours]
        }
        let mean = means.reduce(0, +) / Double(means.count)
        return CountDistribution(mean: mean * periods, dispersion: dispersion)
    }
}
