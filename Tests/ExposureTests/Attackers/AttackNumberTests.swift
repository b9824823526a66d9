import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Attacks, worked numbers")
struct AttackNumberTests {
    private let endless = Attacks.endless

    @Test("500/s above 200/s against 30,000 a minute in 3 of 3 is noticed after 186 s on average")
    func meanTimeToAlarm() throws {
        let attack = try Attacks.attack(perSecond: [500], draws: 2_560)
        let theft = attack.containment(of: .sprint, datasets: [endless])
        let alarm = try #require(theft.alarm)
        #expect(abs(alarm.mean - 186) < 0.3, "\(alarm.mean)")
        // Begun just too late for the first period to breach: the stratum next to 36 s of it and
        // three whole ones.
        #expect(abs(alarm.worstPhase - 214.7) < 0.3, "\(alarm.worstPhase)")
        #expect(theft.isContained == 1)
        let loss = theft.losses[0].records
        #expect(isClose(loss.mean, 500 * alarm.mean, within: 1e-9))
        #expect(isClose(theft.recordsPerSecond, 500))
        #expect(theft.losses[0].allLeave == 0)
    }

    @Test("below 30,000 a minute 25.9 million a day leave beside 200/s; a pulse averages 806,000")
    func leaks() throws {
        let attack = try Attacks.attack()
        let fill = attack.containment(of: .fill, datasets: [endless])
        #expect(isClose(fill.losses[0].records.mean, 25_920_000, within: 1e-9))
        #expect(fill.isContained == 0 && fill.alarm == nil && fill.window.mean == 86_400)
        let pulse = attack.containment(of: .pulse, datasets: [endless])
        #expect(isClose(pulse.recordsPerSecond * 60, 806_000, within: 1e-9))
        #expect(isClose(try #require(attack.leakPerPeriod), 806_000, within: 1e-9))
        #expect(isClose(try #require(attack.leak), 806_000 * 1_440, within: 1e-9))
        #expect(isClose(pulse.losses[0].records.mean, 806_000 * 1_440, within: 1e-3))
    }

    @Test("no strategy takes more than what the worst one is said to")
    func best() throws {
        let attack = try Attacks.attack()
        let sets = [RecordCount(10_000), RecordCount(10_000_000), endless]
        let best = attack.containment(of: .best, datasets: sets)
        for strategy in Strategy.allCases {
            let other = attack.containment(of: strategy, datasets: sets)
            for (left, right) in zip(best.losses, other.losses) {
                #expect(left.records.mean >= right.records.mean, "\(strategy)")
            }
        }
    }
}
