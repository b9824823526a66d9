import Throttling
import Units

/// How many records one call opens, tried as a thief would: many ciphertexts joined into one.
package struct BatchingAudit: Codable, Hashable, Sendable {
    /// Mechanism by name.
    package var mechanism: String
    /// Length of the key in bits.
    package var keyBits: Int
    /// Length of a record in bytes.
    package var recordBytes: Int
    /// Length of its ciphertext: what one call hands over.
    package var ciphertextBytes: Int
    /// Distinct records that were sealed for it; more than these were joined by joining these
    /// again, in turn.
    package var distinctRecords: Int
    /// The longest ciphertext that one call takes; nil where it was not searched for, because the
    /// mechanism does not join.
    package var largestCall: LargestCall?
    /// What came of joining as many records as fit, or as few as show that they do not join.
    package var joined: Trial
    /// The same records opened in parts; nil where it was not tried.
    package var parts: PartsTrial?
    /// Records a second without a throttle by the number that one call holds, ascending; empty
    /// where records do not join.
    package var rates: [BatchRate]
    /// The same with one record a call, and with as many as came out quickest; nil where records do
    /// not join.
    package var unthrottled: RatePair?
    /// Records a second behind throttles that count calls, and behind the same that charge bytes.
    package var throttled: [ThrottledRates]
    /// How long each of these rates was measured, in seconds.
    package var rateSeconds: Double
    /// Calls that it took, each part counted.
    package var calls: UInt64

    /// An audit from its parts.
    package init(
        mechanism: String, keyBits: Int, recordBytes: Int, ciphertextBytes: Int,
        distinctRecords: Int, largestCall: LargestCall? = nil, joined: Trial,
        parts: PartsTrial? = nil, rates: [BatchRate] = [], unthrottled: RatePair? = nil,
        throttled: [ThrottledRates] = [], rateSeconds: Double, calls: UInt64
    ) {
        self.mechanism = mechanism
        self.keyBits = keyBits
        self.recordBytes = recordBytes
        self.ciphertextBytes = ciphertextBytes
        self.distinctRecords = distinctRecords
        self.largestCall = largestCall
        self.joined = joined
        self.parts = parts
        self.rates = rates
        self.unthrottled = unthrottled
        self.throttled = throttled
        self.rateSeconds = rateSeconds
        self.calls = calls
    }

    /// k: records that one call opens, at least the one that it is made for.
    package var recordsPerOperation: UInt64 { max(1, joined.opened) }

    /// What a call is about, as in the key of a cell: `aes-cbc-pad-256/256B`.
    package var subject: String { "\(mechanism)-\(keyBits)/\(ByteCount(recordBytes))" }

    /// Whether this is the audit of such records.
    package func isOf(mechanism: String, recordBytes: Int) -> Bool {
        self.mechanism == mechanism && self.recordBytes == recordBytes
    }

    /// How many times as long a call of so many records takes as one of a single record.
    ///
    /// Between the numbers that were measured a call's time grows evenly with what it opens; 1
    /// where none was.
    package func slowdown(records count: UInt64) -> Double {
        guard let single = unthrottled?.single, single > 0 else { return 1 }
        let known =
            [(records: 1.0, times: 1.0)]
            + rates.filter { $0.rate > 0 }.map {
                (records: Double($0.records), times: Double($0.records) * single / $0.rate)
            }
        let wanted = Double(count)
        guard let next = known.firstIndex(where: { $0.records >= wanted }) else {
            return max(1, known.last?.times ?? 1)
        }
        guard next > 0 else { return 1 }
        let (before, after) = (known[next - 1], known[next])
        let share = (wanted - before.records) / (after.records - before.records)
        return max(1, before.times + share * (after.times - before.times))
    }
}

extension BatchingAudit {
    /// The longest ciphertext that one call takes.
    package struct LargestCall: Codable, Hashable, Sendable {
        /// Its length.
        package var bytes: Int
        /// What the next longer one was answered, by `CKR_` name; nil where none was refused.
        package var refusal: String?
        /// Whether longer ones were not tried because this one took long.
        package var isSlow: Bool

        /// A length with what ended the search.
        package init(bytes: Int, refusal: String? = nil, isSlow: Bool = false) {
            self.bytes = bytes
            self.refusal = refusal
            self.isSlow = isSlow
        }
    }

    /// Many records opened with one call.
    package struct Trial: Codable, Hashable, Sendable {
        /// Records that were joined.
        package var records: UInt64
        /// What the device answered, by `CKR_` name.
        package var outcome: String
        /// Records of which every byte came out right.
        package var opened: UInt64
        /// Bytes that came out right; some do so by chance.
        package var rightBytes: UInt64

        /// A trial with what came of it.
        package init(records: UInt64, outcome: String, opened: UInt64, rightBytes: UInt64) {
            self.records = records
            self.outcome = outcome
            self.opened = opened
            self.rightBytes = rightBytes
        }
    }

    /// Many records opened with one operation in parts: one `C_DecryptInit`, many
    /// `C_DecryptUpdate`, one `C_DecryptFinal`.
    package struct PartsTrial: Codable, Hashable, Sendable {
        /// What came of it.
        package var trial: Trial
        /// Length of a part.
        package var partBytes: Int
        /// Records a second without a throttle; nil where not all of them opened.
        package var rate: Double?

        /// A trial in parts of a length.
        package init(_ trial: Trial, partBytes: Int, rate: Double?) {
            self.trial = trial
            self.partBytes = partBytes
            self.rate = rate
        }
    }

    /// Records a second with so many in one call.
    package struct BatchRate: Codable, Hashable, Sendable {
        /// Records in one call.
        package var records: UInt64
        /// Records a second.
        package var rate: Double

        /// A rate with the number that it is of.
        package init(records: UInt64, rate: Double) {
            self.records = records
            self.rate = rate
        }
    }

    /// Records a second with one record a call, and with many.
    package struct RatePair: Codable, Hashable, Sendable {
        /// With one record a call; nil where the throttle let no call through in the time.
        package var single: Double?
        /// With a batch a call; nil where the throttle let no call through in the time.
        package var joined: Double?
        /// Records in a batch.
        package var batch: UInt64

        /// A pair of rates.
        package init(single: Double?, joined: Double?, batch: UInt64) {
            self.single = single
            self.joined = joined
            self.batch = batch
        }

        /// How many times as many records come out joined.
        package var gain: Double? {
            guard let single, let joined, single > 0 else { return nil }
            return joined / single
        }
    }

    /// Records a second behind one throttle, whatever it charges by.
    package struct ThrottledRates: Codable, Hashable, Sendable {
        /// The throttle.
        package var policy: Policy
        /// What it let through, its bucket empty at the beginning.
        package var rates: RatePair

        /// The rates behind a throttle.
        package init(_ policy: Policy, _ rates: RatePair) {
            self.policy = policy
            self.rates = rates
        }
    }
}

extension Run {
    /// The audit of records sealed so; nil where there is none.
    package func batchingAudit(mechanism: String, recordBytes: Int) -> BatchingAudit? {
        batching.first { $0.isOf(mechanism: mechanism, recordBytes: recordBytes) }
    }
}
