import Units

/// What legitimate callers ask for.
package enum DemandSettings: Hashable, Sendable {
    /// A mean by hour of the week with a dispersion.
    case profile(ProfileSettings)
    /// What was counted.
    case trace(DemandTrace)

    /// The mean count of a period of some length; nil where a trace has none.
    package func mean(in period: Nanoseconds) -> Double? {
        switch self {
        case .profile(let profile): return profile.mean.perSecond * period.seconds.value
        case .trace(let trace):
            let known = trace.counts.compactMap { $0.map(Double.init) }
            guard !known.isEmpty else { return nil }
            let mean = known.reduce(0, +) / Double(known.count)
            return mean * period.seconds.value / trace.period.seconds.value
        }
    }
}

/// A demand that is described, not counted.
package struct ProfileSettings: Codable, Hashable, Sendable {
    /// Operations a second, the mean over a week.
    package var mean: Rate
    /// φ: variance over mean of the count of one period of the alarm; 1 for Poisson.
    package var dispersion: Double
    /// How it goes up and down.
    package var shape: DemandShape

    /// A profile; by default steady and Poisson.
    package init(mean: Rate, dispersion: Double = 1, shape: DemandShape = .flat) {
        self.mean = mean
        self.dispersion = dispersion
        self.shape = shape
    }
}

/// How a demand goes up and down in a week.
package enum DemandShape: Hashable, Sendable {
    /// Not at all.
    case flat
    /// With the working day and the weekend.
    case diurnal
    /// 168 weights, one an hour from Monday 00:00; only their proportions count.
    case weekly([Double])
}

/// Counts of operations in successive periods, as somebody recorded them.
package struct DemandTrace: Codable, Hashable, Sendable {
    /// The file's name, for the report.
    package var source: String
    /// When the first period began, in seconds since 1970 in the trace's own local time: what its
    /// clock showed, so that hours of the week are those of its users.
    package var start_s: Int64
    /// The length of a period.
    package var period: Nanoseconds
    /// Operations in each period; nil where nothing is known of it.
    package var counts: [UInt32?]
    /// What was left out, put in order or joined, in sentences.
    package var notes: [String]

    /// A trace.
    package init(
        source: String, start_s: Int64, period: Nanoseconds, counts: [UInt32?], notes: [String]
    ) {
        self.source = source
        self.start_s = start_s
        self.period = period
        self.counts = counts
        self.notes = notes
    }
}
