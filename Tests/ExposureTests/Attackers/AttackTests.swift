import Exposure
import Foundation
import Results
import Testing
import Throttling
import Units

@Suite("Attacks")
struct AttackTests {
    private let sets = [RecordCount(1_000), RecordCount(1_000_000), Attacks.endless]

    @Test("one seed gives the same figures again, another one nearly the same")
    func seeds() throws {
        func told(_ seed: UInt64) throws -> [Containment] {
            let attack = try Attacks.attack(
                perSecond: [700, 800], rule: Attacks.rule(1_000, 2, of: 3),
                demand: Attacks.steady(10, dispersion: 5),
                delays: DelaySettings(
                    response: .human(ThreePoint(.seconds(60), .seconds(600), .seconds(3_600)))),
                draws: 640, seed: seed)
            return Strategy.allCases.map { attack.containment(of: $0, datasets: sets) }
        }
        let (first, again, other) = (try told(1), try told(1), try told(2))
        #expect(first == again)
        #expect(first != other)
        for (left, right) in zip(first, other) {
            let (left, right) = (left.losses[1].records.mean, right.losses[1].records.mean)
            #expect(isClose(left, right, within: 0.05), "\(left) and \(right)")
        }
    }

    @Test("who nobody watches takes all that can be had until the horizon")
    func unwatched() throws {
        let attacks = [
            try Attacks.attack(rule: nil), try Attacks.attack(demand: nil),
            try Attacks.attack(rule: Attacks.rule(30_000, comparison: .lessThan)),
            try Attacks.attack(rule: Attacks.rule(30_000, comparison: .lessOrEqual)),
        ]
        for attack in attacks {
            for strategy in Strategy.allCases where strategy != .harvest {
                let theft = attack.containment(of: strategy, datasets: sets)
                #expect(theft.isContained == 0 && theft.alarm == nil)
                #expect(theft.window.mean == 86_400)
                #expect(isClose(theft.losses[2].records.mean, 20_000 * 86_400))
                #expect(theft.losses[1].allLeave == 1 && theft.losses[1].records.p50 == 1e6)
            }
            #expect(attack.leak == nil)
            #expect(attack.story(of: .sprint, dataset: sets[0]) == nil)
        }
    }

    @Test("a revocation that ends no session ends no theft")
    func openSessions() throws {
        let attack = try Attacks.attack(delays: DelaySettings(endsSessions: false))
        for strategy in [Strategy.sprint, .creep, .best] {
            let theft = attack.containment(of: strategy, datasets: sets)
            #expect(theft.isContained == 0 && theft.alarm == nil && theft.window.p50 == 86_400)
        }
        let sprint = attack.containment(of: .sprint, datasets: sets)
        #expect(isClose(sprint.losses[2].records.mean, 20_000 * 86_400))
    }

    @Test("the alarm counts operations, however many records each opens")
    func joined() throws {
        let one = try Attacks.attack(perSecond: [500])
            .containment(of: .sprint, datasets: sets)
        let ten = try Attacks.attack(perSecond: [500], recordsPerOperation: 10)
            .containment(of: .sprint, datasets: sets)
        #expect(one.alarm == ten.alarm && one.window == ten.window)
        #expect(isClose(ten.losses[2].records.mean, 10 * one.losses[2].records.mean))
        #expect(isClose(ten.losses[2].records.worstPhase, 10 * one.losses[2].records.worstPhase))
        #expect(isClose(ten.recordsPerSecond, 5_000))
    }

    @Test("delays lengthen the window by what they take, and the horizon cuts it")
    func delays() throws {
        let response = ThreePoint<Nanoseconds>(.seconds(300), .seconds(1_800), .seconds(14_400))
        func window(_ horizon: Int64) throws -> Containment {
            try Attacks.attack(
                delays: DelaySettings(
                    publish: ThreePoint(.seconds(10), .seconds(60), .seconds(120)),
                    response: .human(response)), horizon: .seconds(horizon)
            ).containment(of: .sprint, datasets: sets)
        }
        let long = try window(86_400)
        // PERT means of (low + 4 · likely + high) / 6.
        let mean: Double = 3_650 + 370.0 / 6
        let alarm = try #require(long.alarm)
        #expect(isClose(long.window.mean, alarm.mean + mean, within: 0.02))
        #expect(long.window.p95 > long.window.mean && long.window.p50 < long.window.mean)
        // Strata differ by the phase alone, not by the luck of their delays.
        #expect(long.window.worstPhase < long.window.mean + 200)
        let short = try window(1_000)
        #expect(short.window.p95 == 1_000 && short.isContained < 0.5 && short.isContained > 0)
    }

    @Test("a creep adds the largest whole number that keeps the horizon quiet")
    func creep() throws {
        let distribution = CountDistribution(mean: 30, dispersion: 2)
        for (limit, horizon) in [(UInt64(100), 1_440.0), (90, 60), (120, 100_000)] {
            let attack = try Attacks.attack(
                rule: Attacks.rule(limit, 1, of: 1), demand: Attacks.steady(0.5, dispersion: 2),
                horizon: .seconds(Int64(horizon) * 60), draws: 1_280)
            let theft = attack.containment(of: .creep, datasets: sets)
            let added = theft.recordsPerSecond * 60
            #expect(isClose(added, added.rounded(), within: 1e-9))
            func quiet(_ operations: Double) -> Double {
                let left = UInt64(Double(limit) - operations)
                return pow(1 - distribution.probability(above: left), horizon)
            }
            #expect(quiet(added.rounded()) >= 0.95 && quiet(added.rounded() + 1) < 0.95)
            // With M = 1 a breach is an alarm.
            let expected = 1 - quiet(added.rounded())
            #expect(abs(theft.isContained - expected) < 0.02, "\(theft.isContained) \(expected)")
        }
    }

    @Test("where the demand breaches sooner by itself a creep takes nothing and is not found")
    func noRoom() throws {
        let attack = try Attacks.attack(
            rule: Attacks.rule(40, 1, of: 1), demand: Attacks.steady(0.5, dispersion: 2))
        let theft = attack.containment(of: .creep, datasets: sets)
        #expect(theft.recordsPerSecond == 0 && theft.losses[2].records.mean == 0)
        #expect(theft.losses[2].timeToAll.isNever && theft.isContained == 0)
    }

    @Test("fill, pulse and creep stay within what the throttle sustains")
    func throttled() throws {
        let attack = try Attacks.attack(.bucket(Rate(100), burst: 50))
        for strategy in [Strategy.creep, .fill, .pulse] {
            let theft = attack.containment(of: strategy, datasets: sets)
            #expect(isClose(theft.recordsPerSecond, 100), "\(strategy)")
            #expect(theft.losses[2].records.p95 <= 100 * 86_400 + 50.001, "\(strategy)")
        }
        // A throttle below the threshold is not noticed: the sprint takes all of it.
        let sprint = attack.containment(of: .sprint, datasets: sets)
        #expect(sprint.isContained == 0)
        #expect(isClose(sprint.losses[2].records.mean, 100 * 86_400 + 50))
    }

    @Test("a harvest keeps N (1 − e^(−n/N)) distinct records of n that others open")
    func harvest() throws {
        let theft = try Attacks.attack(recordsPerOperation: 4)
            .containment(of: .harvest, datasets: sets)
        let opened = 200 * 86_400.0 * 4
        for loss in theft.losses {
            let size = Double(loss.dataset.count)
            #expect(
                isClose(loss.records.mean, size * (1 - exp(-opened / size)), within: 1e-6))
            #expect(isClose(loss.timeToAll.value, size * log(size) / 800, within: 1e-9))
        }
        #expect(theft.isContained == 0 && theft.alarm == nil)
        #expect(theft.losses[0].allLeave == 1 && theft.losses[1].allLeave == 1)
        #expect(theft.losses[2].allLeave == 0)
    }

    @Test("the best hundredth worth half makes half the value of a hundredth of the records")
    func values() throws {
        let curve = ValueCurve(best: Probability(0.01), worth: Probability(0.5))
        let attack = try Attacks.attack(
            perSecond: [100], rule: nil, horizon: .seconds(100), value: curve)
        let theft = attack.containment(
            of: .sprint, datasets: [RecordCount(1_000_000), RecordCount(10_000), RecordCount(10)])
        let shares = try theft.losses.map { try #require($0.valueShare) }
        #expect(isClose(shares[0], 0.5, within: 1e-9))
        #expect(isClose(shares[1], 1, within: 1e-9) && isClose(shares[2], 1, within: 1e-9))
        let plain = try Attacks.attack(draws: 64).containment(of: .sprint, datasets: sets)
        #expect(plain.losses[0].valueShare == nil)
    }

    @Test("with several rounds the mean lies between its bounds, with one there are none")
    func bounds() throws {
        let attack = try Attacks.attack(perSecond: [450, 500, 550], draws: 640)
        let one = try Attacks.attack(perSecond: [500], draws: 640)
        for strategy in Strategy.allCases {
            for loss in attack.containment(of: strategy, datasets: sets).losses {
                let (low, high) = (try #require(loss.low), try #require(loss.high))
                // Rounding apart; a faster thief may be noticed sooner, but not by so much.
                #expect(low <= loss.records.mean * 1.02, "\(strategy)")
                #expect(high >= loss.records.mean * 0.98, "\(strategy)")
            }
            let loss = one.containment(of: strategy, datasets: sets).losses[0]
            #expect(loss.low == nil && loss.high == nil)
        }
    }

    @Test("centuries of periods take no longer than days, and nothing overflows")
    func ages() throws {
        let attack = try Attacks.attack(
            .bucket(Rate(10), burst: 10), rule: Attacks.rule(30_000, 2, of: 3),
            demand: Attacks.diurnal(200, period: .seconds(600), dispersion: 5),
            horizon: .seconds(9_000_000_000), draws: 32)
        let sets = [RecordCount(1_000_000_000_000_000_000)]
        for strategy in Strategy.allCases {
            let loss = attack.containment(of: strategy, datasets: sets).losses[0]
            #expect(loss.records.mean.isFinite && loss.records.mean >= 0, "\(strategy)")
            #expect(!loss.timeToAll.value.isNaN)
        }
    }
}
