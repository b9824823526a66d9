import Results
import Units

/// When thefts begin and how long it takes to end them once the alarm has fired: one sample that
/// all strategies and all data sets share.
///
/// A theft begins at a random instant of a week. Its phase in a period, its hour and its delay are
/// spread evenly over the sample (stratified sampling: Cochran, Sampling Techniques, 1977), and
/// alike in every stratum of the phase, so that strata differ by nothing but the phase.
struct TheftSample: Hashable, Sendable {
    /// Strata of the phase; the mean of the worst one is told.
    static let strata = 32
    /// Phases that occur in one stratum.
    static let phasesPerStratum = 8
    /// Phases that occur.
    static let phases = strata * phasesPerStratum

    /// Which phase each theft has; theft i is of the stratum i mod 32.
    let phases: [Int]
    /// When in a week it begins, 0 to 1.
    let starts: [Double]
    /// Seconds from the end of the period that raises the alarm to the thief's last call.
    let delays: [Double]
    /// The same in order.
    let sortedDelays: [Double]
    /// The seed of what else is drawn for it.
    let seeds: [UInt64]

    /// Thefts.
    var count: Int { phases.count }

    /// A sample of at least so many thefts.
    init(atLeast draws: Int, delays settings: DelaySettings?, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let each = (max(1, draws) + Self.strata - 1) / Self.strata
        let count = each * Self.strata
        phases = (0..<count).map { theft in
            let place = theft / Self.strata % Self.phasesPerStratum
            return theft % Self.strata * Self.phasesPerStratum + place
        }
        let sorted = Self.sums(of: settings, count, &generator)
        var (starts, delays) = ([Double](repeating: 0, count: count), sorted)
        for stratum in 0..<Self.strata {
            let (hours, ranks) = (
                (0..<each).shuffled(using: &generator), (0..<each).shuffled(using: &generator)
            )
            for place in 0..<each {
                let theft = place * Self.strata + stratum
                starts[theft] = (Double(hours[place]) + generator.uniform()) / Double(each)
                // Dealt like cards, to and fro, so that every stratum has short and long ones.
                let rank = ranks[place]
                let seat = rank % 2 == 0 ? stratum : Self.strata - 1 - stratum
                delays[theft] = sorted[rank * Self.strata + seat]
            }
        }
        (self.starts, self.delays, sortedDelays) = (starts, delays, sorted)
        seeds = (0..<count).map { _ in generator.next() }
    }

    /// φ of each theft in periods: from its first call to the end of the period, above 0 up to 1.
    func phase(_ theft: Int) -> Double { Self.phase(phases[theft]) }

    /// φ of one of the phases.
    static func phase(_ index: Int) -> Double { (Double(index) + 0.5) / Double(phases) }

    /// Drawn delays in seconds, ascending.
    private static func sums(
        of settings: DelaySettings?, _ count: Int, _ generator: inout SeededGenerator
    ) -> [Double] {
        guard let settings else { return [Double](repeating: 0, count: count) }
        let parts = [settings.publish, settings.evaluation, settings.response.length].map(PERT.init)
        return (0..<count).map { _ in
            parts.reduce(0) { $0 + max(0, $1.draw(using: &generator)) }
        }.sorted()
    }
}
