import Anchors
import Results
import Throttling
import Units

// What must hold between a throttle and the calls that pass it.

extension Scenario {
    /// The sizes of the records that are opened with a mechanism, in bytes.
    func sizes(of mechanism: String) -> [Int] {
        anchor.opensDataKeys(with: mechanism)
            ? [AnchoredOperation.dataKeyBytes] : recordBytes.map(\.count)
    }
}

extension Cell {
    /// Takes over the length of the key that was found, and what follows from it.
    mutating func setKeyBits(_ bits: Int) {
        keyBits = bits
        requestBytes = Self.requestBytes(
            mechanism: mechanism, recordBytes: recordBytes, keyBits: bits)
    }

    /// Why the cell's throttle could never admit one of its calls; nil where it can.
    var throttleRefusal: String? {
        throttle.refusal(
            ofRecord: ByteCount(recordBytes), mechanism: mechanism, requestBytes: requestBytes)
    }
}

extension Policy {
    /// Why a call on a record could never be admitted, and what to do; nil where it can be.
    ///
    /// - Parameter count: bytes of ciphertext that the call hands over.
    func refusal(
        ofRecord size: ByteCount, mechanism: String, requestBytes count: Int
    ) -> String? {
        let (wanted, most) = (units(forBytes: max(count, 1)), limit.largestRequest)
        guard wanted > most else { return nil }
        return "the throttle '\(keyForm)' can never admit a call on a record of \(size) with "
            + "\(mechanism): it charges \(wanted) units for its \(count) bytes of ciphertext, and "
            + "lets \(most) pass at once at most; raise \(limit.boundName) to \(wanted), or charge "
            + "one unit for more bytes"
    }
}

extension Policy {
    /// The most instants that the states of all identities together may keep: 256 MiB.
    private static let mostKept: UInt64 = 1 << 25

    /// Why the states of so many identities would be too large; nil where they are not.
    func refusal(ofIdentities count: Int) -> String? {
        let states = scope == .perClient ? UInt64(max(count, 1)) : 1
        let (kept, overflow) = limit.kept.multipliedReportingOverflow(by: states)
        guard overflow || kept > Self.mostKept else { return nil }
        return "the throttle '\(keyForm)' would keep an instant of 8 bytes for each of "
            + "\(limit.kept) admissions of each of \(states) client identities, more than 256 MiB; "
            + "lower its count, or the number of clients"
    }
}

extension Limit {
    /// How many instants of past admissions its state keeps at most.
    fileprivate var kept: UInt64 {
        members.reduce(0) { sum, member in
            switch member {
            case .slidingWindow(let sliding): sum + sliding.limit.count
            case .breaker(let breaker): sum + breaker.threshold.count
            case .tarpit(let tarpit): sum + tarpit.depth
            default: sum
            }
        }
    }

    /// The key of what bounds a single request, as a scenario writes it.
    fileprivate var boundName: String {
        switch self {
        case .tokenBucket: "'burst'"
        case .fixedWindow, .slidingWindow: "'limit'"
        case .breaker: "'threshold'"
        case .budget: "'quota'"
        case .none, .tarpit, .concurrency, .delay: "its limit"
        case .all(let members):
            members.min { $0.largestRequest < $1.largestRequest }?.boundName ?? "its limit"
        }
    }
}

extension AnchorSettings {
    /// Whether a record of this mechanism is one data key.
    fileprivate func opensDataKeys(with mechanism: String) -> Bool {
        guard let operation = AnchoredOperation(rawValue: operation),
            let mechanism = RecordMechanism(rawValue: mechanism)
        else { preconditionFailure("a scenario holds known operations and mechanisms") }
        return operation.opensDataKeys(with: mechanism)
    }
}
