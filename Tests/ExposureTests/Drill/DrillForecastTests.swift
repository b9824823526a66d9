import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Forecast of a drill")
struct DrillForecastTests {
    private static let bucket = Policy.bucket(Rate(500), burst: 100)

    private func prediction(
        _ stage: DrillStage, perSecond: Double = 5_000, of throttle: Policy = .none,
        isWatched: Bool = false
    ) throws -> DrillPrediction {
        try #require(Stages.forecast(stage, perSecond: perSecond))
            .prediction(of: throttle, isWatched: isWatched)
    }

    private func expect(
        _ figure: DrillPrediction.Figure, is value: Double,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for (name, part) in [("mean", figure.mean), ("p50", figure.p50), ("p95", figure.p95)] {
            #expect(
                isClose(part, value, within: 1e-9), "\(name)", sourceLocation: sourceLocation)
        }
    }

    @Test("with no throttle he has X a second of the watch, or all rows once he is through")
    func open() throws {
        let many = try prediction(Stages.stage(rows: 20_000))
        expect(many.lost, is: 10_000)
        expect(many.containment, is: 2)
        let few = try prediction(Stages.stage(rows: 5_000))
        expect(few.lost, is: 5_000)
        expect(few.containment, is: 1)
        for prediction in [many, few] {
            #expect(prediction.alarm == nil && prediction.contained == 0)
            #expect(prediction.deniedShare == 0 && prediction.legitimateWait == nil)
            #expect(isClose(prediction.recordsPerSecond, 5_000))
        }
    }

    @Test("behind a bucket before which calls wait he has the burst, and what others do not take")
    func throttled() throws {
        let prediction = try prediction(Stages.stage(), of: Self.bucket)
        expect(prediction.lost, is: 100 + 300 * 2)
        expect(prediction.containment, is: 2)
        #expect(isClose(prediction.recordsPerSecond, 300, within: 1e-9))
        #expect(prediction.deniedShare == 0 && prediction.notes.count == 1)
        #expect(isClose(try #require(prediction.legitimateWait), 0.015, within: 1e-9))
    }

    @Test("behind a bucket of his own that refuses he has all of it")
    func ownBucket() throws {
        var throttle = Self.bucket
        (throttle.scope, throttle.onLimit) = (.perClient, .deny)
        let prediction = try prediction(Stages.stage(), of: throttle)
        expect(prediction.lost, is: 100 + 500 * 2)
        #expect(prediction.deniedShare == 0 && prediction.notes.isEmpty)
    }

    @Test("the interval of the rehearsal is that of an open theft, and means nothing to a bucket")
    func bounds() throws {
        let stage = Stages.stage(rows: 1_000_000)
        let forecast = try #require(
            DrillForecast(stage, rehearsal: [4_800, 5_000, 5_200], seed: 1))
        let open = forecast.prediction(of: .none, isWatched: false).lost
        let (low, high) = (try #require(open.low), try #require(open.high))
        #expect(low < open.mean && open.mean < high)
        // Of three rounds Student's t is 4.30.
        #expect((0.85...0.95).contains(low / open.mean))
        #expect((1.05...1.15).contains(high / open.mean))
        let throttled = forecast.prediction(of: Self.bucket, isWatched: false).lost
        #expect(isClose(try #require(throttled.low), throttled.mean, within: 1e-9))
        #expect(isClose(try #require(throttled.high), throttled.mean, within: 1e-9))
    }

    @Test("a thief who opened nothing in the rehearsal has no forecast")
    func nothing() {
        #expect(DrillForecast(Stages.stage(), rehearsal: [], seed: 1) == nil)
        #expect(DrillForecast(Stages.stage(), rehearsal: [0, 0], seed: 1) == nil)
    }

    @Test("a budget is spent with the first call beyond it")
    func budget() throws {
        let prediction = try prediction(Stages.stage(budget: 500), isWatched: true)
        expect(try #require(prediction.budget), is: 501)
        expect(prediction.lost, is: 501)
        expect(prediction.containment, is: 501.0 / 5_000)
        #expect(prediction.contained == 1 && prediction.alarm == nil)
    }

    @Test("a budget counts calls, however many records each of them opens")
    func joinedBudget() throws {
        let stage = Stages.stage(budget: 10, mechanism: "aes-cbc-pad", recordsPerCall: 64)
        let prediction = try prediction(stage, perSecond: 64_000, isWatched: true)
        #expect(prediction.recordsPerCall == 64)
        expect(try #require(prediction.budget), is: 11 * 64)
        expect(prediction.lost, is: 11 * 64)
        expect(prediction.containment, is: 0.011)
    }

    @Test("a budget ends nobody where nobody watches")
    func unwatchedBudget() throws {
        let prediction = try prediction(Stages.stage(budget: 500))
        expect(prediction.lost, is: 10_000)
        #expect(prediction.contained == 0)
    }

    @Test("joined records weaken a throttle that counts calls, and gain nothing where bytes count")
    func joined() throws {
        let stage = Stages.stage(
            rows: 1_000_000, mechanism: "aes-cbc-pad", recordsPerCall: 64)
        let calls = try prediction(stage, perSecond: 64_000, of: Self.bucket)
        #expect(isClose(calls.recordsPerSecond, 300 * 64, within: 1e-9))
        var throttle = Self.bucket
        throttle.charge = .bytes(ByteCount(272))
        // A record of 256 bytes is 272 sealed: one unit, of which users take 200 a second.
        let bytes = try prediction(stage, perSecond: 64_000, of: throttle)
        #expect(isClose(bytes.recordsPerSecond, 300, within: 1e-9))
    }

    @Test("an alarm that would come after the last row, or after a budget, ends no theft")
    func tooLate() throws {
        let alarm = Attacks.rule(250, period: .seconds(1)).settings
        // He is through after one second, and three periods are counted.
        let fast = Stages.stage(rows: 5_000, watch: .seconds(10), alarm: alarm)
        let through = try prediction(fast, isWatched: true)
        expect(through.lost, is: 5_000)
        #expect(through.contained == 0 && through.alarm == nil)
        let bounded = Stages.stage(watch: .seconds(10), alarm: alarm, budget: 500)
        let spent = try prediction(bounded, isWatched: true)
        expect(spent.lost, is: 501)
        #expect(spent.contained == 1 && spent.alarm == nil)
    }

    @Test("an alarm is raised once its count is published and evaluated")
    func delays() throws {
        let alarm = Attacks.rule(250, 1, of: 1, period: .seconds(1)).settings
        let delays = DelaySettings(
            publish: ThreePoint(.milliseconds(500)), evaluation: ThreePoint(.milliseconds(250)),
            response: .automatic(ThreePoint(.seconds(1))))
        // Whatever is left of the first period, its count is far beyond the threshold but for the
        // first twentieth of a second.
        let stage = Stages.stage(
            rows: 1_000_000, watch: .seconds(10), alarm: alarm, delays: delays)
        let prediction = try prediction(stage, isWatched: true)
        let raised = try #require(prediction.alarm)
        #expect((1.25...1.3).contains(raised.mean), "\(raised.mean)")
        #expect(isClose(prediction.containment.mean, raised.mean + 1, within: 1e-3))
        #expect(isClose(prediction.lost.mean, 5_000 * prediction.containment.mean, within: 1e-9))
        #expect(prediction.contained == 1)
    }

    @Test("a creeping thief adds as much as leaves the demand under the threshold")
    func creep() throws {
        let alarm = Attacks.rule(300, period: .seconds(1)).settings
        let watch = Nanoseconds.seconds(10)
        let stage = Stages.stage("creep", watch: watch, alarm: alarm)
        let forecast = try #require(Stages.forecast(stage, perSecond: 5_000))
        let played = PlayedDrill(
            name: "creep", creeps: true, rule: Attacks.rule(300, period: .seconds(1)), watch: 10)
        let level = try #require(forecast.creepLevel(under: .none))
        #expect(level == Double(played.creepLevel) && level > 0)
        // Who means to stay longer takes less at a time.
        let patient = try #require(forecast.creepLevel(under: .none, watch: .seconds(1_000)))
        #expect(patient < level)
        let sprint = try #require(
            Stages.forecast(Stages.stage(watch: watch, alarm: alarm), perSecond: 5_000))
        #expect(sprint.creepLevel(under: .none) == nil)
        // A bucket that he and the users do not fill holds nobody back.
        let throttled = forecast.prediction(of: Self.bucket, isWatched: true)
        #expect(isClose(throttled.recordsPerSecond, level))
        #expect(throttled.legitimateWait == nil && throttled.notes.isEmpty)
    }

    @Test("a creeping thief takes nothing where the demand alone breaches now and then")
    func nothingToCreep() throws {
        let alarm = Attacks.rule(210, period: .seconds(1)).settings
        let stage = Stages.stage("creep", watch: .seconds(10), alarm: alarm)
        let forecast = try #require(Stages.forecast(stage, perSecond: 5_000))
        #expect(forecast.creepLevel(under: .none) == 0)
        let prediction = forecast.prediction(of: .none, isWatched: true)
        expect(prediction.lost, is: 0)
        expect(prediction.containment, is: 0)
        #expect(prediction.contained == 0 && prediction.alarm == nil)
    }
}
