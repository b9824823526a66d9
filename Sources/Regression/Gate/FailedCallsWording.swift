import Units

/// Failed calls in sentences.
enum FailedCallsWording {
    /// As in "5.1 % of the calls failed with CKR_DEVICE_ERROR" or "none of the calls failed".
    static func failed(_ counts: CallCounts?) -> String {
        guard let counts else { return "nobody counted which calls failed" }
        guard counts.failures > 0 else { return "none of the calls failed" }
        return "\(share(counts.share)) of the calls failed with \(Counted.list(counts.codes))"
    }

    /// What became of the calls of a cell, of both sides.
    static func sentence(_ found: FailedCalls) -> String {
        let (before, after) = (failed(found.baseline), failed(found.candidate))
        let place = "\(found.cell), failed calls"
        let told = "\(after) in the candidate, and \(before) in the baseline"
        return switch found.finding {
        case .worse:
            "\(place): \(told), p \(VerdictWording.chance(found.pWorse)): a regression, whatever "
                + "the other figures are."
        case .unknown:
            "\(place): \(told), which a version of anchorbench recorded that did not keep them."
        case .more, .fewer, .alike: "\(place): \(told)."
        }
    }

    /// A share of calls: two digits are enough, and none is rounded to nothing.
    private static func share(_ share: Double) -> String {
        share < 0.000_1 ? "under 0.01 %" : "\(Significant.text(share * 100, digits: 2)) %"
    }
}
