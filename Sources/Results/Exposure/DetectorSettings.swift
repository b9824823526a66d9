import Units

/// Detectors beside the alarm.
package struct DetectorSettings: Codable, Hashable, Sendable {
    /// C: records that nobody has a reason to open; 0 for none.
    package var canaries: UInt64
    /// The most distinct records that a client may open in all; nil for no bound.
    package var budget: RecordCount?
    /// An exponentially weighted moving average of the periods' counts; nil for none.
    package var ewma: EWMASettings?
    /// A cumulative sum of the periods' counts; nil for none.
    package var cusum: CUSUMSettings?

    /// Detectors; by default none.
    package init(
        canaries: UInt64 = 0, budget: RecordCount? = nil, ewma: EWMASettings? = nil,
        cusum: CUSUMSettings? = nil
    ) {
        self.canaries = canaries
        self.budget = budget
        self.ewma = ewma
        self.cusum = cusum
    }
}

/// An EWMA chart of standardised counts (Roberts, 1959).
package struct EWMASettings: Codable, Hashable, Sendable {
    /// λ: the weight of the newest period, 0 to 1.
    package var weight: Double
    /// L: the limit in standard deviations of the average.
    package var limit: Double

    /// A chart.
    package init(weight: Double, limit: Double) {
        self.weight = weight
        self.limit = limit
    }
}

/// A one-sided CUSUM chart of standardised counts (Page, 1954).
package struct CUSUMSettings: Codable, Hashable, Sendable {
    /// k: the reference value in standard deviations.
    package var reference: Double
    /// h: the decision interval in standard deviations.
    package var decision: Double

    /// A chart.
    package init(reference: Double, decision: Double) {
        self.reference = reference
        self.decision = decision
    }
}
