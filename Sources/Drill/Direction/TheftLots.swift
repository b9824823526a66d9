import Exposure
import Results
import Units

/// What chance decides of a few thefts behind one defence, each drawn from one of as many equal
/// parts of what it may be, in random order, so that a few show what many would (stratified
/// sampling: Cochran, Sampling Techniques, 1977).
struct TheftLots {
    /// The part of a period that is left at the first call, above 0 up to 1.
    let phases: [Double]
    /// From the end of a period until its count is judged.
    let judging: [Nanoseconds]
    /// From the alarm to the revocation.
    let response: [Nanoseconds]

    /// Draws from which the parts of a distribution are taken.
    private static let draws = 1_000

    /// The lots of so many thefts.
    init(_ delays: DelaySettings, _ count: Int, _ generator: inout SeededGenerator) {
        phases = (0..<count).map { index in
            (Double(index) + 1 - Double.random(in: 0..<1, using: &generator)) / Double(count)
        }.shuffled(using: &generator)
        judging = Self.spread([delays.publish, delays.evaluation], count, &generator)
        response = Self.spread([delays.response.length], count, &generator)
    }

    private static func spread(
        _ parts: [ThreePoint<Nanoseconds>], _ count: Int, _ generator: inout SeededGenerator
    ) -> [Nanoseconds] {
        let lengths = parts.map { PERT($0) }
        let sums = (0..<draws).map { _ in
            lengths.reduce(0.0) { $0 + $1.draw(using: &generator) }
        }.sorted()
        return (0..<count).map { index in
            let place = Double(index) + Double.random(in: 0..<1, using: &generator)
            let rank = min(draws - 1, Int(place / Double(count) * Double(draws)))
            return Nanoseconds(Int64(sums[rank] * 1e9))
        }.shuffled(using: &generator)
    }
}
