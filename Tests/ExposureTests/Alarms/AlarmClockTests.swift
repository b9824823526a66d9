import Exposure
import Results
import Testing
import Units

@Suite("Alarm clock")
struct AlarmClockTests {
    private func clock(
        _ needed: Int = 1, of periods: Int = 1, period: Int64, window: AlarmWindow = .sliding
    ) -> AlarmClock {
        AlarmClock(alarm(needed, of: periods, period: .seconds(period), window: window))
    }

    @Test("it is evaluated every ten seconds, every minute or every hour, as documented")
    func steps() {
        for period in [10, 20, 30] as [Int64] {
            #expect(clock(period: period).step == .seconds(10))
        }
        for period in [60, 300, 3_600, 86_400] as [Int64] {
            #expect(clock(period: period).step == .seconds(60))
            #expect(clock(period: period, window: .wallClock).step == .seconds(period))
        }
        // More than a day in all: every hour.
        #expect(clock(of: 24, period: 3_600).step == .seconds(60))
        #expect(clock(of: 25, period: 3_600).step == .seconds(3_600))
        #expect(clock(of: 7, period: 86_400).step == .seconds(3_600))
        #expect(clock(of: 17, period: 5_400).grain == .seconds(1_800))
    }

    @Test("a sliding hour is 13:07 to 14:07 and then 13:08 to 14:08, one of the clock 13 to 14")
    func stretches() {
        let (hour, minute) = (Nanoseconds.seconds(3_600), Nanoseconds.seconds(60))
        func at(_ hours: Int64, _ minutes: Int64) -> Nanoseconds {
            Nanoseconds(hours * hour.count + minutes * minute.count)
        }
        let sliding = clock(period: 3_600)
        let first = sliding.evaluation(notBefore: at(14, 7) - .seconds(20))
        #expect(sliding.stretch(0, at: first) == at(13, 7)..<at(14, 7))
        let next = sliding.evaluation(notBefore: first + Nanoseconds(1))
        #expect(sliding.stretch(0, at: next) == at(13, 8)..<at(14, 8))
        #expect(sliding.stretch(2, at: next) == at(11, 8)..<at(12, 8))
        let edged = clock(period: 3_600, window: .wallClock)
        #expect(edged.evaluation(notBefore: at(13, 7)) == at(14, 0))
        #expect(edged.evaluation(notBefore: at(14, 0)) == at(14, 0))
        #expect(edged.stretch(0, at: at(14, 0)) == at(13, 0)..<at(14, 0))
        #expect(edged.evaluation(notBefore: Nanoseconds(-1)) == .zero)
        #expect(edged.evaluation(notBefore: at(-1, 1)) == .zero)
    }

    @Test("weeks of the clock begin on Mondays")
    func mondays() {
        let weekly = clock(period: 604_800, window: .wallClock)
        // 2026-11-23 was a Monday.
        let monday = Nanoseconds.seconds(1_795_392_000)
        #expect(weekly.evaluation(notBefore: monday - Nanoseconds(1)) == monday)
        #expect(weekly.evaluation(notBefore: monday + Nanoseconds(1)) == monday + .seconds(604_800))
    }

    @Test("the documented five minutes are evaluated at the end of minute 5 and of minute 6")
    func fiveMinutes() {
        // Eleven operations in minutes 2 and 6 together, none in others.
        let minutes: [Double?] = [0, 6, 0, 0, 0, 5, 0, 0, 0, 0]
        #expect(clock(period: 300).breaches(of: minutes) == 1)
        #expect(clock(period: 300).onsets(in: minutes) == [.seconds(360)])
        // Periods of the clock see six in one and five in the other.
        let byFives: [Double?] = [6, 5]
        #expect(clock(period: 300, window: .wallClock).breaches(of: byFives) == 0)
    }

    @Test("it sees what whole arrays say, for steps that do and do not divide the period")
    func wholeArrays() {
        let clocks = [
            clock(2, of: 3, period: 20), clock(2, of: 2, period: 30), clock(1, of: 2, period: 300),
            clock(2, of: 17, period: 5_400), clock(2, of: 2, period: 120),
            clock(2, of: 3, period: 60), clock(2, of: 3, period: 300, window: .wallClock),
        ]
        for (index, clock) in clocks.enumerated() {
            for seed in 0..<20 as Range<UInt64> {
                for missing in MissingData.allCases {
                    compare(clock, missing, seed: seed &+ UInt64(index) << 32)
                }
            }
        }
    }

    /// An alarm that is evaluated by the book at every evaluation, from all grains so far.
    private func compare(_ clock: AlarmClock, _ missing: MissingData, seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let (needed, periods) = (clock.rule.datapointsToAlarm, clock.rule.evaluationPeriods)
        let rule = alarm(
            needed, of: periods, missing: missing, period: clock.rule.period,
            window: clock.rule.settings.window)
        let (length, step) = (clock.grainsInPeriod, clock.grainsInStep)
        let mean = 18.0 / Double(length)
        let grains: [Double?] = (0..<6 * length + 40).map { _ in
            Int.random(in: 0..<3, using: &generator) == 0
                ? nil : (Double.random(in: 0..<mean, using: &generator) * 4).rounded() / 4
        }
        var clocked = ClockedAlarm(AlarmClock(rule))
        var state = AlarmState.insufficientData
        for (index, grain) in grains.enumerated() {
            let found = clocked.receive(grain)
            guard (index + 1) % step == 0 else {
                #expect(found == nil)
                continue
            }
            // The periods back from here, oldest first.
            let points = (0..<periods + 2).reversed().map { age -> Bool? in
                let end = index + 1 - age * length
                let known = grains[max(0, end - length)..<max(0, end)].compactMap { $0 }
                return known.isEmpty ? nil : known.reduce(0, +) > 10
            }
            var reference = AlarmReference(needed: needed, periods: periods, missing: missing)
            reference.adopt(state)
            state = reference.evaluate(points)
            if found != state { Issue.record("seed \(seed), \(missing), grain \(index)") }
        }
    }

    @Test("a sliding window notices no later than one of the clock, and often sooner")
    func sooner() {
        var sooner = 0
        for seed in 0..<60 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let needed = Int.random(in: 1...3, using: &generator)
            // An attack of three a minute on at most one a minute, from a random minute on.
            let start = Int.random(in: 20..<30, using: &generator)
            let minutes: [Double?] = (0..<80).map { minute in
                .random(in: 0...1, using: &generator) + (minute >= start ? 3 : 0)
            }
            let fives: [Double?] = stride(from: 0, to: 80, by: 5).map {
                minutes[$0..<$0 + 5].compactMap { $0 }.reduce(0, +)
            }
            let sliding = clock(needed, of: 3, period: 300).onsets(in: minutes).first
            let edged = clock(needed, of: 3, period: 300, window: .wallClock).onsets(in: fives)
                .first
            guard let sliding, let edged else {
                Issue.record("seed \(seed): no alarm")
                continue
            }
            #expect(sliding <= edged, "seed \(seed)")
            if sliding < edged { sooner += 1 }
        }
        #expect(sooner > 20)
    }

    @Test("periods of a minute are the same sliding or by the clock")
    func minutes() {
        for seed in 0..<20 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let counts: [Double?] = randomPoints(
                50, missing: 0.2, breaching: 0.6, using: &generator
            ).map { $0.map { $0 ? 11 : 3 } }
            let rule = alarm(2, of: 3, missing: .missing)
            var (machine, clocked) = (AlarmMachine(rule), ClockedAlarm(AlarmClock(rule)))
            for count in counts {
                #expect(clocked.receive(count) == machine.receive(count), "seed \(seed)")
            }
            let edged = clock(2, of: 3, period: 60, window: .wallClock)
            #expect(clock(2, of: 3, period: 60).onsets(in: counts) == edged.onsets(in: counts))
        }
    }
}
