import Exposure
import Testing
import Throttling
import Units

/// What a projection says is gone after a time, against the same anchor called as fast as can be.
@Suite("Proof of the envelopes")
struct EnvelopeProofTests {
    // 280 cases at 40 instants each: none above the model; below it by 5 calls at most, by 16 where
    // that many callers wait side by side. Two limits at once may stand in each other's way: there
    // the bound is up to 136 calls above what can be had.
    @Test("no play opens more than the envelope, and but for two limits at once one opens as much")
    func envelopes() throws {
        for number in 0..<280 {
            let proof = ProofCase(number)
            let gap = try proof.envelopeGap()
            #expect(gap.lowerBound >= -1e-6, "\(proof): \(gap)")
            #expect(proof.isBoundOnly || gap.upperBound <= proof.wholeCalls, "\(proof): \(gap)")
        }
    }
}

extension ProofCase {
    /// Whether two limits on the number of calls stand in each other's way.
    var isBoundOnly: Bool {
        let limits = anchor.policy.limit.members.filter { member in
            switch member {
            case .concurrency, .delay, .none: false
            default: true
            }
        }
        return limits.count > 1
    }

    /// By how many calls the model's envelope is above what was played, at 40 instants.
    func envelopeGap() throws -> ClosedRange<Double> {
        let projection = try projection()
        let horizon_ns = Int(horizon.count)
        var (played, low, high) = (0, Double.infinity, -Double.infinity)
        for step in 1...40 {
            let instant_ns = horizon_ns / 40 * step
            while played < flatOut.count, flatOut[played] <= instant_ns { played += 1 }
            let loss = projection.loss(
                within: Nanoseconds(Int64(instant_ns)), of: RecordCount(1_000_000_000))
            let gap = loss.records / Double(recordsPerOperation) - Double(played)
            (low, high) = (min(low, gap), max(high, gap))
        }
        return low...high
    }

    /// Calls by which a fluid may be ahead of whole ones: those in flight, one of each identity.
    var wholeCalls: Double {
        Double(anchor.inFlight + anchor.identities) + 1e-6
    }
}
