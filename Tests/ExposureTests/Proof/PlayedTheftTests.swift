import Exposure
import Results
import Testing
import Throttling
import Units

/// The player of thefts itself, against numbers that can be had with a pencil.
@Suite("Played thefts")
struct PlayedTheftTests {
    private static func theft(
        _ strategy: Strategy, _ policy: Policy = .none, threshold: UInt64, of counts: (Int, Int),
        mean: Double = 0, horizon_s: Int = 3_600
    ) -> PlayedTheft {
        let rule = AlarmSettings(
            period: .seconds(60), threshold: nil, evaluationPeriods: counts.1,
            datapointsToAlarm: counts.0, window: .wallClock
        ).rule(at: RecordCount(threshold))
        let anchor = PlayedAnchor(servers: 1, service_ns: 200_000_000, policy: policy)
        return PlayedTheft(
            strategy: strategy, anchor: anchor,
            flatOut: anchor.flatOut(until: horizon_s * 1_000_000_000), rule: rule,
            demand: PlayedDemand(means: [mean], dispersion: 1, period_ns: 60_000_000_000),
            delays: DelaySettings(), horizon_ns: horizon_s * 1_000_000_000, confidence: 0.95,
            recordsPerOperation: 1, dataset: 1_000_000)
    }

    private static func mean(_ figures: [Double]) -> Double {
        figures.reduce(0, +) / Double(figures.count)
    }

    @Test("a thief of 5 calls a second under 180 a minute, 3 of 3, is noticed after 186 s")
    func worked() {
        // A first minute breaches only where the theft begins in its first 24 s, so that the mean
        // is 0.4 · 168 + 0.6 · 198.
        var generator = SeededGenerator(seed: 1)
        let outcomes = Self.theft(.sprint, threshold: 180, of: (3, 3))
            .outcomes(5_000, using: &generator).played
        let mean = Self.mean(outcomes.map { Double($0.alarm_ns ?? 0) / 1e9 })
        #expect(abs(mean - 186) < 1, "\(mean)")
        #expect(outcomes.filter(\.isContained).count == 5_000)
        let lost = Self.mean(outcomes.map(\.records))
        #expect(abs(lost - 5 * mean) < 1.5, "\(lost)")
    }

    @Test("who fills takes what the innocent leave, who pulses goes flat out once in three")
    func fills() {
        var generator = SeededGenerator(seed: 2)
        // 180 in each minute, or 5 a second of what is left of the first one.
        let filled = Self.mean(
            Self.theft(.fill, threshold: 180, of: (2, 3), horizon_s: 600)
                .outcomes(200, using: &generator).played.map(\.records))
        #expect(abs(filled - (9 * 180 + 0.4 * 180 + 0.6 * 90)) < 20, "\(filled)")
        let pulsed = Self.mean(
            Self.theft(.pulse, threshold: 180, of: (2, 3), horizon_s: 600)
                .outcomes(200, using: &generator).played.map(\.records))
        #expect(abs(pulsed - 10.0 / 3 * (300 + 2 * 180)) < 120, "\(pulsed)")
        let creeping = Self.theft(.creep, threshold: 180, of: (1, 1), horizon_s: 600)
        #expect(creeping.largestAddition == 180)
        let crept = creeping.outcomes(50, using: &generator).played
        #expect(crept.filter { abs($0.records - 10 * 180) <= 1 && $0.alarm_ns == nil }.count == 50)
    }

    @Test("who harvests finds N (1 − e^(−calls / N)) records")
    func harvests() {
        var theft = Self.theft(.harvest, threshold: 180, of: (1, 1), mean: 50)
        theft = PlayedTheft(
            strategy: .harvest, anchor: theft.anchor, flatOut: [], rule: theft.rule,
            demand: theft.demand,
            delays: theft.delays, horizon_ns: theft.horizon_ns, confidence: 0.95,
            recordsPerOperation: 1, dataset: 3_000)
        var generator = SeededGenerator(seed: 3)
        let mean = Self.mean(theft.outcomes(50, using: &generator).played.map(\.records))
        #expect(abs(mean - 3_000 * 0.632_12) < 15, "\(mean)")
    }

    @Test(
        "gates let pass what their policies say",
        arguments: [
            // 60 s at 5 calls a second, from the thief's best moment.
            (Policy.bucket(Rate(120, per: .seconds(60)), burst: 30), 149),
            (Policy.window(20, per: .seconds(10)), 140),
            (
                Policy(.slidingWindow(SlidingWindow(limit: RecordCount(20), window: .seconds(10)))),
                120
            ),
            (Policy(.concurrency(RecordCount(2))), 300),
            // Nine in 5 s are worth more than ten in 20.
            (
                Policy(
                    .breaker(
                        Breaker(
                            threshold: RecordCount(10), window: .seconds(5), lockout: .seconds(20)))
                ),
                108
            ),
        ])
    func gates(policy: Policy, calls: Int) {
        let anchor = PlayedAnchor(servers: 1, service_ns: 200_000_000, policy: policy)
        let count = anchor.flatOut(until: 60_000_000_000).count
        #expect(count == calls, "\(policy.limit): \(count)")
    }
}
