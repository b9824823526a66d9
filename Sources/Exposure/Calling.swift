import Results
import Throttling
import Units

/// One way for a thief to call: so many records with each call, so many units charged for it.
struct Calling: Hashable, Sendable {
    /// k: records that one call opens.
    let recordsPerOperation: UInt64
    /// What the throttle charges for one call.
    let units: UInt64
    /// The most that the throttle admits.
    let envelope: Envelope
    /// Calls a second that the device serves of the thief.
    let rate: Double

    /// A way to call, against a throttle and a device.
    init(
        recordsPerOperation: UInt64, units: UInt64, throttle: Policy, identities: Int, rate: Double
    ) {
        self.recordsPerOperation = recordsPerOperation
        self.units = units
        self.rate = rate
        envelope = throttle.envelope(servedAt: rate, identities: identities, units: units)
    }

    /// Whether the throttle's envelope is a bound that nobody is known to reach.
    var isUpperBoundOnly: Bool { envelope.isUpperBoundOnly }

    /// Calls that open N records, rounded up.
    func operations(for dataset: RecordCount) -> Double {
        Self.operations(for: dataset, opening: recordsPerOperation)
    }

    /// Calls of so many records each that open N, rounded up.
    static func operations(for dataset: RecordCount, opening records: UInt64) -> Double {
        let (whole, rest) = dataset.count.quotientAndRemainder(dividingBy: records)
        return Double(whole) + (rest > 0 ? 1 : 0)
    }

    /// The least time in which so many calls are done.
    func time(for operations: Double) -> Seconds { envelope.time(for: operations, servedAt: rate) }

    /// The most records that are open after a time.
    func records(within time: Seconds) -> Double {
        envelope.operations(within: time, servedAt: rate) * Double(recordsPerOperation)
    }
}

extension Calling {
    /// How many records the thief may join in one call so that no other number is much cheaper.
    ///
    /// Where calls are counted, as many as there can be. Where the bytes of a joined call are
    /// charged, rounding up to whole units alone makes a difference: one record, the most that the
    /// throttle ever admits in one call, and the number whose bytes fill its units best.
    static func recordsPerOperation(
        upTo most: UInt64, joining requestBytes: Int?, under throttle: Policy
    ) -> [UInt64] {
        guard most > 1, let requestBytes, case .bytes = throttle.charge else { return [most] }
        func units(_ records: UInt64) -> UInt64 {
            throttle.units(forBytes: bytes(of: records, each: requestBytes))
        }
        let largest = throttle.limit.largestRequest
        // The most whose units the throttle admits in one call, by halving.
        var (admitted, refused) = (UInt64(1), most)
        if units(most) <= largest { admitted = most }
        while refused - admitted > 1, admitted < most {
            let middle = admitted + (refused - admitted) / 2
            if units(middle) <= largest { admitted = middle } else { refused = middle }
        }
        let snug = (1...min(admitted, searchedRecords)).reduce(UInt64(1)) { best, records in
            let isCheaper =
                UInt128(units(records)) * UInt128(best) <= UInt128(units(best)) * UInt128(records)
            // At the same cost the larger call keeps the device free.
            return isCheaper ? records : best
        }
        return Set([1, admitted, snug]).sorted()
    }

    /// Bytes fill whole units again after at most so many records of any usual size.
    private static let searchedRecords: UInt64 = 4_096

    /// Bytes of so many records; no more than can be counted.
    static func bytes(of records: UInt64, each bytes: Int) -> Int {
        let (count, overflow) = Int(clamping: records).multipliedReportingOverflow(by: bytes)
        return overflow ? .max : count
    }
}
