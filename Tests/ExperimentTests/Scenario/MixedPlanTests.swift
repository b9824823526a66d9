import Anchors
import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("A plan pairs the classes of a mixed load")
struct MixedPlanTests {
    private func plan(_ text: String, seed: UInt64 = 1) throws -> Plan {
        let resolved = try ScenarioReader.read(text, source: "s.yaml")
        return try Plan(
            resolved.scenario, anchorName: resolved.anchor.shortName, processors: 2, seed: seed)
    }

    private static let mixed = """
        anchor: { mechanism: aes-gcm }
        load:
          closed: [1, 2]
          processes: [1, 2]
          mixed:
            - { legitimate: { rate: 200/s } }
            - { legitimate: { rate: 50/s, callers: 2 }, attackers: 3 }
        throttles: [none, { concurrency: 1 }, { delay: 1ms }]
        """

    @Test("every throttle is crossed with every mixed load, in the fewest processes")
    func cells() throws {
        let cells = try plan(Self.mixed).cells
        let first = ["mixed-200ps-poisson-1", "mixed-50ps-poisson-3-2-callers"]
        func pairs(_ throttle: String) -> [String] {
            first.flatMap { ["\($0)/\(throttle)/legitimate", "\($0)/\(throttle)/attacker"] }
        }
        let expected =
            ["closed-1/none", "closed-2/none", "closed-2x2/none"] + pairs("none")
            + ["closed-2/concurrency-1"] + pairs("concurrency-1") + ["closed-2/delay-1ms"]
            + pairs("delay-1ms") + ["closed-2/none/openssl"]
        #expect(cells.map(\.classedKey) == expected.map { "aes-gcm-256/256B/\($0)" })
        #expect(cells.filter { $0.mixed != nil }.allSatisfy { $0.processes == 1 })
    }

    @Test("a mixed load of fewer users than the fewest processes is refused, and never left out")
    func processes() throws {
        let few = Self.mixed.replacing("processes: [1, 2]", with: "processes: [4, 3]")
            .replacing("closed: [1, 2]", with: "closed: [4]")
        let complaint = #expect(throws: ScenarioError.self) { try plan(few) }
        let sentence = try #require(complaint).description
        #expect(sentence.contains("'load.mixed' has 2 legitimate callers"), "\(sentence)")
        #expect(sentence.contains("fewer than the 3 of 'load.processes'"), "\(sentence)")
        let enough = few.replacing("callers: 2", with: "callers: 3")
        let mixed = try plan(enough).cells.filter { $0.mixed != nil }
        #expect(
            mixed.count == 12
                && mixed.allSatisfy { $0.processes == 3 && $0.loadName.contains("x3") })
    }

    @Test("both classes are one measurement, in the order and in the time that it takes")
    func groups() throws {
        let plan = try plan(Self.mixed + "\nwarm-up: 0s\nduration: 1s\nrounds: 2")
        #expect(plan.cells.count == 18 && plan.groups.count == 12)
        #expect(plan.groups.flatMap(\.self) == Array(plan.cells.indices))
        for group in plan.groups {
            let cells = group.map { plan.cells[$0] }
            #expect(group.count == (cells[0].mixed == nil ? 1 : 2))
            #expect(Set(cells.map(\.key)).count == 1)
        }
        for round in 1...5 {
            #expect(plan.order(ofRound: round).sorted() == Array(plan.groups.indices))
        }
        // Eleven of a second and the comparison, twice.
        #expect(abs(plan.measuringTime.value - 2 * 11.1) < 1e-9)
    }

    @Test("without a mixed load the order is what it always was, so that old runs can go on")
    func oldOrder() throws {
        let plan = try plan("name: usual", seed: 7)
        #expect(plan.groups == plan.cells.indices.map { [$0] })
        var generator = SeededGenerator(seed: 7 &+ 3 &* 0x9e37_79b9)
        #expect(
            plan.order(ofRound: 3) == plan.cells.indices.shuffled(using: &generator))
    }

    @Test("two mixed loads that differ in nothing that is named are refused")
    func equalKeys() throws {
        let text = """
            load:
              mixed: [{ legitimate: { rate: 60/s } }, { legitimate: { rate: 1/s } }]
            throttles:
              - { token-bucket: { rate: 5/s }, max-wait: 1s }
              - { token-bucket: { rate: 5/s }, max-wait: 2s }
            """
        let error = try #require(throws: ScenarioError.self) { try plan(text) }
        #expect(error.description.contains("two cells called"))
    }

    @Test("what a call hands over is what the mechanism makes of the record")
    func requestBytes() {
        for mechanism in RecordMechanism.allCases where mechanism != .hmacSHA256 {
            for size in [1, 15, 16, 17, 32, 255, 256, 4_096] {
                for bits in mechanism.algorithm.sizes {
                    #expect(
                        Cell.requestBytes(
                            mechanism: mechanism.rawValue, recordBytes: size, keyBits: bits)
                            == mechanism.sealedBound(recordBytes: size, keyBits: bits),
                        "\(mechanism), \(size) bytes, \(bits) bits")
                }
            }
        }
        // A MAC is charged for what it is made of, not for what comes out.
        #expect(
            Cell.requestBytes(mechanism: "hmac-sha256", recordBytes: 4_096, keyBits: 256) == 4_096)
    }

    @Test("a stored key that is longer than was planned is charged as it is, or refused")
    func foundKey() throws {
        let text = """
            anchor: { mechanism: rsa-oaep }
            throttles: [{ token-bucket: { rate: 5/s, burst: 2 }, charge: { bytes: 128 } }]
            """
        let plan = try plan(text)
        #expect(Set(plan.cells.map(\.requestBytes)) == [256])
        let shorter = try plan.withKeyBits(["rsa-oaep": 1_024])
        #expect(Set(shorter.cells.map(\.requestBytes)) == [128])
        let error = try #require(throws: ScenarioError.self) {
            try plan.withKeyBits(["rsa-oaep": 4_096])
        }
        #expect(error.description.contains("charges 4 units for its 512 bytes"), "\(error)")
    }
}
