import Exposure
import Results
import Units

/// What users ask for, as a mean and as the busiest hour of a week: what a capacity is held
/// against.
struct StatedDemand {
    /// Calls a second, the mean over all that is known.
    let mean: Double
    /// Calls a second in the busiest hour.
    let peak: Double
    /// Where the two come from, in words.
    let source: String

    /// The mean and the busiest hour of a demand; nil where a trace holds nothing.
    init?(_ settings: DemandSettings) {
        switch settings {
        case .profile(let profile):
            mean = profile.mean.perSecond
            peak = mean * (profile.shape.weights.max() ?? 1)
            source =
                switch profile.shape {
                case .flat: "steady"
                case .diurnal: "with the working day and the weekend"
                case .weekly: "by the week given"
                }
        case .trace(let trace):
            guard let mean = settings.mean(in: .seconds(1)), mean > 0 else { return nil }
            self.mean = mean
            peak = Self.busiestHour(of: trace) ?? mean
            source = "counted in '\(trace.source)'"
        }
    }

    /// The largest mean of the periods that lie within one hour; nil where no count is known.
    private static func busiestHour(of trace: DemandTrace) -> Double? {
        let length = trace.period.seconds.value
        let periods = max(1, Int((3_600 / length).rounded()))
        let hours = stride(from: 0, to: trace.counts.count, by: periods).compactMap { first in
            let counts = trace.counts[first..<min(first + periods, trace.counts.count)]
                .compactMap { $0.map(Double.init) }
            return counts.isEmpty
                ? nil : counts.reduce(0, +) / Double(counts.count) / length
        }
        return hours.max()
    }
}
