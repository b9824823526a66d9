import Latency
import Results
import Testing
import Throttling
import Units

@Suite("A cell has a key and a verdict")
struct CellTests {
    @Test(
        "the key is readable and names what is not the default",
        arguments: [
            (Samples.cell(), "aes-gcm-256/256B/closed-4/token-bucket-500ps-100"),
            (Samples.cell(processes: 2, throttle: .none), "aes-gcm-256/256B/closed-4x2/none"),
            (
                Samples.cell(throttle: Samples.window),
                "aes-gcm-256/256B/closed-4/fixed-window-10k-1m-deny"
            ),
            (
                Samples.cell(keyKind: .session, throttle: .none),
                "aes-gcm-256/256B/closed-4/none/session-key"
            ),
            (
                Samples.cell(
                    mechanism: "rsa-oaep", keyBits: 2048, recordBytes: 32, callers: 1,
                    throttle: .none), "rsa-oaep-2048/32B/closed-1/none"
            ),
            (
                Samples.cell(recordBytes: 4_096, throttle: .none),
                "aes-gcm-256/4KiB/closed-4/none"
            ),
            (
                Samples.cell(
                    operation: "unwrap", mechanism: "rsa-oaep", keyBits: 2048, recordBytes: 32,
                    callers: 1, throttle: .none), "rsa-oaep-2048-unwrap/32B/closed-1/none"
            ),
            (
                Samples.cell(operation: "mac", mechanism: "hmac-sha256", throttle: .none),
                "hmac-sha256-256-mac/256B/closed-4/none"
            ),
            (
                Samples.cell(anchor: "openssl", keyKind: nil, callers: 2, throttle: .none),
                "aes-gcm-256/256B/closed-2/none/openssl"
            ),
        ])
    func keys(_ cell: Cell, _ key: String) {
        #expect(cell.key == key)
    }

    @Test("a cell is valid only where every round is, and not where none ran")
    func validity() {
        #expect(Samples.result([]).verdict.reasons == ["not run"])
        #expect(Samples.result([Samples.round(1), Samples.round(2)]).verdict.isValid)
        let mixed = Samples.result([Samples.round(1), Samples.round(2, reasons: ["late"])])
        #expect(mixed.verdict.reasons == ["late (1 of 2 rounds)"])
        #expect(mixed.verdict.word == "INVALID" && !mixed.verdict.isValid)
    }

    @Test("each reason stands once, in the order of the rounds, with how many gave it")
    func pooledReasons() {
        let result = Samples.result([
            Samples.round(3, reasons: ["late"]), Samples.round(1, reasons: ["stolen", "late"]),
            Samples.round(2), Samples.round(4, reasons: ["late"]),
        ])
        #expect(
            result.verdict.reasons == ["stolen (1 of 4 rounds)", "late (3 of 4 rounds)"])
        #expect(
            result.verdict.reasonText == "stolen (1 of 4 rounds); late (3 of 4 rounds)")
    }

    @Test("invalid and lost rounds count in no throughput, but their errors are told")
    func unusableRounds() throws {
        let result = Samples.result([
            Samples.round(1, operations: 1_000),
            Samples.round(2, operations: 9_000, reasons: ["late"], errors: ["CKR_A": 1]),
            Samples.round(3, operations: 1_000, errors: ["CKR_A": 2, "CKR_B": 4]),
            .lost(number: 4, order: 4, reason: "the worker died"),
        ])
        let throughput = try #require(result.throughput)
        #expect(abs(throughput.estimate - 2_000) < 1e-6)
        #expect(result.errors == ["CKR_A": 3, "CKR_B": 4] && result.errorCount == 7)
        #expect(result.verdict.reasons.contains("the worker died (1 of 4 rounds)"))
    }

    @Test("throughput is counted operations over measured time, not over the plan")
    func throughput() {
        #expect(Samples.round(1, seconds: 0.8, operations: 1_000).throughput == 1_250)
        #expect(Samples.round(1, seconds: 0, operations: 0).throughput == 0)
        #expect(Round.lost(number: 1, order: 1, reason: "died").throughput == 0)
    }

    @Test("admitted over envelope is set for valid rounds alone")
    func admitted() {
        var result = Samples.result([
            Samples.round(1, operations: 900), Samples.round(2, reasons: ["late"]),
            Samples.round(3, operations: 1_100),
        ])
        #expect(result.admittedToEnvelope == nil)
        result.compareWithEnvelope { _, _ in 1_000 }
        #expect(result.rounds.map(\.admittedToEnvelope) == [0.9, nil, 1.1])
        #expect(result.admittedToEnvelope == 1)
        result.compareWithEnvelope { _, _ in 0 }
        #expect(result.admittedToEnvelope == nil)
    }

    @Test("pooled histograms merge what they have, whichever has it")
    func pooling() {
        var left = PooledHistograms()
        left.service = Samples.histogram(3)
        var right = PooledHistograms()
        right.service = Samples.histogram(4)
        right[.denial] = Samples.histogram(5)
        left.merge(right)
        left.merge(right)
        #expect(left.service.count == 11 && left[.denial]?.count == 10)
        #expect(left[.throttleWait] == nil)
    }
}
