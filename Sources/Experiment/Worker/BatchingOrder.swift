import Anchors
import Load
import Results
import Throttling
import Units

/// The trial of how many records one call opens, for one mechanism and record size.
struct BatchingOrder: Codable, Sendable {
    var mechanism: RecordMechanism
    var keyBits: Int
    var recordBytes: Int
    /// The throttles that count calls behind which rates are measured.
    var throttles: [Policy]
    /// How long each rate is measured.
    var rateLength: Nanoseconds
    /// Where the states of these throttles may be made: a path to which a number is added.
    var statePath: String
    /// The bound on calls a second of all workers; nil for none.
    var pace: MeasureOrder.PaceOrder?
    /// The bound on the calls of the whole run; nil for none.
    var budget: MeasureOrder.BudgetOrder?

    /// The longest ciphertext that is tried, unless a single record is longer.
    static let usualBound = 16 << 20
    /// Distinct records that are sealed at most: more of them are these again, in turn.
    static let distinctRecords = 256

    /// The longest ciphertext to try: room for two records at least.
    var bound: Int {
        max(Self.usualBound, 2 * mechanism.sealedBound(recordBytes: recordBytes, keyBits: keyBits))
    }

    /// How many distinct records to seal: no more than one call could hold.
    var recordCount: Int {
        let length = mechanism.sealedBound(recordBytes: recordBytes, keyBits: keyBits)
        return min(Self.distinctRecords, max(2, bound / max(1, length)))
    }

    /// What stands before each call of the trial.
    ///
    /// - Throws: `SharedStateError`.
    func turn() throws -> BatchThief.Turn {
        let pace = try pace.map {
            try SharedState(path: $0.state, policy: .pace($0.rate))
        }
        let budget = try budget.map {
            (state: try SharedState(path: $0.state, policy: .calls($0.calls)), calls: $0.calls)
        }
        let clock = MonotonicClock()
        return BatchThief.Turn {
            guard let pace, case .wait(let opens) = pace.decide(at: clock.now()) else { return }
            clock.wait(until: opens)
        } spend: { count in
            guard let budget else { return true }
            return (0..<count).allSatisfy { _ in budget.state.spend(upTo: budget.calls) }
        }
    }
}
