import Exposure
import Foundation
import Results
import Testing
import Units

@Suite("False alarms by model, by replay and by simulation agree")
struct FalseAlarmTests {
    private func settings(
        _ needed: Int = 1, of periods: Int = 1, _ comparison: AlarmComparison = .greaterThan,
        period: Nanoseconds = .seconds(60)
    ) -> AlarmSettings {
        AlarmSettings(
            period: period, threshold: nil, comparison: comparison, evaluationPeriods: periods,
            datapointsToAlarm: needed)
    }

    private func flat(_ mean: Double, _ dispersion: Double = 1) -> DemandProfile {
        DemandProfile(
            period: .seconds(60), means: [Double](repeating: mean, count: 168),
            dispersion: dispersion)
    }

    @Test("under a steady demand onsets are 1 / ((1 − p) p^M) apart where M = N")
    func closedForm() {
        let breaching = CountDistribution(mean: 100, dispersion: 5).probability(above: 130)
        for needed in 1...6 {
            let rule = settings(needed, of: needed).rule(at: RecordCount(130))
            let found = FalseAlarms.perMonth(of: flat(100, 5), under: rule)
            let apart = 1 / ((1 - breaching) * pow(breaching, Double(needed)))
            #expect(abs(found * apart / 43_200 - 1) < 1e-12, "\(needed): \(found)")
        }
    }

    @Test("an M-of-N alarm on a steady demand has the binomial number of onsets")
    func binomial() {
        let breaching = CountDistribution(mean: 100, dispersion: 5).probability(above: 130)
        for (needed, periods, ways) in [(2, 3, 2.0), (3, 5, 6), (2, 10, 9), (1, 12, 1)] {
            let rule = settings(needed, of: periods).rule(at: RecordCount(130))
            let found = FalseAlarms.perMonth(of: flat(100, 5), under: rule)
            let exact =
                ways * pow(breaching, Double(needed))
                * pow(1 - breaching, Double(periods - needed + 1))
            #expect(abs(found / exact / 43_200 - 1) < 1e-12, "\(needed) of \(periods)")
        }
    }

    @Test("simulation lies around the model for every kind of rule and profile")
    func simulation() {
        let shape = DemandShape.diurnal.weights
        let daily = DemandProfile(
            period: .seconds(3_600), means: shape.map { 40 * $0 }, dispersion: 3)
        let short = DemandProfile(
            period: .seconds(2_700), means: shape.map { 30 * $0 }, dispersion: 2)
        let cases: [(DemandProfile, Int, Int, UInt64)] = [
            (flat(20, 3), 1, 1, 35), (flat(20, 3), 2, 2, 28), (flat(20, 3), 3, 5, 28),
            (daily, 1, 1, 115), (daily, 1, 4, 115), (daily, 2, 2, 100), (daily, 3, 3, 95),
            (daily, 2, 4, 105), (short, 2, 3, 75),
        ]
        for (index, (profile, needed, periods, threshold)) in cases.enumerated() {
            let rule = settings(needed, of: periods, period: profile.period)
                .rule(at: RecordCount(threshold))
            var generator = SeededGenerator(seed: UInt64(index))
            let model = FalseAlarms(of: profile, under: rule).perMonth
            let drawn = FalseAlarms(
                simulating: profile, under: rule, periods: 168 * 60, using: &generator)
            // A 95 % interval, doubled around its rate: four standard deviations.
            guard let interval = drawn.interval else {
                Issue.record("no interval")
                continue
            }
            let (low, high) = (interval.lowerBound, interval.upperBound)
            let wide = (2 * low - drawn.perMonth)...(2 * high - drawn.perMonth)
            let message: Comment = "case \(index): \(model), drawn \(drawn.perMonth)"
            #expect(drawn.perMonth > 1, message)
            #expect(wide.contains(model), message)
        }
    }

    @Test("hour-long swings make three breaches in a row 48 times as likely")
    func swings() {
        // A level with a gamma distribution (shape 25, scale 4) that lasts an hour: each count is
        // a negative binomial of mean 100 and φ 5, and three of an hour share their level.
        let breaching = CountDistribution(mean: 100, dispersion: 5).probability(above: 130)
        var (shared, single, weight, step) = (0.0, 0.0, 0.0, 0.25)
        for index in 1..<2_400 {
            let level = Double(index) * step
            let density = exp(24 * log(level / 100) - level / 4 + 25)
            let above = CountDistribution(mean: level).probability(above: 130)
            weight += density
            single += density * above
            shared += density * above * above * above
        }
        step = shared / weight / pow(breaching, 3)
        #expect(abs(single / weight / breaching - 1) < 1e-9)
        #expect(abs(step - 48.1765) < 1e-3, "\(step)")
    }

    @Test("a replay of dependent periods shows the alarms that the model does not")
    func dependence() throws {
        var generator = SeededGenerator(seed: 5)
        let level = CountDistribution(mean: 2_500, dispersion: 101)
        let counts = (0..<40 * 24).flatMap { _ -> [UInt32?] in
            let mean = Double(level.draw(using: &generator)) / 25
            let hour = CountDistribution(mean: mean)
            return (0..<60).map { _ in UInt32(hour.draw(using: &generator)) }
        }
        let trace = DemandTrace(
            source: "drawn", start_s: 345_600, period: .seconds(60), counts: counts, notes: [])
        let rule = settings(3, of: 3).rule(at: RecordCount(130))
        let fit = try #require(DemandFit(trace))
        #expect(fit.goodness.isDependent)
        let replayed = FalseAlarms(replaying: trace, under: rule)
        let modelled = FalseAlarms(of: fit, under: rule, draws: 40)
        let interval = try #require(replayed.interval)
        #expect(interval.contains(replayed.perMonth))
        #expect(interval.lowerBound > modelled.perMonth * 2, "\(replayed) \(modelled)")
        let machineOnsets = counts.indices.count { index in
            let breaches = { (at: Int) in at >= 0 && counts[at] ?? 0 > 130 }
            let now = breaches(index) && breaches(index - 1) && breaches(index - 2)
            return now && !breaches(index - 3)
        }
        #expect(abs(replayed.perMonth * 40 / 30 - Double(machineOnsets)) < 1e-6)
    }

    @Test("the interval of a count is Garwood's")
    func garwood() throws {
        // scipy.stats.chi2.ppf(0.975, 2) / 2, and ppf(0.025, 20) / 2, ppf(0.975, 22) / 2.
        let exact = [(0, 0.0, 3.6888794541139354), (10, 4.7953886961324335, 18.39035604201778)]
        for (onsets, low, high) in exact {
            let counts = (0..<1_440).map { UInt32?($0 % 2 == 0 && $0 < 2 * onsets ? 9 : 1) }
            let trace = DemandTrace(
                source: "", start_s: 0, period: .seconds(60), counts: counts, notes: [])
            let found = FalseAlarms(
                replaying: trace, under: settings().rule(at: RecordCount(5)))
            let interval = try #require(found.interval)
            #expect(abs(found.perMonth - Double(onsets) * 30) < 1e-9)
            #expect(abs(interval.lowerBound - low * 30) < 1e-9)
            #expect(abs(interval.upperBound - high * 30) < 1e-9)
        }
    }

    @Test("the chosen threshold meets its target, and one less does not")
    func thresholds() throws {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let mean = Double.random(in: 0.1...1_000, using: &generator)
            let shape: DemandShape = Bool.random(using: &generator) ? .flat : .diurnal
            let profile = DemandProfile(
                period: .seconds(3_600), means: shape.weights.map { mean * $0 },
                dispersion: Double.random(in: 1...9, using: &generator))
            let periods = Int.random(in: 1...4, using: &generator)
            let needed = Int.random(in: 1...periods, using: &generator)
            let comparison: AlarmComparison =
                Bool.random(using: &generator) ? .greaterThan : .greaterOrEqual
            let alarm = settings(needed, of: periods, comparison, period: profile.period)
            let target = Double.random(in: 0.01...5, using: &generator)
            let found = try #require(
                FalseAlarms.threshold(for: alarm, demand: profile, falseAlarmsPerMonth: target))
            let rate = { (count: UInt64) in
                FalseAlarms.perMonth(of: profile, under: alarm.rule(at: RecordCount(count)))
            }
            #expect(rate(found.count) <= target, "seed \(seed)")
            guard found.count > 0 else { continue }
            // Where it may be lower, the busiest hour alarms nearly always.
            let lower = alarm.rule(at: RecordCount(found.count - 1))
            let chance =
                (0..<168).map { hour in
                    profile.distribution(inHour: hour).probability(breaching: lower)
                }.max() ?? 0
            let isConstant = chance > Double(needed) / Double(periods + 1)
            #expect(rate(found.count - 1) > target || isConstant, "seed \(seed)")
        }
        let below = settings(1, of: 1, .lessThan)
        #expect(
            FalseAlarms.threshold(for: below, demand: flat(9), falseAlarmsPerMonth: 1) == nil)
    }
}
