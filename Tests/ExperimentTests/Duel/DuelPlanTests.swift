import Results
import Testing

@testable import Experiment

@Suite("Which cells a duel runs")
struct DuelPlanTests {
    private func plan(_ yaml: String, hasNullModule: Bool = true) throws -> Plan {
        let resolved = try ScenarioReader.read(
            yaml + "\nwarm-up: 50ms\nduration: 250ms", source: "s.yaml")
        return try Plan(
            resolved.scenario, anchorName: resolved.anchor.shortName, processors: 1, seed: 1,
            hasNullModule: hasNullModule)
    }

    private let uri = "anchor: { uri: 'pkcs11:token=t?module-path=/m.so', mechanism: [aes-gcm] }"

    @Test("by default the first cell that shows what an anchor can do, with its control")
    func first() throws {
        let plan = try DuelPlan(baseline: plan(""), candidate: plan(""), .first)
        #expect(plan.pairs.map(\.keys) == [["aes-gcm-256/256B/closed-1/none"]])
        for side in [plan.baseline, plan.candidate] {
            #expect(side.cells.map(\.isFloor) == [false, true])
            #expect(side.groups == [[0], [1]] && side.processes == 1)
            #expect(plan.control(of: plan.pairs[0], in: side) == 1)
        }
        #expect(plan.missing.isEmpty && plan.extra.isEmpty)
    }

    @Test("the anchor and the kind of its key are no part of a pair's key")
    func kindOfKey() throws {
        let plan = try DuelPlan(
            baseline: plan("anchor: { mechanism: [aes-gcm] }"), candidate: plan(uri), .all)
        #expect(plan.missing.isEmpty && plan.extra.isEmpty)
        #expect(plan.pairs.count == plan.baseline.cells.count { $0.isAnchored })
        for pair in plan.pairs {
            let (one, other) = (
                plan.baseline.cells[pair.baseline[0]], plan.candidate.cells[pair.candidate[0]]
            )
            #expect(other.key == one.key + "/session-key")
            #expect(other.anchor != one.anchor)
        }
        #expect(plan.baseline.cells.allSatisfy { !$0.isBaseline })
    }

    @Test("what an anchor refuses is a cell that only the other has, and the rest is run")
    func refused() throws {
        let yaml =
            "load: { closed: [1], processes: [1] }\nthrottles: [none]\n"
            + "anchor: { mechanism: [aes-gcm, rsa-oaep, aes-ctr] }"
        let plan = try DuelPlan(baseline: plan(yaml), candidate: plan(yaml), .all)
            .without(baseline: ["aes-ctr"], candidate: ["rsa-oaep", "aes-ctr"])
        #expect(plan.pairs.map(\.keys) == [["aes-gcm-256/256B/closed-1/none"]])
        #expect(plan.missing == ["rsa-oaep-2048/32B/closed-1/none"] && plan.extra.isEmpty)
        let kept = Set((plan.baseline.cells + plan.candidate.cells).map(\.mechanism))
        #expect(kept == ["aes-gcm"])
    }

    @Test("what only one of the two has is named, and not run")
    func unlike() throws {
        let one = "load: { closed: [1, 2], processes: [1] }\nthrottles: [none]\n"
        let two = "load: { closed: [2, 4], processes: [1] }\nthrottles: [none]\n"
        let plan = try DuelPlan(
            baseline: plan(one + "anchor: { mechanism: [aes-gcm] }"),
            candidate: plan(two + "anchor: { mechanism: [aes-gcm] }"), .all)
        #expect(plan.pairs.map(\.keys) == [["aes-gcm-256/256B/closed-2/none"]])
        #expect(plan.missing == ["aes-gcm-256/256B/closed-1/none"])
        #expect(plan.extra == ["aes-gcm-256/256B/closed-4/none"])
        let none = try DuelPlan(
            baseline: self.plan(one + "anchor: { mechanism: [aes-gcm] }"),
            candidate: self.plan(two + "anchor: { mechanism: [aes-cbc-pad] }"), .first)
        #expect(none.pairs.isEmpty && none.missing.count == 2 && none.extra.count == 2)
    }

    @Test("cells are named by their keys, both classes of a mixed load by either")
    func keys() throws {
        let yaml = """
            anchor: { mechanism: [aes-gcm] }
            throttles: [none]
            load:
              closed: [1, 2]
              processes: [1]
              mixed: [{ legitimate: { rate: 200/s }, attackers: 1 }]
            """
        let all = try DuelPlan(baseline: plan(yaml), candidate: plan(yaml), .all)
        #expect(all.pairs.map(\.keys.count) == [1, 1, 2])
        let mixed = try #require(all.pairs.last)
        for key in mixed.keys {
            let one = try DuelPlan(baseline: plan(yaml), candidate: plan(yaml), .keys([key]))
            #expect(one.pairs.map(\.keys) == [mixed.keys])
            #expect(one.baseline.groups.first?.count == 2)
        }
        let error = #expect(throws: ScenarioError.self) {
            try DuelPlan(
                baseline: plan(yaml), candidate: plan(yaml),
                .keys(["aes-gcm-256/256B/closed-3/none"]))
        }
        #expect(error?.description.contains("did you mean 'aes-gcm-256/256B/closed-") == true)
    }

    @Test("keys that turn out to be of unlike lengths are no pair")
    func keyBits() throws {
        let before = try DuelPlan(baseline: plan(uri), candidate: plan(uri), .first)
        let same = try before.withKeyBits(
            baseline: ["aes-gcm": 128], candidate: ["aes-gcm": 128])
        #expect(same.pairs.map(\.keys) == [["aes-gcm-128/256B/closed-1/none/session-key"]])
        #expect(same.control(of: same.pairs[0], in: same.baseline) == 1)
        let unlike = try before.withKeyBits(
            baseline: ["aes-gcm": 128], candidate: ["aes-gcm": 256])
        #expect(unlike.pairs.isEmpty)
        #expect(unlike.missing == ["aes-gcm-128/256B/closed-1/none/session-key"])
        #expect(unlike.extra == ["aes-gcm-256/256B/closed-1/none/session-key"])
    }
}
