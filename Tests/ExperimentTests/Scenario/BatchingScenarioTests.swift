import Anchors
import Results
import Testing
import Throttling
import Units

@testable import Experiment

@Suite("A scenario may have records joined as a thief would")
struct BatchingScenarioTests {
    private func plan(_ text: String) throws -> Plan {
        let resolved = try ScenarioReader.read(text, source: "s.yaml")
        return try Plan(
            resolved.scenario, anchorName: resolved.anchor.shortName, processors: 2, seed: 1)
    }

    private let three = """
        anchor: { mechanism: [aes-cbc-pad, rsa-oaep, aes-gcm, aes-ctr] }
        record-bytes: [256, 4KiB]
        audit-batching: true
        """

    @Test("by default nothing is joined, and nothing is said of it")
    func absent() throws {
        let plan = try plan("anchor: { mechanism: [aes-cbc-pad] }")
        #expect(!plan.scenario.auditsBatching && plan.batchingSubjects.isEmpty)
        #expect(plan.batchingTime == .zero && plan.batchingInWords.isEmpty)
        #expect(!plan.callsInWords.contains("Joining"))
    }

    @Test("each symmetric mechanism and size is joined once, whatever its loads; RSA is not")
    func subjects() throws {
        let plan = try plan(three)
        #expect(
            plan.batchingSubjects.map(\.name) == [
                "aes-cbc-pad-256/256B", "aes-cbc-pad-256/4KiB", "aes-gcm-256/256B",
                "aes-gcm-256/4KiB", "aes-ctr-256/256B", "aes-ctr-256/4KiB",
            ])
    }

    @Test("the plan tells of its calls and of its time")
    func words() throws {
        let (with, without) = (
            try plan(three), try plan(three.replacing("audit-batching: true", with: ""))
        )
        // Two of CBC: three rates free and one in parts, four behind the bucket, a search.
        #expect(with.batchingTime == Seconds(2 * (8 + 1)))
        let longer = with.measuringTime.value - without.measuringTime.value
        #expect(abs(longer - 18) < 1e-9)
        #expect(with.callsInWords.hasPrefix(without.callsInWords))
        #expect(with.callsInWords.contains("aes-ctr-256/4KiB"))
        #expect(with.callsInWords.contains("calls of up to 16MiB"))
    }

    @Test("each token bucket counts once, and without one there is the usual one")
    func throttles() throws {
        let bucket = "{ token-bucket: { rate: 30/s, burst: 9 }"
        let several = try plan(
            three + """

                throttles: [none, \(bucket) }, \(bucket), on-limit: deny },
                  { fixed-window: { limit: 5, window: 1s } },
                  { token-bucket: { rate: 40/s, burst: 9 } }]
                """)
        let limits = several.batchingThrottles.map(\.limit)
        #expect(
            limits == [
                .tokenBucket(TokenBucket(rate: Rate(30), burst: RecordCount(9))),
                .tokenBucket(TokenBucket(rate: Rate(40), burst: RecordCount(9))),
            ])
        let none = try plan(three + "\nthrottles: [none]")
        #expect(
            none.batchingThrottles.map(\.limit) == [
                .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100)))
            ])
    }

    @Test(
        "a rate is measured for twice a round, at least a quarter of a second and a second at most",
        arguments: [("10ms", 250), ("100ms", 250), ("300ms", 600), ("500ms", 1_000), ("1h", 1_000)]
            as [(String, Int64)])
    func rateLength(_ duration: String, _ length: Int64) throws {
        let plan = try plan(three + "\nduration: \(duration)")
        #expect(plan.batchingRateLength == .milliseconds(length))
    }

    @Test("records that are never decrypted with a symmetric key cannot be joined")
    func refused() throws {
        for anchor in [
            "{ mechanism: [rsa-oaep] }", "{ operation: unwrap }", "{ operation: mac }",
        ] {
            let error = #expect(throws: ScenarioError.self) {
                try plan("audit-batching: true\nanchor: \(anchor)")
            }
            #expect(error?.description.contains("'audit-batching'") == true)
            #expect(error?.description.contains("aes-cbc-pad") == true)
        }
        #expect(throws: ScenarioError.self) { try plan("audit-batching: sometimes") }
    }

    @Test("records per operation are found out by themselves, unless a number is given")
    func recordsPerOperation() throws {
        let builtIn = try plan("name: usual").scenario.exposure
        #expect(builtIn.recordsPerOperation == nil)
        let named = try plan("exposure: { records-per-operation: 7 }").scenario.exposure
        #expect(named.recordsPerOperation == 7)
        let automatic = try plan("exposure: { records-per-operation: auto }").scenario.exposure
        #expect(automatic.recordsPerOperation == nil)
    }

    @Test("what is longer than the usual bound is tried with two records all the same")
    func bounds() {
        func order(_ mechanism: RecordMechanism, _ recordBytes: Int) -> BatchingOrder {
            BatchingOrder(
                mechanism: mechanism, keyBits: 256, recordBytes: recordBytes, throttles: [],
                rateLength: .seconds(1), statePath: "")
        }
        #expect(order(.aesCBCPad, 256).bound == 16 << 20)
        #expect(order(.aesCBCPad, 256).recordCount == 256)
        #expect(order(.aesCBCPad, 16 << 20).bound == 2 * ((16 << 20) + 16))
        #expect(order(.aesCBCPad, 16 << 20).recordCount == 2)
        #expect(order(.aesCTR, 1 << 20).recordCount == 16)
    }
}
