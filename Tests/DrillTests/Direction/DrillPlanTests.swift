import Experiment
import Results
import Testing
import Throttling
import Units

@testable import Drill

@Suite("What a drill will stage")
struct DrillPlanTests {
    private func plan(
        _ scenario: String? = nil, _ change: (inout DrillSettings) -> Void = { _ in }
    ) throws -> DrillPlan {
        let resolved = try ScenarioReader.read(scenario, source: "mine.yaml", overrides: [])
        var settings = DrillSettings(seed: 1)
        change(&settings)
        return try DrillPlan(resolved, settings, isBuiltIn: scenario == nil)
    }

    /// Each act with whether it is watched: `none`, `none watched`.
    private func acts(_ plan: DrillPlan) -> [String] {
        plan.acts.map { $0.throttle.keyForm + ($0.isWatched ? " watched" : "") }
    }

    @Test("the built-in scenario is played sixty times as fast, its alarm made for a steady demand")
    func builtIn() throws {
        let plan = try plan()
        #expect(plan.mechanism.rawValue == "aes-gcm" && plan.recordBytes == 256)
        #expect(plan.resolved.scenario.anchor.mechanisms == ["aes-gcm"])
        #expect(plan.speed == 60 && plan.scenarioPeriod == .seconds(60))
        #expect(plan.demand == 200 && plan.dispersion == 5)
        let alarm = try #require(plan.alarm)
        #expect(alarm.period == .seconds(1) && alarm.window == .wallClock)
        #expect(alarm.evaluationPeriods == 3 && alarm.datapointsToAlarm == 3)
        let threshold = try #require(alarm.threshold)
        #expect((201...2_000).contains(threshold.count), "\(threshold)")
        let bucket = "token-bucket-500ps-100"
        #expect(acts(plan) == ["none", bucket, "\(bucket) watched"])
        for note in ["aes-gcm, is staged", "staged at its mean", "was chosen for this steady"] {
            #expect(plan.notes.contains { $0.contains(note) }, "\(note)")
        }
    }

    @Test("alarm and people are as much quicker as is asked for, and the threshold as much smaller")
    func speed() throws {
        let plan = try plan("exposure: { alarm: { threshold: 20k } }") { $0.speed = 10 }
        #expect(plan.speed == 10 && plan.scenarioPeriod == .seconds(60))
        #expect(plan.alarm?.period == .seconds(6) && plan.period == .seconds(6))
        #expect(plan.alarm?.threshold == RecordCount(2_000))
        #expect(plan.delays.publish == ThreePoint(.seconds(1), .seconds(6), .seconds(12)))
        #expect(plan.delays.evaluation == ThreePoint(.zero))
        #expect(plan.delays.response == .automatic(ThreePoint(.milliseconds(500))))
        // Users are no quicker.
        #expect(plan.demand == 200)
        let fast = try self.plan("exposure: { alarm: { threshold: 20k } }")
        #expect(fast.alarm?.threshold == RecordCount(333) && fast.alarm?.period == .seconds(1))
        let slow = try self.plan("exposure: { alarm: { threshold: 20k } }") { $0.speed = 1 }
        #expect(slow.alarm?.threshold == RecordCount(20_000))
        #expect(slow.delays.publish == ThreePoint(.seconds(10), .seconds(60), .seconds(120)))
    }

    @Test("somebody who is called answers as much sooner, and stays somebody")
    func humans() throws {
        let plan = try plan("exposure: { delays: { response: { human: [5m, 30m, 4h] } } }")
        #expect(
            plan.delays.response
                == .human(ThreePoint(.seconds(5), .seconds(30), .seconds(240))))
    }

    @Test("a short period is played as fast as the gate counts, and no faster")
    func shortPeriod() throws {
        let plan = try plan("exposure: { alarm: { period: 10s, threshold: 4k } }")
        #expect(plan.speed == 10 && plan.period == .seconds(1))
        #expect(plan.alarm?.threshold == RecordCount(400))
    }

    @Test("a file's throttles are all staged alone, and all but none with the alarm")
    func fileActs() throws {
        let plan = try plan("name: mine")
        let (bucket, window) = ("token-bucket-500ps-100", "fixed-window-10k-1m-deny")
        #expect(
            acts(plan) == ["none", bucket, "\(bucket) watched", window, "\(window) watched"])
    }

    @Test("where there is no throttle the alarm watches without one")
    func onlyNone() throws {
        #expect(try acts(plan("throttles: [none]")) == ["none", "none watched"])
        let alone = try plan("throttles: [none]\nexposure: { alarm: none }")
        #expect(acts(alone) == ["none"] && alone.alarm == nil && alone.period == .seconds(1))
        #expect(alone.notes.contains("The scenario has no alarm: nobody stops the thief."))
        let budget = try plan("throttles: [none]\nexposure: { alarm: none, budget: 5k }")
        #expect(acts(budget) == ["none", "none watched"])
        #expect(budget.budget == RecordCount(5_000))
    }

    @Test("canaries are staged, and watched for without an alarm on the counts")
    func canaries() throws {
        let plan = try plan("throttles: [none]\nexposure: { alarm: none, canaries: 2k }")
        #expect(plan.canaries == 2_000 && plan.canaryRows.ids.count == 2_000)
        #expect(acts(plan) == ["none", "none watched"])
        #expect(!plan.notes.contains { $0.contains("anaries") || $0.contains("nobody stops") })
        let none = try self.plan()
        #expect(none.canaries == 0 && none.canaryRows.ids.isEmpty)
    }

    @Test(
        "a mechanism under which every record begins at random can have canaries",
        arguments: ["aes-gcm", "aes-cbc-pad", "aes-ctr", "rsa-pkcs", "rsa-oaep"])
    func canaryMechanisms(_ mechanism: String) throws {
        let plan = try plan("anchor: { mechanism: [\(mechanism)] }\nexposure: { canaries: 5 }")
        #expect(plan.canaries == 5)
    }

    @Test(
        "who keeps below a threshold is staged under it alone",
        arguments: ["creep", "fill", "pulse"])
    func quietThief(_ strategy: String) throws {
        let plan = try plan { $0.strategy = strategy }
        #expect(acts(plan) == ["none watched", "token-bucket-500ps-100 watched"])
    }

    @Test("a watched theft is let go on for as long as the slowest alarm takes, and others as told")
    func watches() throws {
        let plan = try plan("exposure: { alarm: { threshold: 20k } }") {
            ($0.speed, $0.watch) = (10, .seconds(4))
        }
        // Three periods to see, four to spare, 12 s to publish and half a second to answer.
        for act in plan.acts {
            #expect(act.watch == (act.isWatched ? .milliseconds(54_500) : .seconds(4)))
        }
        let patient = try self.plan { $0.watch = .seconds(100) }
        #expect(patient.acts.allSatisfy { $0.watch == .seconds(100) })
        let budget = try self.plan("exposure: { alarm: none, budget: 5k }")
        #expect(budget.acts.allSatisfy { $0.watch == DrillSettings(seed: 1).watch })
    }

    @Test("without a demand nobody but the thief calls, and the reader is told")
    func noDemand() throws {
        let plan = try plan("exposure: { demand: none, alarm: none }")
        #expect(plan.demand == 0 && plan.dispersion == 1)
        #expect(
            plan.notes.contains("The scenario states no demand: nobody but the thief calls."))
    }

    @Test("with RSA a row is a data key")
    func rsa() throws {
        let plan = try plan("anchor: { mechanism: [rsa-oaep] }")
        #expect(plan.recordBytes == 32 && plan.mechanism.isRSA)
    }

    @Test("the plan in words names rows, thefts and defences")
    func words() throws {
        let plan = try plan { $0.makeQuick() }
        #expect(plan.inWords.hasPrefix("3 thefts (sprint) of 5,000 rows behind each of: none, "))
        #expect(plan.inWords.hasSuffix("token-bucket-500ps-100 with alarm"))
        let longer = try self.plan { $0.rows = RecordCount(1_000_000) }
        #expect(plan.duration < longer.duration)
    }

    @Test("more repetitions, and a slower alarm, take longer")
    func duration() throws {
        let usual = try plan().duration
        let (twice, slow) = (try plan { $0.repetitions = 10 }, try plan { $0.speed = 10 })
        #expect(twice.duration > usual && slow.duration > usual)
    }
}

@Suite("What a drill does not stage")
struct DrillPlanRefusalTests {
    /// What it is refused with.
    private func refusal(
        _ scenario: String?, _ change: (inout DrillSettings) -> Void = { _ in }
    ) throws -> String {
        let resolved = try ScenarioReader.read(scenario, source: "mine.yaml", overrides: [])
        var settings = DrillSettings(seed: 1)
        change(&settings)
        let error = #expect(throws: ScenarioError.self) {
            try DrillPlan(resolved, settings, isBuiltIn: scenario == nil)
        }
        return error?.description ?? ""
    }

    @Test("a key that belongs to one process")
    func sessionKey() throws {
        let sentence = try refusal("anchor: { key: session }")
        #expect(sentence.contains("a drill needs a key that several processes open"))
        #expect(sentence.contains("';object=LABEL'"))
        let unnamed = try refusal(
            "anchor: { uri: 'pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:PIN' }")
        #expect(unnamed == sentence)
    }

    @Test("an operation that seals no rows", arguments: ["unwrap", "mac"])
    func operations(_ operation: String) throws {
        let sentence = try refusal("anchor: { operation: \(operation) }")
        #expect(sentence.hasPrefix("'anchor.operation: \(operation)': "))
        #expect(sentence.hasSuffix("take 'decrypt'"))
    }

    @Test(
        "a speed at which the gate could not count, or none",
        arguments: [0.5, 0, -1, 61, .infinity, .nan])
    func speeds(_ speed: Double) throws {
        let sentence = try refusal(nil) { $0.speed = speed }
        #expect(sentence.hasPrefix("--speed "), "\(sentence)")
        #expect(sentence.contains("can be played at 1 to 60 times its speed"), "\(sentence)")
    }

    @Test("a strategy that is none of those that are staged")
    func strategy() throws {
        let sentence = try refusal(nil) { $0.strategy = "harvest" }
        #expect(sentence == "--strategy harvest: a drill stages sprint, creep, fill, pulse")
    }

    @Test(
        "one who keeps below a threshold, where there is none",
        arguments: ["creep", "fill", "pulse"])
    func noThreshold(_ strategy: String) throws {
        let sentence = try refusal("exposure: { alarm: none }") { $0.strategy = strategy }
        #expect(sentence.hasPrefix("--strategy \(strategy): "))
        #expect(sentence.contains("state 'exposure.alarm', or take sprint"))
    }

    @Test("more canaries than a tenth of the rows, or than the sealer can name")
    func canaries() throws {
        let many = try refusal("exposure: { canaries: 2001 }")
        #expect(many.hasPrefix("'exposure.canaries: 2001': of 20k rows at most 2k can be"))
        let most = try refusal("exposure: { canaries: 100001 }") {
            $0.rows = RecordCount(10_000_000)
        }
        #expect(most.contains("at most 100k can be") && most.contains("more --rows"))
    }

    @Test("canaries that are too short to be known by their first eight bytes")
    func shortCanaries() throws {
        let sentence = try refusal(
            "anchor: { mechanism: [aes-ctr] }\nrecord-bytes: [7B]\nexposure: { canaries: 1 }")
        #expect(sentence.hasPrefix("'exposure.canaries: 1': a gate knows a canary by"))
        #expect(sentence.contains("aes-ctr of 7 bytes"))
    }

    @Test("records joined where the mechanism joins none, or by one who does not sprint")
    func batches() throws {
        let gcm = try refusal(nil) { $0.recordsPerCall = 4 }
        #expect(gcm.hasPrefix("--batch 4: records of aes-gcm cannot be joined"))
        #expect(gcm.contains("--mechanism aes-cbc-pad"))
        let creep = try refusal("anchor: { mechanism: [aes-cbc-pad] }") {
            ($0.recordsPerCall, $0.strategy) = (4, "creep")
        }
        #expect(creep.hasPrefix("--batch 4: who joins records sprints"))
    }
}
