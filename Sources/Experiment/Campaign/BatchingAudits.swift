import Anchors
import Results
import Throttling
import Units

/// The part of a campaign that comes last: how many records one call opens.
///
/// What is lost here is lost alone; the rounds before it are kept.
struct BatchingAudits {
    private let plan: Plan
    private let interruption: Interruption
    private let observe: @Sendable (RunProgress) -> Void

    init(
        _ plan: Plan, interruption: Interruption,
        observe: @escaping @Sendable (RunProgress) -> Void
    ) {
        self.plan = plan
        self.interruption = interruption
        self.observe = observe
    }

    /// Tries every kind of record that was not tried yet.
    ///
    /// - Returns: why the run is not whole; nil where it is.
    /// - Throws: `ExperimentError.output` where an audit cannot be kept.
    func run(
        _ crews: CampaignCrews, _ budget: CallBudget?, _ record: inout CampaignRecord
    ) async throws -> String? {
        for (index, subject) in plan.batchingSubjects.enumerated()
        where !record.holdsBatchingAudit(of: subject) {
            observe(.note("joining records of \(subject.name) into one call"))
            guard !interruption.isSet else { return "it was interrupted" }
            let audit: BatchingAudit
            do throws(RoundLoss) {
                if let budget, budget.isSpent { throw RoundLoss(reason: budget.sentence) }
                let order = order(number: index, for: subject, budget, crews)
                audit = try await crews.anchor.audit(order, within: plan.longestTime(of: order))
            } catch {
                // What Ctrl-C cut off says nothing about the anchor.
                guard !interruption.isSet else { return "it was interrupted" }
                record.note(
                    "It was not found out how many records of \(subject.name) one call opens "
                        + "(\(error.reason)); no other figure is concerned.")
                continue
            }
            try record.add(audit)
        }
        return nil
    }

    private func order(
        number: Int, for subject: BatchingSubject, _ budget: CallBudget?, _ crews: CampaignCrews
    ) -> BatchingOrder {
        BatchingOrder(
            mechanism: subject.mechanism, keyBits: subject.keyBits,
            recordBytes: subject.recordBytes, throttles: plan.batchingThrottles,
            rateLength: plan.batchingRateLength,
            statePath: crews.workspace.appending(path: "batching-\(number)").path,
            pace: crews.pace, budget: budget?.order)
    }
}
