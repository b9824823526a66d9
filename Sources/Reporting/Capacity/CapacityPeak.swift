import Regression
import Results

/// What an anchor did flat out: the most calls a second that were seen of it.
extension CapacityRun {
    /// Calls a second of the step that was answered fastest, where no closed load was as fast: what
    /// those do at most was then not measured by them. Nil where one was.
    var fasterStep: Double? {
        guard let closed = concurrency.peak?.throughput?.estimate else { return nil }
        let valid = (result?.steps ?? []).filter { $0.judgement != nil }
        let rates = valid.compactMap { round(ofStep: $0.step.number)?.throughput }
        return rates.max().flatMap { $0 > closed ? $0 : nil }
    }

    /// Calls a second of one device flat out; nil where no closed load was measured.
    var flatOut: Double? { fasterStep ?? concurrency.peak?.throughput?.estimate }
}
