import Foundation
import Latency
import Load
import Results
import Throttling
import Units

extension Workload {
    /// The load that an order asks for, with the states that it shares with other workers.
    ///
    /// - Throws: `SharedStateError`.
    init(_ order: MeasureOrder) throws {
        self.init(
            callers: order.callers,
            warmUp: order.warmUp.map(WarmUpLength.lasting) ?? .automatic, duration: order.duration,
            arrivals: order.arrivals.map(Schedule.init),
            throttle: try order.throttleState.map {
                Throttle(order.throttle, state: try SharedState(path: $0))
            },
            onDenied: OnDenied(rawValue: order.onDenied) ?? .backoff,
            errorLimit: order.errorLimit,
            limits: CallLimits(
                pace: try order.pace.map {
                    Throttle(.pace($0.rate), state: try SharedState(path: $0.state))
                },
                budget: try order.budget.map {
                    Throttle(.budget($0.calls), state: try SharedState(path: $0.state))
                }, warmUpPart: order.budget?.beforeRelease),
            watchesPlatform: true)
    }
}

extension Schedule {
    fileprivate init(_ order: MeasureOrder.ArrivalOrder) {
        let isPoisson = order.rate.arrivals == .poisson
        self.init(
            rate: order.rate.rate, arrivals: isPoisson ? .poisson(seed: order.seed) : .constant,
            stripe: Stripe(order.part, of: order.parts))
    }
}

extension MeasuredReport {
    /// Merges what the callers of one process recorded.
    ///
    /// - Parameter isAutomatic: whether the warm-up was to end by itself.
    init(_ load: LoadRecord, isAutomatic: Bool, errorName: (UInt) -> String) {
        let records = load.callers
        var (errors, warmUpErrors): ([String: UInt64], [String: UInt64]) = ([:], [:])
        for record in records {
            for (code, count) in record.errors { errors[errorName(code), default: 0] += count }
            for (code, count) in record.warmUpErrors {
                warmUpErrors[errorName(code), default: 0] += count
            }
            if record.wrong > 0 { errors[Round.wrongPlaintext, default: 0] += record.wrong }
        }
        var pooled = PooledHistograms()
        for record in records { pooled.merge(record.histograms) }
        if load.hiccups.count > 0 { pooled[.hiccup] = load.hiccups }
        let usage = records.map(\.usage).reduce(ThreadUsage(), +)
        self.init(
            served: records.map(\.operations),
            admitted: records.reduce(0) { $0 + $1.admitted },
            denied: records.reduce(0) { $0 + $1.denied }, errors: errors,
            open: OpenCounts(records.compactMap(\.openCounts)),
            elapsed: records.map(\.elapsed).max() ?? .zero, cpuTime: usage.cpuTime,
            minorFaults: usage.minorFaults, majorFaults: usage.majorFaults,
            voluntarySwitches: usage.voluntarySwitches,
            involuntarySwitches: usage.involuntarySwitches,
            warmUpCalls: records.reduce(0) { $0 + $1.warmUpCalls }, warmUpErrors: warmUpErrors,
            reachedErrorLimit: load.reachedErrorLimit, isSpent: records.contains(where: \.isSpent),
            unsettledCallers: records.count { $0.isSettled == false },
            unjudgedCallers: isAutomatic ? records.count { $0.isSettled == nil } : 0,
            histograms: pooled.all.mapValues { Data(HistogramEncoding.encode($0)) })
    }
}

extension CallerRecord {
    /// What became of the calls of an open load; nil for a closed one.
    fileprivate var openCounts: OpenCounts? {
        open.map { open in
            OpenCounts(
                scheduled: open.scheduled, backlog: open.backlog,
                busy: max(elapsed - open.idle, .zero).seconds, held: open.held.seconds)
        }
    }

    /// The histograms by what they were measured of.
    fileprivate var histograms: PooledHistograms {
        PooledHistograms([
            .service: service, .throttleWait: throttleWait, .denial: denial,
            .lateness: open?.lateness, .wakeUp: open?.wakeUp, .response: open?.response,
        ])
    }
}
