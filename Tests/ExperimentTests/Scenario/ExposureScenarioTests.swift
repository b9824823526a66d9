import Foundation
import Results
import Testing
import Units

@testable import Experiment

@Suite("What a scenario says of demand, alarm, delays, money and targets")
struct ExposureScenarioTests {
    private func exposure(_ text: String) throws -> ExposureSettings {
        try ScenarioReader.read("exposure: { \(text) }", source: "s.yaml").scenario.exposure
    }

    @Test("the built-in scenario states all of it")
    func builtIn() throws {
        let exposure = try ScenarioReader.read("name: usual", source: "s.yaml").scenario.exposure
        #expect(
            exposure.demand
                == .profile(
                    ProfileSettings(mean: Rate(200), dispersion: 5, shape: .diurnal)))
        let alarm = try #require(exposure.alarm)
        #expect(alarm.period == .seconds(60) && alarm.threshold == nil)
        #expect(alarm.datapointsToAlarm == 3 && alarm.evaluationPeriods == 3)
        #expect(alarm.missing == .notBreaching && alarm.window == .sliding)
        #expect(
            exposure.delays
                == DelaySettings(
                    publish: ThreePoint(.seconds(10), .seconds(60), .seconds(120)),
                    response: .automatic(ThreePoint(.seconds(5))), endsSessions: true))
        #expect(exposure.horizon == nil && exposure.longestTheft == .seconds(241 * 86_400))
        #expect(exposure.confidence == Probability(0.95) && exposure.value == nil)
        #expect(exposure.detectors == nil && exposure.cost == CostSettings(currency: "USD"))
        #expect(exposure.targets == .usual)
    }

    @Test("a key that is left out keeps what the built-in scenario says beside it")
    func partsKept() throws {
        let exposure = try exposure(
            "demand: { mean: 30k/min }, alarm: { threshold: 30k, period: 10s }, "
                + "delays: { response: { human: [5m, 30m, 4h] } }, "
                + "targets: { records-lost: 5k }")
        #expect(
            exposure.demand
                == .profile(
                    ProfileSettings(
                        mean: Rate(30_000, per: .seconds(60)), dispersion: 5, shape: .diurnal)))
        #expect(exposure.alarm?.threshold == RecordCount(30_000))
        #expect(exposure.alarm?.period == .seconds(10) && exposure.alarm?.evaluationPeriods == 3)
        #expect(exposure.delays?.publish.likely == .seconds(60))
        #expect(
            exposure.delays?.response
                == .human(ThreePoint(.seconds(300), .seconds(1_800), .seconds(14_400))))
        #expect(exposure.targets?.recordsLost == RecordCount(5_000))
        #expect(exposure.targets?.falseAlarmsPerMonth == 1)
    }

    @Test("each part is read as it is written")
    func parts() throws {
        let exposure = try exposure(
            "horizon: 2d, confidence: 99%, value: { best: 1%, worth: 50% }, canaries: 1k, "
                + "budget: 50k, ewma: { weight: 0.2 }, cusum: { decision: 4 }, "
                + "cost: { record-price: [0.05, 1, 10], attacker-hourly: 20, devices: 2, "
                + "currency: EUR }, delays: { ends-sessions: false }")
        #expect(exposure.longestTheft == .seconds(172_800))
        #expect(exposure.confidence == Probability(0.99))
        #expect(exposure.value == ValueCurve(best: Probability(0.01), worth: Probability(0.5)))
        #expect(
            exposure.detectors
                == DetectorSettings(
                    canaries: 1_000, budget: RecordCount(50_000),
                    ewma: EWMASettings(weight: 0.2, limit: 3),
                    cusum: CUSUMSettings(reference: 0.5, decision: 4)))
        #expect(exposure.cost?.recordPrice == ThreePoint(0.05, 1, 10))
        #expect(exposure.cost?.attackerHourly == ThreePoint(20))
        #expect(exposure.cost?.devices == 2 && exposure.cost?.currency == "EUR")
        #expect(exposure.delays?.endsSessions == false)
    }

    @Test("a day's 24 weights hold for all seven, and 168 stand for themselves")
    func shapes() throws {
        let day = (0..<24).map(String.init).joined(separator: ", ")
        guard case .profile(let profile)? = try exposure("demand: { shape: [\(day)] }").demand,
            case .weekly(let weights) = profile.shape
        else {
            Issue.record("no weights were read")
            return
        }
        #expect(weights.count == 168 && weights[23] == 23 && weights[24 * 6 + 5] == 5)
    }

    @Test("none takes a part out, and with it what was built in")
    func none() throws {
        let exposure = try exposure(
            "demand: none, alarm: none, cost: none, targets: none, ewma: none")
        #expect(exposure.demand == nil && exposure.alarm == nil)
        #expect(exposure.cost == nil && exposure.targets == nil && exposure.detectors == nil)
    }

    private typealias Flag = (name: String, value: String)
    private static let trace: Flag = ("demand", "{ trace: calls.csv }")

    /// What flags make of the built-in scenario beside a trace of two hours of minutes.
    private func traced(_ flags: [Flag]) throws -> Result<Scenario, ScenarioError> {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("trace-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent("calls.csv")
        let lines = (0..<120).map { "\(345_600 + $0 * 60),\(100 + $0 % 7)\n" }
        try ("time,calls\n" + lines.joined()).write(to: file, atomically: true, encoding: .utf8)
        let overrides = flags.map { name, value in
            ScenarioOverride(
                flag: "--\(name)",
                yaml: "exposure: { \(name): \(value.replacing("calls.csv", with: file.path)) }")
        }
        do throws(ScenarioError) {
            let read = try ScenarioReader.read(
                nil, source: "the built-in scenario", overrides: overrides)
            return .success(read.scenario)
        } catch {
            return .failure(error)
        }
    }

    @Test("a trace is counted in the alarm's periods, whichever flag stands first")
    func tracePeriods() throws {
        let alarm: Flag = ("alarm", "{ period: 5m }")
        for flags in [[Self.trace, alarm], [alarm, Self.trace]] {
            guard case .trace(let trace)? = try traced(flags).get().exposure.demand else {
                Issue.record("no trace was read")
                return
            }
            #expect(trace.period == .seconds(300) && trace.counts.count == 24)
        }
    }

    @Test("an alarm's period that a trace does not fit is refused as a fault of the file")
    func traceMisfit() throws {
        let alarm: Flag = ("alarm", "{ period: 30s }")
        for flags in [[Self.trace, alarm], [alarm, Self.trace]] {
            guard case .failure(let error) = try traced(flags) else {
                Issue.record("it was taken")
                return
            }
            #expect(!error.isUsage && error.description.hasPrefix("--demand: "), "\(error)")
            #expect(
                error.description.hasSuffix(
                    "counts of every 1m cannot be regrouped to an alarm's period of 30s: give the "
                        + "alarm a period that is a multiple of 1m"), "\(error)")
        }
    }

    @Test("so is one that the trace of a stored run does not fit, and a multiple is taken")
    func storedMisfit() throws {
        let stored = try traced([Self.trace]).get()
        func projected(_ period: String) throws(ScenarioError) -> Scenario {
            let alarm = ScenarioOverride(
                flag: "--alarm", yaml: "exposure: { alarm: { period: \(period) } }")
            return try ScenarioReader.project(stored, overrides: [alarm])
        }
        #expect(try projected("2m").exposure.alarm?.period == .seconds(120))
        do throws(ScenarioError) {
            _ = try projected("30s")
            Issue.record("it was taken")
        } catch {
            #expect(!error.isUsage && error.description.hasPrefix("--alarm: "), "\(error)")
            #expect(error.description.contains("a multiple of 1m, or give the file"), "\(error)")
        }
        var older = stored
        older.exposure.alarm?.period = .seconds(30)
        #expect(throws: ScenarioError.self) {
            _ = try ScenarioReader.project(older, overrides: [])
        }
    }

    @Test("a profile in place of a trace needs a mean of its own")
    func profileAfterTrace() throws {
        guard case .failure(let error) = try traced([Self.trace, ("demand", "{ dispersion: 3 }")])
        else {
            Issue.record("it was taken")
            return
        }
        #expect(error.description.contains("a demand needs a mean"), "\(error)")
    }

    @Test("a threshold below the mean of a trace is refused, whichever flag stands first")
    func traceThreshold() throws {
        let alarm: Flag = ("alarm", "{ threshold: 50 }")
        for flags in [[Self.trace, alarm], [alarm, Self.trace]] {
            guard case .failure(let error) = try traced(flags) else {
                Issue.record("it was taken")
                return
            }
            #expect(error.description.contains("the alarm would always be on"), "\(error)")
        }
    }

    @Test("settings come back from a run's file as they were")
    func coding() throws {
        let before = try exposure(
            "value: { best: 1%, worth: 50% }, canaries: 3, cost: { triage: [1, 2, 3] }, "
                + "demand: { shape: flat }")
        let text = try JSONEncoder().encode(before)
        #expect(try JSONDecoder().decode(ExposureSettings.self, from: text) == before)
    }

    @Test("a rate alone is a steady demand, as bursty as the one before it")
    func rateAlone() throws {
        #expect(
            try exposure("demand: 30k/min").demand
                == exposure("demand: { mean: 30k/min, shape: flat }").demand)
        guard case .profile(let profile)? = try exposure("demand: 200/s").demand else {
            Issue.record("a rate is a profile")
            return
        }
        #expect(profile.mean == Rate(200) && profile.shape == .flat)
    }

    @Test(
        "a value that cannot be is refused in one sentence that names its key",
        arguments: [
            ("alarm: { datapoints-to-alarm: 4 }", "datapoints-to-alarm", "'4'"),
            ("alarm: { period: 45s }", "period", "'45s'"),
            ("alarm: { period: 70s }", "period", "'70s'"),
            ("alarm: { evaluation-periods: 1441 }", "evaluation-periods", "1441"),
            ("alarm: { period: 1h, evaluation-periods: 200 }", "evaluation-periods", "200"),
            ("alarm: { comparison: '=' }", "exposure.alarm.comparison", "'='"),
            ("alarm: { missing: zero }", "exposure.alarm.missing", "'zero'"),
            ("alarm: { threshold: -5 }", "exposure.alarm.threshold", "'-5'"),
            ("alarm: { threshold: 12k }", "exposure.alarm.threshold", "'12k'"),
            ("demand: { mean: 0/s }", "exposure.demand.mean", "'0/s'"),
            ("demand: { dispersion: 0.5 }", "exposure.demand.dispersion", "'0.5'"),
            ("demand: { shape: [1, 2] }", "exposure.demand.shape", "2 weights"),
            ("demand: { shape: wavy }", "exposure.demand.shape", "'wavy'"),
            ("demand: { trace: nowhere.csv }", "exposure.demand.trace", "nowhere.csv"),
            ("demand: { trace: a.csv, mean: 5/s }", "exposure.demand", "mean"),
            ("delays: { publish: [60s, 10s, 120s] }", "exposure.delays.publish", "must rise"),
            ("delays: { publish: [1s, 2s] }", "exposure.delays.publish", "2 values"),
            ("delays: { response: { robot: 1s } }", "'robot' is unknown", "automatic, human"),
            ("delays: { response: {} }", "exposure.delays.response", "human"),
            ("confidence: 100%", "exposure.confidence", "'100%'"),
            ("value: { best: 50%, worth: 1% }", "exposure.value", "worth"),
            ("cost: { record-price: -1 }", "exposure.cost.record-price", "'-1'"),
            ("cost: { attacker-hourly: [9, 5, 10] }", "exposure.cost.attacker-hourly", "rise"),
            ("ewma: { weight: 2 }", "exposure.ewma.weight", "'2'"),
            ("cusum: { decision: 0 }", "exposure.cusum.decision", "'0'"),
            ("targets: { records-lost: 0 }", "exposure.targets.records-lost", "'0'"),
            (
                "targets: { false-alarms-per-month: 0 }",
                "exposure.targets.false-alarms-per-month", "'0'"
            ),
            ("horizon: 1s", "exposure.horizon", "'1s'"),
            ("horizon: 1s", "must be at least 1m", "'1s'"),
            ("targets: { within: 0s }", "'0s' must be at least 1m", "targets.within"),
            ("targets: { false-alarms-per-month: 0 }", "more than 0 and at most a million", "0.01"),
            ("demand: 600", "'600' is no rate: write 600/s", "exposure.demand"),
            ("demand: 30k", "'30k' is no rate: write 30k/s", "exposure.demand"),
            ("demand: 200/x", "'200/x' is not a rate", "500/s"),
            ("demand: much", "'much' is no demand: write it as 200/s", "exposure.demand"),
        ])
    func refusals(_ text: String, _ key: String, _ given: String) throws {
        let sentence = try #require(complaint(about: "exposure:\n  { \(text) }"))
        #expect(sentence.contains("s.yaml, line 2: "), "\(sentence)")
        #expect(sentence.contains(key) && sentence.contains(given), "\(sentence)")
        #expect(!sentence.contains("\n"), "\(sentence)")
    }
}
