import Exposure
import Results
import Testing
import Units

@Suite("Proof of the false alarms")
struct FalseAlarmProofTests {
    private static let weeks = 60

    // 30 alarms of 60 weeks each: the model is off by 1.4 standard errors at most.
    @Test("an alarm that is watched for weeks fires on demand alone as often as it is said to")
    func onsets() throws {
        for seed: UInt64 in 1...30 {
            var generator = SeededGenerator(seed: seed)
            let period_s = [300, 600, 900, 3_600].randomElement(using: &generator) ?? 600
            let mean = Double.random(in: 5...200, using: &generator)
            let dispersion: Double = [1.0, 1.5, 4.0].randomElement(using: &generator) ?? 1
            let levels = (0..<3).map { _ in mean * Double.random(in: 0.7...1, using: &generator) }
            let means = (0..<168).map { _ in levels.randomElement(using: &generator) ?? mean }
            let evaluated = Int.random(in: 1...5, using: &generator)
            let above = Double.random(in: -0.5...2, using: &generator)
            let rule = AlarmSettings(
                period: .seconds(Int64(period_s)), threshold: nil,
                comparison: AlarmComparison.allCases.randomElement(using: &generator)
                    ?? .greaterThan,
                evaluationPeriods: evaluated,
                datapointsToAlarm: Int.random(in: 1...evaluated, using: &generator),
                window: .wallClock
            ).rule(at: RecordCount(UInt64(max(1, mean + above * (mean * dispersion).squareRoot()))))
            let onsets = PlayedWeeks(
                demand: PlayedDemand(
                    means: means, dispersion: dispersion, period_ns: period_s * 1_000_000_000),
                rule: rule
            ).onsets(weeks: Self.weeks, using: &generator)
            // A month has 30 / 7 weeks; one week is as good as independent of the next.
            let month = 30.0 / 7
            let average = Double(onsets.reduce(0, +)) / Double(Self.weeks)
            let squares = onsets.reduce(0.0) { sum, count in
                sum + (Double(count) - average) * (Double(count) - average)
            }
            let variance = max(squares / Double(Self.weeks - 1), 0.2)
            let error = (variance / Double(Self.weeks)).squareRoot()
            let model = FalseAlarms.perMonth(
                of: DemandProfile(
                    period: rule.period, means: means, dispersion: dispersion), under: rule)
            let played = average * month
            let standard: Double = (model - played) / (error * month)
            #expect(
                abs(standard) <= 4.5,
                "seed \(seed): \(model) a month, played \(played), \(rule)")
        }
    }
}
