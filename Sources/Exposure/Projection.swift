import Latency
import Results
import Throttling
import Units

/// What a thief gets from one anchor under one throttle: time for a data set, records in a window.
///
/// E(t) = inf over u of [m α(u) + S(t − u)], T(N) = the least t with k · E(t) ≥ N. A throttle that
/// bounds the calls in flight or delays each of them acts on S, any other on α.
package struct Projection: Hashable, Sendable {
    /// How the records are sealed, with the key's length: `aes-gcm-256/256B`.
    package let subject: String
    /// Mechanism by name.
    package let mechanism: String
    /// Length of a record in bytes.
    package let recordBytes: Int
    /// The throttle.
    package let throttle: Policy
    /// m: client identities that the thief holds.
    package let identities: Int
    /// k: records that one operation opens.
    package let recordsPerOperation: UInt64
    /// S: the anchor's best rate without a throttle.
    package let service: ServiceRate
    /// What this throttle leaves of S by bounding the calls in flight or by delaying each call.
    package let servedRate: Interval
    /// Whether that lies between the numbers of callers that were measured.
    package let isServiceInterpolated: Bool
    /// What legitimate callers ask for at the same time; nil where no load says so.
    package let demand: Demand?
    /// The same records opened with the key in memory; nil where that was not measured.
    package let baseline: ServiceRate?

    /// The thief's ways to call at the estimated rate; the best for each question counts.
    let callings: [Calling]
    /// The same at the lower and the upper bound of the rate; nil without an interval.
    let slowest: [Calling]?
    let fastest: [Calling]?
    /// The same for a device that is a tenth slower, which tells where there is no interval.
    private let slower: [Calling]
    /// Records that a call may hold where nothing is charged for them, with how many times as long
    /// it then takes as a call of one.
    private let slowdowns: [UInt64: Double]

    /// A projection of one subject.
    init(
        of subject: Subject, throttle: Policy, identities: Int,
        recordsPerOperation: UInt64, demand: Demand? = nil
    ) {
        let cell = subject.rates.best.cell
        let servedRate = subject.rates.service(under: throttle, identities: identities)
        self.subject = cell.subject
        mechanism = cell.mechanism
        recordBytes = cell.recordBytes
        self.throttle = throttle
        self.identities = identities
        self.recordsPerOperation = recordsPerOperation
        service = subject.rates.best
        self.servedRate = servedRate
        isServiceInterpolated = subject.rates.isInterpolated(
            under: throttle, identities: identities)
        self.demand = demand
        baseline = subject.baseline
        let joined = cell.isJoinable ? cell.requestBytes : nil
        let slowdowns = subject.slowdowns(upTo: recordsPerOperation)
        self.slowdowns = slowdowns
        let counts =
            throttle.charge == .operation
            ? slowdowns.keys.sorted()
            : Calling.recordsPerOperation(
                upTo: recordsPerOperation, joining: joined, under: throttle)
        func callings(at rate: Double) -> [Calling] {
            counts.map { records in
                let bytes = joined.map { Calling.bytes(of: records, each: $0) } ?? cell.requestBytes
                return Calling(
                    recordsPerOperation: records, units: throttle.units(forBytes: max(1, bytes)),
                    throttle: throttle, identities: identities,
                    rate: rate / (subject.audit?.slowdown(records: records) ?? 1))
            }
        }
        self.callings = callings(at: servedRate.estimate)
        slowest = servedRate.low.map(callings)
        fastest = servedRate.high.map(callings)
        slower = slowest == nil ? callings(at: 0.9 * servedRate.estimate) : []
    }

    /// A subject's measured rates.
    struct Subject: Sendable {
        let rates: MeasuredRates
        let baseline: ServiceRate?
        /// What was found out about joined calls; nil where nothing was.
        var audit: BatchingAudit?

        /// The numbers of records that a call was seen to hold, up to a most; where no call was
        /// timed, that most alone, in a call no slower than any other.
        func slowdowns(upTo most: UInt64) -> [UInt64: Double] {
            let rates = audit?.rates ?? []
            let counts = rates.isEmpty ? [most] : [1, most] + rates.map(\.records)
            return counts.filter { $0 <= most }.reduce(into: [:]) {
                $0[$1] = audit?.slowdown(records: $1) ?? 1
            }
        }
    }

    /// Records a second without a throttle, joined as is quickest; nil where no joined call was
    /// timed.
    package var joinedRate: Double? {
        guard slowdowns.count > 1 else { return nil }
        return slowdowns.map { Double($0.key) / $0.value }.max()
            .map { $0 * service.rate.estimate }
    }

    /// The key of the load that S comes from with this throttle, measured as a pair or not.
    package var cellKey: String {
        var cell = service.cell
        cell.throttle = throttle
        return cell.key
    }

    /// Whether the throttle's envelope is a bound that no thief is known to reach.
    package var isUpperBoundOnly: Bool { callings.contains(where: \.isUpperBoundOnly) }

    /// T(N) with its interval.
    package func theft(of dataset: RecordCount) -> Theft {
        let seconds = Self.time(callings, dataset)
        let (low, high) = (
            fastest.map { Self.time($0, dataset) }, slowest.map { Self.time($0, dataset) }
        )
        let bound = bound(of: seconds, dataset)
        return Theft(
            dataset: dataset, seconds: seconds, low: low, high: high, boundedBy: bound,
            isSetByThrottle: bound == .throttle && isIndifferent(seconds, low, high, dataset),
            // The key in memory opened one record at a time: no measure for joined ones.
            anchorFactor: joinedRate == nil
                ? baseline.map { seconds.value / (Double(dataset.count) / $0.rate.estimate) } : nil)
    }

    /// T(N) while legitimate callers take their part of a throttle that they share with the thief;
    /// nil where their demand is not known, or what they share is the anchor alone.
    package func timeUnderDemand(for dataset: RecordCount) -> Seconds? {
        guard let demand else { return nil }
        let times = callings.compactMap { calling in
            demand.time(of: calling, for: dataset, under: throttle, at: ownUnits)
        }
        return times.min()
    }

    /// Records that are gone when the thief is stopped after `window`.
    package func loss(within window: Nanoseconds, of dataset: RecordCount) -> Loss {
        func records(_ callings: [Calling]) -> Double {
            let most = callings.map { $0.records(within: window.seconds) }.max() ?? 0
            return min(Double(dataset.count), most)
        }
        return Loss(
            dataset: dataset, window: window, records: records(callings),
            low: slowest.map(records), high: fastest.map(records))
    }

    /// What one call on one record is charged.
    private var ownUnits: UInt64 {
        throttle.units(forBytes: max(1, service.cell.requestBytes))
    }

    private static func time(_ callings: [Calling], _ dataset: RecordCount) -> Seconds {
        callings.map { $0.time(for: $0.operations(for: dataset)) }.min() ?? .never
    }

    private func bound(of time: Seconds, _ dataset: RecordCount) -> Bound {
        guard !time.isNever else { return .never }
        let operations = slowdowns.map { records, slowdown in
            Calling.operations(for: dataset, opening: records) * slowdown
        }
        let unthrottled = (operations.min() ?? .infinity) / service.rate.estimate
        // Equal but for the rounding of two ways to the same number.
        return time.value <= unthrottled * (1 + 1e-12) ? .hsm : .throttle
    }

    /// Whether the device's speed makes no difference that three digits would show.
    private func isIndifferent(
        _ time: Seconds, _ low: Seconds?, _ high: Seconds?, _ dataset: RecordCount
    ) -> Bool {
        if let low, let high { return high.value - low.value <= 1e-3 * time.value }
        return Self.time(slower, dataset).value - time.value <= 1e-3 * time.value
    }
}

extension Cell {
    /// Whether a thief can join the ciphertexts of several records in one call and repair the
    /// seams: then a call on k records hands over the bytes of k. Elsewhere one ciphertext opens
    /// several records, as a data key does that they share.
    var isJoinable: Bool {
        operation == Self.usualOperation && mechanism.hasPrefix("aes-cbc")
    }
}
