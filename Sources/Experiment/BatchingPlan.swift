import Anchors
import Results
import Throttling
import Units

/// Records that are to be joined into one call.
struct BatchingSubject: Hashable, Sendable {
    let mechanism: RecordMechanism
    let keyBits: Int
    let recordBytes: Int

    /// As in the key of a cell.
    var name: String { "\(mechanism.rawValue)-\(keyBits)/\(ByteCount(recordBytes))" }
}

extension Plan {
    /// The throttle that batching is held against where the scenario has no token bucket.
    private static let usualThrottle = Policy(
        .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))))
    /// How long a rate is measured: long enough for a throttle to show, and no longer.
    private static let rateLengths = Nanoseconds.milliseconds(250)...Nanoseconds.seconds(1)
    /// What finding the longest call takes on a device that is not slow.
    private static let usualSearch = Nanoseconds.seconds(1)
    /// The most calls of a trial besides sealing and its rates: doubling, bisecting, one of each
    /// kind, and an operation in parts.
    private static let searchCalls = 384

    /// The records that are joined as a thief would; empty where the scenario does not ask for it.
    var batchingSubjects: [BatchingSubject] {
        guard scenario.auditsBatching else { return [] }
        var seen: Set<BatchingSubject> = []
        return cells.compactMap { cell in
            guard cell.isAnchored, let mechanism = RecordMechanism(rawValue: cell.mechanism),
                mechanism.opensAnyLength
            else { return nil }
            let subject = BatchingSubject(
                mechanism: mechanism, keyBits: cell.keyBits, recordBytes: cell.recordBytes)
            return seen.insert(subject).inserted ? subject : nil
        }
    }

    /// The throttles behind which joined calls are made: each token bucket of the scenario once.
    var batchingThrottles: [Policy] {
        var seen: Set<Limit> = []
        let buckets = scenario.throttles.filter {
            guard case .tokenBucket = $0.limit else { return false }
            return seen.insert($0.limit).inserted
        }
        return buckets.isEmpty ? [Self.usualThrottle] : buckets
    }

    /// How long each rate is measured.
    var batchingRateLength: Nanoseconds {
        let twice = Nanoseconds(min(scenario.duration.count, Int64.max / 2) * 2)
        return min(Self.rateLengths.upperBound, max(Self.rateLengths.lowerBound, twice))
    }

    /// How long the joining takes, where the device is not slow.
    var batchingTime: Seconds {
        Seconds(
            batchingSubjects.reduce(0) { sum, subject in
                guard subject.mechanism.isJoinable else { return sum }
                return sum + rateTime + Self.usualSearch.seconds.value
            })
    }

    /// When a worker that joins records is taken to hang, beyond what a preparation and its grace
    /// may take: a call may take long, and the last of a rate begins before its time is over.
    func longestTime(of order: BatchingOrder) -> Nanoseconds {
        let paced = order.pace.map {
            Double(order.recordCount + Self.searchCalls) / $0.rate.perSecond * 2
        }
        return Nanoseconds(Int64((4 * rateTime + (paced ?? 0)) * 1e9))
    }

    /// What the device has to expect besides, as a sentence; empty where nothing is joined.
    var batchingInWords: String {
        let subjects = batchingSubjects
        guard !subjects.isEmpty else { return "" }
        return
            " Joining records as a thief would (\(subjects.map(\.name).joined(separator: ", "))) "
            + "seals up to \(BatchingOrder.distinctRecords) more of each and "
            + "makes calls of up to \(ByteCount(BatchingOrder.usualBound)), the longest of which "
            + "may be refused, for about \(batchingTime.inWords) and within the same limits."
    }

    /// Two rates without a throttle, those of all sizes together, one in parts, and four behind
    /// each throttle.
    private var rateTime: Double {
        Double(4 + 4 * batchingThrottles.count) * batchingRateLength.seconds.value
    }
}

extension RecordMechanism {
    /// Whether a call takes a ciphertext of any length, so that several might be joined.
    var opensAnyLength: Bool {
        switch self {
        case .aesGCM, .aesCBCPad, .aesCBC, .aesCTR: true
        case .rsaPKCS, .rsaOAEP, .aesKeyWrap, .hmacSHA256: false
        }
    }
}
