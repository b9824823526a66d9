import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Attacks against thefts gone through period by period")
struct PlainTheftTests {
    /// One case: small counts, so that every period is a matter of chance.
    struct Case: Sendable {
        let name: String
        let rule: AlarmRule
        let demand: DemandProfile
        let rate: UInt64
        let delay: Nanoseconds
        var horizon = Nanoseconds.seconds(30_000)
    }

    static let cases = [
        Case(
            name: "2 of 3", rule: Attacks.rule(45, 2, of: 3), demand: Attacks.steady(0.5),
            rate: 1, delay: .zero),
        Case(
            name: "rarely", rule: Attacks.rule(105, 2, of: 2), demand: Attacks.steady(0.5),
            rate: 1, delay: .seconds(600)),
        Case(
            name: "demand breaches too", rule: Attacks.rule(36, 3, of: 4),
            demand: Attacks.steady(0.5, dispersion: 3), rate: 1, delay: .seconds(90)),
        Case(
            name: "by hour", rule: Attacks.rule(110, 2, of: 3),
            demand: Attacks.diurnal(0.5, dispersion: 2), rate: 1, delay: .seconds(300),
            horizon: .seconds(90_000)),
        Case(
            name: "short horizon", rule: Attacks.rule(100, 3, of: 5),
            demand: Attacks.steady(0.5, dispersion: 4), rate: 1, delay: .seconds(30),
            horizon: .seconds(700)),
    ]

    @Test("a sprint's window and loss are those of thefts gone through", arguments: cases)
    func sprint(one: Case) throws {
        let attack = try Attacks.attack(
            perSecond: [Double(one.rate)], rule: one.rule, demand: one.demand,
            delays: DelaySettings(response: .automatic(ThreePoint(one.delay))),
            horizon: one.horizon, draws: 3_000)
        let theft = attack.containment(of: .sprint, datasets: [Attacks.endless])
        let plain = PlainTheft(
            rule: one.rule, demand: one.demand, delay: one.delay.seconds.value,
            horizon: one.horizon.seconds.value
        ) { Double(one.rate) * $0 }
        let (taken, window) = plain.estimates(250, seed: 7)
        #expect(
            abs(theft.window.mean - window.mean) < 5 * window.error + 1e-6,
            "\(one.name): \(theft.window.mean) against \(window)")
        #expect(
            abs(theft.losses[0].records.mean - taken.mean) < 5 * taken.error + 1e-6,
            "\(one.name): \(theft.losses[0].records.mean) against \(taken)")
    }

    @Test("under a bucket a sprint's burst may breach and its refill may not")
    func bucket() throws {
        let rule = Attacks.rule(60, 1, of: 1)
        let attack = try Attacks.attack(
            .bucket(Rate(15, per: .seconds(60)), burst: 25), perSecond: [10], rule: rule,
            demand: Attacks.steady(0.5), horizon: .seconds(20_000), draws: 2_000)
        let theft = attack.containment(of: .sprint, datasets: [Attacks.endless])
        let plain = PlainTheft(
            rule: rule, demand: Attacks.steady(0.5), delay: 0, horizon: 20_000
        ) { seconds in seconds > 0 ? min(10 * seconds, 25 + seconds / 4) : 0 }
        let (taken, window) = plain.estimates(400, seed: 3)
        #expect(
            abs(theft.window.mean - window.mean) < 5 * window.error, "\(theft.window) \(window)")
        #expect(abs(theft.losses[0].records.mean - taken.mean) < 5 * taken.error)
    }
}
