import Units

/// The most records a second that an anchor may give so that a data set outlasts a time: at that
/// rate it is empty when the time is over.
package struct HoldingRate: Hashable, Sendable {
    /// N.
    package let dataset: RecordCount
    /// How long a thief has.
    package let dwell: Seconds
    /// Where that length is from; nil for one that the user named.
    package let fact: DocumentedFact?

    /// The rate for a data set and a time.
    package init(_ dataset: RecordCount, past dwell: Seconds, fact: DocumentedFact? = nil) {
        (self.dataset, self.dwell, self.fact) = (dataset, dwell, fact)
    }

    /// N / dwell in records a second; infinite for no time at all, 0 for one without an end.
    package var recordsPerSecond: Double {
        dataset.count == 0 ? 0 : Double(dataset.count) / dwell.value
    }

    /// The rates past the newest documented times to detection (a median) and to containment (a
    /// mean).
    package static func documented(
        _ dataset: RecordCount, by facts: Facts = .documented
    ) -> [HoldingRate] {
        [facts.dwell, facts.containment].compactMap { fact in
            guard let fact, let length = fact.length else { return nil }
            return HoldingRate(dataset, past: length, fact: fact)
        }
    }

    /// `To hold 10 million records for 14 days (median time from intrusion to detection; Mandiant
    /// M-Trends, 2025, cited by others), the anchor must give at most 8.27 records a second.`
    package var sentence: String {
        let origin = fact.map { " (\($0.statistic) \($0.title); \($0.citation))" } ?? ""
        return "To hold \(dataset.inWords) records for \(dwell.inWords)\(origin), the anchor must "
            + "give at most \(Significant.text(recordsPerSecond)) records a second."
    }
}
