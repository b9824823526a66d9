import Anchors
import Load
import Results
import Throttling
import Units

/// The batching thief at work in a worker process: how many records one call opens, and how many a
/// second that makes behind a throttle that counts calls and behind one that charges bytes.
struct BatchingTrial: ~Copyable {
    private let order: BatchingOrder
    private var thief: BatchThief
    private let clock = MonotonicClock()
    private var states = 0

    /// Records that are joined where the mechanism is not expected to join: enough to show it.
    private static let fewRecords = 64
    /// The longest part of an operation in parts, so that no device refuses it for its length.
    private static let longestPart = 64 << 10
    /// An operation in parts opens so many times what one call does, up to the bound.
    private static let callsInParts = 4
    /// The rates of all sizes of a batch together take about as long as one of the others.
    private static let sizesInALength: Int64 = 8

    /// Seals the records of a trial.
    ///
    /// - Throws: `CryptokiError`, `SharedStateError`.
    init(_ order: BatchingOrder, on anchor: LoadedAnchor) throws {
        self.order = order
        thief = try anchor.batchThief(
            order.mechanism, recordBytes: order.recordBytes, recordCount: order.recordCount,
            longest: order.bound, turn: try order.turn())
    }

    /// Carries the trial out.
    ///
    /// - Throws: `BatchingFailure` where the device stops in the middle of it.
    mutating func run() throws -> BatchingAudit {
        do throws(BatchingEnd) {
            return order.mechanism.isJoinable ? try joinable() : try unjoinable()
        } catch {
            throw BatchingFailure(error)
        }
    }

    /// What authenticates, or begins a key stream anew for each record, is tried all the same.
    private mutating func unjoinable() throws(BatchingEnd) -> BatchingAudit {
        let count = min(Self.fewRecords, thief.count(fitting: order.bound))
        let (outcome, _) = try thief.open(count)
        return audit(joined: outcome)
    }

    private mutating func joinable() throws(BatchingEnd) -> BatchingAudit {
        let limit = try thief.findLongestCall()
        guard limit.bytes > 0 else { throw .refused(limit.refusal ?? .generalError) }
        let count = thief.count(fitting: limit.bytes)
        let (outcome, batch) = try thief.open(count)
        // The search has just had an answer to a call of this length.
        guard outcome.code == .ok else { throw .refused(outcome.code) }
        var audit = audit(joined: outcome)
        audit.largestCall = BatchingAudit.LargestCall(limit)
        guard outcome.opened == outcome.records, outcome.records > 1 else { return audit }
        let singles = try thief.singles()
        let single = try rate(of: singles)
        let sizes = try sizes(below: batch)
        audit.rates = sizes.map {
            BatchingAudit.BatchRate(records: UInt64($0.batch.records), rate: $0.rate)
        }
        let quickest = sizes.max { $0.rate < $1.rate }?.batch ?? batch
        audit.unthrottled = BatchingAudit.RatePair(
            single: single, joined: try rate(of: [quickest]), batch: UInt64(quickest.records))
        for policy in order.throttles {
            audit.throttled += try throttled(policy, singles, sizes)
        }
        audit.parts = try parts(of: limit.bytes)
        audit.calls = thief.calls
        return audit
    }

    /// Batches of every size down to a few records, each a quarter of the one before, with the
    /// records a second that they make without a throttle.
    ///
    /// The longest call is not always the quickest way: memory that is touched once costs a
    /// software token more than opening does.
    private mutating func sizes(
        below largest: BatchThief.Batch
    ) throws(BatchingEnd) -> [(batch: BatchThief.Batch, rate: Double)] {
        var sizes: [(batch: BatchThief.Batch, rate: Double)] = []
        var batch = largest
        while true {
            let length = Nanoseconds(order.rateLength.count / Self.sizesInALength)
            let rate = try rate(of: [batch], for: length)
            sizes.append((batch, rate ?? 0))
            guard batch.records >= 8 else { return sizes.reversed() }
            batch = try whole(batch.records / 4)
        }
    }

    /// The rates behind a throttle that counts calls, and behind the same that charges the bytes of
    /// one record each.
    private mutating func throttled(
        _ policy: Policy, _ singles: [BatchThief.Batch],
        _ sizes: [(batch: BatchThief.Batch, rate: Double)]
    ) throws(BatchingEnd) -> [BatchingAudit.ThrottledRates] {
        var (counting, charging) = (policy, policy)
        counting.charge = .operation
        charging.charge = .bytes(ByteCount(thief.ciphertextBytes))
        let calls = policy.sustainedRate ?? 0
        // The device bounds large batches, the throttle's count small ones.
        let best = sizes.max { left, right in
            min(left.rate, calls * Double(left.batch.records))
                < min(right.rate, calls * Double(right.batch.records))
        }
        guard let large = best?.batch else { return [] }
        let small = try whole(affordable(charging, most: large.records))
        return [
            BatchingAudit.ThrottledRates(
                counting,
                BatchingAudit.RatePair(
                    single: try rate(of: singles, behind: counting),
                    joined: try rate(of: [large], behind: counting), batch: UInt64(large.records))),
            BatchingAudit.ThrottledRates(
                charging,
                BatchingAudit.RatePair(
                    single: try rate(of: singles, behind: charging),
                    joined: try rate(of: [small], behind: charging), batch: UInt64(small.records))),
        ]
    }

    /// The most records whose bytes a throttle admits in one call, and which it refills several
    /// times while the rate is measured: the rate is the same for any number of them.
    private func affordable(_ policy: Policy, most: Int) -> Int {
        let time = Nanoseconds(order.rateLength.count / 4).seconds.value
        let refilled = UInt64(min((policy.sustainedRate ?? 0) * time, 1e15))
        let units = min(policy.limit.largestRequest, max(1, refilled))
        return min(most, max(1, Int(clamping: units)))
    }

    /// A batch of which every record opens.
    private mutating func whole(_ count: Int) throws(BatchingEnd) -> BatchThief.Batch {
        let (outcome, batch) = try thief.open(count)
        guard outcome.code == .ok else { throw .refused(outcome.code) }
        guard outcome.opened == outcome.records else { throw .wrongPlaintext }
        return batch
    }

    /// More records than one call takes, opened by one operation in parts.
    private mutating func parts(
        of longestCall: Int
    ) throws(BatchingEnd) -> BatchingAudit.PartsTrial? {
        let record = thief.ciphertextBytes
        let part = max(1, min(longestCall, Self.longestPart) / record) * record
        let bytes = min(order.bound, longestCall * Self.callsInParts)
        do throws(BatchingEnd) {
            let (outcome, batch) = try thief.open(thief.count(fitting: bytes), inPartsOf: part)
            let isWhole = outcome.opened == outcome.records
            let rate = isWhole ? try rate(of: [batch], inPartsOf: part) : nil
            return BatchingAudit.PartsTrial(
                BatchingAudit.Trial(outcome), partBytes: part, rate: rate)
        } catch {
            // A module may well have no parts; that one is lacking is no end of the trial.
            guard case .missing = error else { throw error }
            return nil
        }
    }

    private func audit(joined outcome: BatchThief.Outcome) -> BatchingAudit {
        BatchingAudit(
            mechanism: order.mechanism.rawValue, keyBits: order.keyBits,
            recordBytes: order.recordBytes, ciphertextBytes: thief.ciphertextBytes,
            distinctRecords: thief.distinctRecords, joined: BatchingAudit.Trial(outcome),
            rateSeconds: order.rateLength.seconds.value, calls: thief.calls)
    }
}

extension BatchingTrial {
    /// Records a second with these batches in turn, by one caller who compares every byte.
    ///
    /// A throttle's bucket is emptied first, so that what is measured is what it lets through in
    /// the long run, and not its burst.
    ///
    /// - Returns: nil where the throttle let no call through in the time.
    private mutating func rate(
        of batches: [BatchThief.Batch], behind policy: Policy? = nil, inPartsOf part: Int? = nil,
        for length: Nanoseconds? = nil
    ) throws(BatchingEnd) -> Double? {
        let length = length ?? order.rateLength
        let gate = try policy.map { policy throws(BatchingEnd) in try emptied(policy) }
        let start = clock.now()
        var (records, index, done) = (0, 0, start)
        repeat {
            let batch = batches[index % batches.count]
            if let gate, let policy {
                let units = policy.units(forBytes: batch.bytes)
                let decision = gate.decide(
                    at: clock.now() - start, units: units, client: 0,
                    onLimit: .wait(atMost: length))
                switch decision {
                case .admit: break
                case .wait(let opens): clock.wait(until: start + opens)
                case .deny:
                    done = start + length
                    continue
                }
            }
            try thief.repeatCall(batch, inPartsOf: part)
            records += batch.records
            index += 1
            done = clock.now()
        } while done - start < length
        guard records > 0 else { return nil }
        return Double(records) / (done - start).seconds.value
    }

    /// A throttle of which everything was just taken that it gives at once.
    private mutating func emptied(_ policy: Policy) throws(BatchingEnd) -> SharedState {
        states += 1
        let path = "\(order.statePath)-\(states)"
        do throws(SharedStateError) {
            try SharedState.create(at: path, for: policy)
            let state = try SharedState(path: path, policy: policy)
            _ = state.decide(
                at: .zero, units: policy.limit.largestRequest, client: 0, onLimit: .deny)
            return state
        } catch {
            throw .missing(error.description)
        }
    }
}

/// Why a trial came to no end.
struct BatchingFailure: Error, CustomStringConvertible {
    let description: String

    init(_ end: BatchingEnd) {
        switch end {
        case .spent: description = "the run's limit of calls was reached"
        case .refused(let code): description = "a call was answered \(code)"
        case .wrongPlaintext: description = "a call gave a wrong plaintext"
        case .missing(let what): description = what
        }
    }
}

extension BatchLimit where Refusal == ReturnCode {
    /// What the next longer call was answered; nil where none was refused.
    fileprivate var refusal: ReturnCode? {
        if case .refused(let code) = end { code } else { nil }
    }
}

extension BatchingAudit.LargestCall {
    fileprivate init(_ limit: BatchLimit<ReturnCode>) {
        self.init(
            bytes: limit.bytes, refusal: limit.refusal?.description, isSlow: limit.end == .slow)
    }
}

extension BatchingAudit.Trial {
    fileprivate init(_ outcome: BatchThief.Outcome) {
        self.init(
            records: UInt64(outcome.records), outcome: outcome.code.description,
            opened: UInt64(outcome.opened), rightBytes: UInt64(outcome.rightBytes))
    }
}
