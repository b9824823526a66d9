import Latency
import Results
import Throttling
import Units

/// What a thief gets from one anchor under one throttle: time for a data set, records in a window.
///
/// E(t) = inf over u of [m α(u) + S(t − u)], T(N) = the least t with k · E(t) ≥ N.
package struct Projection: Hashable, Sendable {
    /// How the records are sealed, with the key's length: `aes-gcm-256/256B`.
    package let subject: String
    /// Mechanism by name.
    package let mechanism: String
    /// Length of a record in bytes.
    package let recordBytes: Int
    /// The throttle.
    package let throttle: Policy
    /// The attacker by name.
    package let attacker: String
    /// m: client identities that the thief holds.
    package let identities: Int
    /// k: records that one operation opens.
    package let recordsPerOperation: UInt64
    /// S: the anchor's best rate without a throttle.
    package let service: ServiceRate
    /// The same records opened with the key in memory; nil where that was not measured.
    package let baseline: ServiceRate?

    /// The key of the load that S comes from with this throttle, measured as a pair or not.
    package var cellKey: String {
        var cell = service.cell
        cell.throttle = throttle
        return cell.key
    }

    /// T(N) with its interval.
    package func theft(of dataset: RecordCount) -> Theft {
        let operations = operations(for: dataset)
        let seconds = time(operations, at: service.rate.estimate)
        return Theft(
            dataset: dataset, seconds: seconds,
            low: service.rate.high.map { time(operations, at: $0) },
            high: service.rate.low.map { time(operations, at: $0) },
            boundedBy: bound(of: seconds, operations: operations),
            anchorFactor: baseline.map { baseline in
                seconds.value / (Double(dataset.count) / baseline.rate.estimate)
            })
    }

    /// Records that are gone when the thief is stopped after `window`.
    package func loss(within window: Nanoseconds, of dataset: RecordCount) -> Loss {
        Loss(
            dataset: dataset, window: window,
            records: records(within: window, of: dataset, at: service.rate.estimate),
            low: service.rate.low.map { records(within: window, of: dataset, at: $0) },
            high: service.rate.high.map { records(within: window, of: dataset, at: $0) })
    }

    /// Operations that open N records, k at a time, rounded up.
    private func operations(for dataset: RecordCount) -> Double {
        let (whole, rest) = dataset.count.quotientAndRemainder(dividingBy: recordsPerOperation)
        return Double(whole) + (rest > 0 ? 1 : 0)
    }

    private func time(_ operations: Double, at rate: Double) -> Seconds {
        throttle.envelope(servedAt: rate, identities: identities)
            .time(for: operations, servedAt: rate)
    }

    private func records(
        within window: Nanoseconds, of dataset: RecordCount, at rate: Double
    ) -> Double {
        let operations = throttle.envelope(servedAt: rate, identities: identities)
            .operations(within: window.seconds, servedAt: rate)
        return min(Double(dataset.count), operations * Double(recordsPerOperation))
    }

    private func bound(of time: Seconds, operations: Double) -> Bound {
        guard !time.isNever else { return .never }
        let unthrottled = operations / service.rate.estimate
        // Equal but for the rounding of two ways to the same number.
        return time.value <= unthrottled * (1 + 1e-12) ? .hsm : .throttle
    }
}

/// How long it takes to open a data set.
package struct Theft: Hashable, Sendable {
    /// N.
    package let dataset: RecordCount
    /// T(N).
    package let seconds: Seconds
    /// T(N) at the upper bound of the measured rate; nil without an interval.
    package let low: Seconds?
    /// T(N) at the lower bound of the measured rate; nil without an interval.
    package let high: Seconds?
    /// What holds the thief back.
    package let boundedBy: Bound
    /// T(N) over the time it takes with the key in memory; nil without a baseline.
    package let anchorFactor: Double?

    /// Whether the measured rate makes no difference that three digits would show.
    package var isSetByThrottle: Bool {
        guard let low, let high else { return boundedBy == .throttle }
        return boundedBy == .throttle && high.value - low.value <= 1e-3 * seconds.value
    }

    /// N / T(N) in records a second.
    package var recordsPerSecond: Double {
        seconds.value > 0 ? Double(dataset.count) / seconds.value : .infinity
    }
}

/// What holds a thief back.
package enum Bound: String, Hashable, Sendable {
    /// The anchor's own speed.
    case hsm
    /// The throttle.
    case throttle
    /// The theft does not end.
    case never
}

/// What is gone after a time.
package struct Loss: Hashable, Sendable {
    /// N.
    package let dataset: RecordCount
    /// From the first stolen record to the thief's last call.
    package let window: Nanoseconds
    /// Records opened by then.
    package let records: Double
    /// The same at the lower bound of the measured rate; nil without an interval.
    package let low: Double?
    /// The same at the upper bound of the measured rate; nil without an interval.
    package let high: Double?

    /// The share of the data set.
    package var fraction: Double { records / Double(dataset.count) }
}
