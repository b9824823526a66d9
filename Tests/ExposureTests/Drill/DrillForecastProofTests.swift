import Exposure
import Results
import Testing
import Throttling
import Units

/// Thefts that were played call by call beside legitimate calls, against what is foretold of them.
@Suite("Proof of a drill's forecast")
struct DrillForecastProofTests {
    private static let thefts = 250

    @Test(
        "what is foretold of thefts beside legitimate calls happens in play",
        arguments: PlayedDrill.cases)
    func played(drill: PlayedDrill) throws {
        let forecast = try #require(Stages.forecast(drill.stage, perSecond: drill.perSecond))
        let prediction = forecast.prediction(of: drill.policy, isWatched: true)
        let outcomes = drill.outcomes(Self.thefts, seed: 1)
        // Calls in flight are whole ones, and some legitimate calls wait behind those of the thief.
        let slack = Double(drill.callers) + 3
        expect(prediction.lost.mean, outcomes.map(\.records), slack: slack, "\(drill.name): lost")
        expect(
            prediction.containment.mean, outcomes.map(\.end), slack: 0.01,
            "\(drill.name): containment")
        let ended = outcomes.count { $0.cause == .alarm || $0.cause == .budget }
        let share = Double(ended) / Double(Self.thefts)
        #expect(abs(prediction.contained - share) <= 0.02, "\(drill.name): contained \(share)")
        let alarms = outcomes.compactMap(\.alarm)
        if drill.endsByAlarm {
            #expect(alarms.count == Self.thefts, "\(drill.name): \(alarms.count) alarms")
            let alarm = try #require(prediction.alarm)
            expect(alarm.mean, alarms, slack: 0.01, "\(drill.name): alarm")
        } else {
            #expect(alarms.isEmpty, "\(drill.name): \(alarms.count) alarms")
        }
        // What others take of a shared throttle is a matter of chance that the models leave out.
        let chance = 2 * (drill.demand * (outcomes.map(\.end).max() ?? 0)).squareRoot()
        expectShare(
            of: outcomes, upTo: prediction.lost.p95, slack: slack + chance, drill.name)
    }

    /// A mean within the interval of those played, 4 standard errors wide to either side.
    private func expect(
        _ mean: Double, _ values: [Double], slack: Double, _ name: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let played = PlainTheft.Estimate(values)
        #expect(
            abs(mean - played.mean) <= 4 * played.error + slack,
            "\(name): \(mean) against \(played)", sourceLocation: sourceLocation)
    }

    /// 95 of 100 thefts lose no more than is foretold of them, give or take 4 standard deviations.
    private func expectShare(
        of outcomes: [PlayedDrill.Outcome], upTo p95: Double, slack: Double, _ name: String
    ) {
        func share(_ isMeant: (PlayedDrill.Outcome) -> Bool) -> Double {
            Double(outcomes.count(where: isMeant)) / Double(outcomes.count)
        }
        let spread = 4 * (0.95 * 0.05 / Double(outcomes.count)).squareRoot()
        #expect(share { $0.records <= p95 + slack } >= 0.95 - spread, "\(name): \(p95)")
        #expect(share { $0.records < p95 - slack } <= 0.95 + spread, "\(name): \(p95)")
    }
}

extension PlayedDrill: CustomTestStringConvertible {
    var testDescription: String { name }

    /// Sprints under an alarm behind each kind of throttle, and thefts that something else ends.
    fileprivate static let cases: [PlayedDrill] = [
        PlayedDrill(
            name: "no throttle", perSecond: 600, demand: 100, rule: alarm(250),
            delays: quick, watch: 6),
        PlayedDrill(
            name: "a bucket before which all wait", throttle: .shared(500, burst: 100),
            rule: alarm(300), delays: quick),
        PlayedDrill(
            name: "a bucket of his own that refuses", throttle: .own(300, burst: 50), callers: 1,
            demand: 100, rule: alarm(250), delays: quick),
        PlayedDrill(
            name: "two of three periods", throttle: .own(300, burst: 50), callers: 1,
            demand: 100, rule: alarm(250, 2), delays: quick),
        PlayedDrill(
            name: "nobody in time", throttle: .shared(500, burst: 100), rule: alarm(300),
            delays: quick, watch: 2),
        PlayedDrill(
            name: "all rows first", perSecond: 600, demand: 100, rows: 1_200, rule: alarm(250),
            delays: quick, watch: 6),
        PlayedDrill(
            name: "a sprint into a budget", throttle: .shared(500, burst: 100),
            rule: alarm(300), delays: slow, budget: 150),
        PlayedDrill(
            name: "a creep into a budget", creeps: true, rule: alarm(300), delays: slow,
            watch: 10, budget: 200),
    ]

    private static func alarm(_ threshold: UInt64, _ m: Int = 3) -> AlarmRule {
        Attacks.rule(threshold, m, of: 3, period: .seconds(1))
    }

    private static func delays(
        _ low: Int64, _ likely: Int64, _ high: Int64
    ) -> DelaySettings {
        func range(_ low: Int64, _ likely: Int64, _ high: Int64) -> ThreePoint<Nanoseconds> {
            ThreePoint(.milliseconds(low), .milliseconds(likely), .milliseconds(high))
        }
        return DelaySettings(
            publish: range(200, 500, 1_000), response: .automatic(range(low, likely, high)))
    }

    private static let quick = delays(50, 100, 300)
    private static let slow = delays(200, 500, 1_000)

    /// Whether every theft is ended by the alarm, or none is.
    fileprivate var endsByAlarm: Bool { budget == nil && rows > 10_000 && watch > 5 }

    /// The same for the forecast.
    fileprivate var stage: DrillStage {
        Stages.stage(
            creeps ? "creep" : "sprint", rows: UInt64(rows), demand: demand, callers: callers,
            watch: Nanoseconds(Int64(watch * 1e9)), alarm: rule?.settings, delays: delays,
            budget: budget.map { UInt64($0) })
    }

    fileprivate var policy: Policy {
        switch throttle {
        case .none: return .none
        case .shared(let rate, let burst): return .bucket(Rate(rate), burst: burst)
        case .own(let rate, let burst):
            var policy = Policy.bucket(Rate(rate), burst: burst, scope: .perClient)
            policy.onLimit = .deny
            return policy
        }
    }
}
