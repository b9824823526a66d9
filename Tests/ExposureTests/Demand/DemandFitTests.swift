import Exposure
import Results
import Testing
import Units

@Suite("A profile is described or fitted")
struct DemandFitTests {
    /// A trace drawn from a profile, from a Monday on.
    private func trace(
        _ profile: DemandProfile, weeks: Int, seed: UInt64, start_s: Int64 = 345_600
    ) -> DemandTrace {
        var generator = SeededGenerator(seed: seed)
        let length = Int(profile.period.count / 1_000_000_000)
        let counts = (0..<weeks * 604_800 / length).map { index -> UInt32? in
            let hour = (Int(start_s) - 345_600 + index * length) / 3_600
            return UInt32(profile.distribution(inHour: hour).draw(using: &generator))
        }
        return DemandTrace(
            source: "drawn", start_s: start_s, period: profile.period, counts: counts, notes: [])
    }

    @Test("a shape has a mean of one, and a profile that of its settings at any period")
    func shapes() {
        let ramp = (0..<168).map { Double($0) }
        for shape in [DemandShape.flat, .diurnal, .weekly(ramp)] {
            let weights = shape.weights
            #expect(weights.count == 168)
            #expect(abs(weights.reduce(0, +) / 168 - 1) < 1e-12)
            let settings = ProfileSettings(mean: Rate(90, per: .seconds(60)), shape: shape)
            let profile = DemandProfile(settings, period: .seconds(300))
            #expect(abs(profile.perSecond - 1.5) < 1e-12)
            #expect(profile.dispersion == 1)
        }
        #expect(DemandShape.weekly(ramp).weights[10] * 83.5 == 10)
        let diurnal = DemandShape.diurnal.weights
        #expect(diurnal[13] == diurnal.max() && diurnal[14] < diurnal[13] + 1e-12)
        #expect(abs(diurnal[5 * 24 + 9] / diurnal[9] - 0.4) < 1e-12)
        #expect(diurnal[2] < diurnal[13] / 8)
    }

    @Test("a fit finds means and dispersion of the profile that was drawn from")
    func recovery() throws {
        for seed in 1...2 as ClosedRange<UInt64> {
            let dispersion = seed % 2 == 0 ? 6.0 : 1
            let settings = ProfileSettings(
                mean: Rate(2), dispersion: dispersion, shape: .diurnal)
            let profile = DemandProfile(settings, period: .seconds(1_800))
            let fit = try #require(DemandFit(trace(profile, weeks: 6, seed: seed)))
            #expect(abs(fit.goodness.pearson / dispersion - 1) < 0.12, "seed \(seed)")
            #expect(fit.goodness.degreesOfFreedom == 6 * 336 - 168)
            for hour in 0..<168 {
                let error = (profile.means[hour] * dispersion / 12).squareRoot()
                let off = abs(fit.profile.means[hour] - profile.means[hour])
                #expect(off < 4.5 * error, "seed \(seed), hour \(hour)")
            }
            #expect(fit.goodness.uniformity > 1e-3, "seed \(seed)")
            #expect(abs(fit.goodness.correlation) < 0.08, "seed \(seed)")
            #expect(fit.periods.allSatisfy { $0 == 12 })
            let gain = fit.goodness.gainOverPoisson
            #expect(dispersion > 1 ? gain > 0.1 : abs(gain) < 0.01, "seed \(seed): \(gain)")
        }
    }

    @Test("hours are those of the trace's clock, from Monday on")
    func hours() throws {
        // 1 January 1970 was a Thursday: its first hour is the 73rd of a week.
        var counts = [UInt32?](repeating: 5, count: 24)
        counts[0] = 50
        counts[1] = nil
        let trace = DemandTrace(
            source: "", start_s: 0, period: .seconds(3_600), counts: counts, notes: [])
        let fit = try #require(DemandFit(trace))
        #expect(fit.periods[72] == 1 && fit.periods[73] == 0 && fit.periods[71] == 0)
        #expect(fit.profile.means[72] == 50)
        // Without counts: the same hour of other days, or else the mean of all.
        #expect(fit.profile.means[0] == 50 && fit.profile.means[2] == 5)
        #expect(abs(fit.profile.means[73] - 160.0 / 23) < 1e-12)
        #expect(fit.notes.contains { $0.hasPrefix("145 of the 168 hours") })
        let unknown = DemandTrace(
            source: "", start_s: 0, period: .seconds(60), counts: [nil, nil], notes: [])
        #expect(DemandFit(unknown) == nil)
    }

    @Test("counts of another distribution do not pass for a negative binomial")
    func misfit() throws {
        var generator = SeededGenerator(seed: 3)
        let counts = (0..<10_080).map { _ -> UInt32? in
            Bool.random(using: &generator) ? 10 : 90
        }
        let trace = DemandTrace(
            source: "", start_s: 0, period: .seconds(60), counts: counts, notes: [])
        let fit = try #require(DemandFit(trace))
        #expect(fit.goodness.uniformity < 1e-6)
        #expect(fit.notes.contains { $0.contains("does not describe") })
    }

    @Test("a longer trace makes a narrower interval around the model's false alarms")
    func uncertainty() throws {
        let settings = ProfileSettings(mean: Rate(1), dispersion: 3)
        let profile = DemandProfile(settings, period: .seconds(3_600))
        let rule = AlarmSettings(period: .seconds(3_600), threshold: nil)
            .rule(at: RecordCount(3_850))
        var widths: [Double] = []
        for weeks in [2, 10] {
            let fit = try #require(DemandFit(trace(profile, weeks: weeks, seed: 8)))
            let found = FalseAlarms(of: fit, under: rule, draws: 24)
            let interval = try #require(found.interval)
            #expect(interval.contains(found.perMonth))
            widths.append(interval.upperBound / interval.lowerBound)
        }
        #expect(widths[1] < widths[0] / 1.5, "\(widths)")
    }
}
