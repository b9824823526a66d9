import Anchors
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
            callers: order.callers, attackers: order.attackers ?? 0,
            warmUp: order.warmUp.map(WarmUpLength.lasting) ?? .automatic, duration: order.duration,
            arrivals: order.arrivals.map(Schedule.init),
            promise: order.lateWatch.map { Promise(limit: $0.limit, slice: $0.slice) },
            throttle: try order.throttle.map { order in
                Throttle(
                    try SharedState(path: order.state, policy: order.policy), units: order.units,
                    clients: order.clients)
            },
            onDenied: OnDenied(rawValue: order.onDenied) ?? .backoff,
            denialCodes: Set(order.deniedBy.compactMap { ReturnCode(named: $0)?.rawValue }),
            errorLimit: order.errorLimit,
            limits: CallLimits(
                pace: try order.pace.map {
                    try SharedState(path: $0.state, policy: .pace($0.rate))
                },
                budget: try order.budget.map {
                    CallAllowance(
                        try SharedState(path: $0.state, policy: .calls($0.calls)), of: $0.calls,
                        warmUpPart: $0.beforeRelease)
                }),
            watchesPlatform: true)
    }
}

extension MeasureOrder.ThrottleOrder {
    /// What a decision of the policy takes on a state of its own, beside the shared one; nil where
    /// there is no room for it.
    var decisionNanoseconds: Double? {
        try? DecisionCost.nanoseconds(of: policy, units: units, at: state + "-timed")
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
    /// What each class of the callers of one process recorded, the attackers of a mixed load last.
    ///
    static func classes(
        of load: LoadRecord, to order: MeasureOrder, decisionNanoseconds: Double?,
        errorName: (UInt) -> String
    ) -> [MeasuredReport] {
        // A process without an attacker of its own reports that class, too.
        let isMixed = order.attackers != nil
        return (isMixed ? [load.callers, load.attackers] : [load.callers]).map { records in
            MeasuredReport(
                records, of: load, isAutomatic: order.warmUp == nil,
                decisionNanoseconds: decisionNanoseconds, errorName: errorName)
        }
    }

    /// Merges what one class of callers recorded.
    ///
    /// - Parameter isAutomatic: whether the warm-up was to end by itself.
    private init(
        _ records: [CallerRecord], of load: LoadRecord, isAutomatic: Bool,
        decisionNanoseconds: Double?, errorName: (UInt) -> String
    ) {
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
            late: LateCounts(records.compactMap { $0.open?.late }),
            elapsed: records.map(\.elapsed).max() ?? .zero, cpuTime: usage.cpuTime,
            minorFaults: usage.minorFaults, majorFaults: usage.majorFaults,
            voluntarySwitches: usage.voluntarySwitches,
            involuntarySwitches: usage.involuntarySwitches,
            warmUpCalls: records.reduce(0) { $0 + $1.warmUpCalls }, warmUpErrors: warmUpErrors,
            reachedErrorLimit: load.reachedErrorLimit,
            isSpent: (load.callers + load.attackers).contains(where: \.isSpent),
            unsettledCallers: records.count { $0.isSettled == false },
            unjudgedCallers: isAutomatic ? records.count { $0.isSettled == nil } : 0,
            decisionNanoseconds: decisionNanoseconds,
            histograms: pooled.all.mapValues { Data(HistogramEncoding.encode($0)) })
    }
}

extension LateCounts {
    /// What several callers counted over the same slices; nil for none.
    fileprivate init?(_ records: [LateRecord]) {
        guard let first = records.first else { return nil }
        self.init(slice: first.promise.slice, slices: first.due.count)
        for record in records {
            for index in due.indices {
                due[index] += record.due[index]
                late[index] += record.late[index]
            }
        }
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
