import Foundation
import Results
import Testing
import Throttling
import Units

@Suite("A throttle is stored and read again")
struct PolicyCodingTests {
    @Test("every policy survives, seed by seed")
    func roundTrip() throws {
        var kinds: Set<String> = []
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let policy = Self.policy(using: &generator)
            kinds.insert(policy.limit.kind)
            let data = try JSONEncoder().encode([policy, .none])
            let decoded = try JSONDecoder().decode([Policy].self, from: data)
            #expect(decoded == [policy, .none], "seed \(seed): \(policy.keyForm)")
        }
        #expect(kinds.count == 9, "\(kinds)")
    }

    @Test("what an earlier version stored is read as it was meant")
    func earlier() throws {
        let json = """
            [{"burst":"100","enforced":"service","kind":"token-bucket","max-wait":"30s",
              "on-limit":"wait","rate":"500/s","scope":"global"},
             {"enforced":"host","kind":"fixed-window","limit":"10k","on-limit":"deny",
              "phase":"1m","scope":"per-client","window":"1m"}, {"kind":"none"}]
            """
        let policies = try JSONDecoder().decode([Policy].self, from: Data(json.utf8))
        #expect(
            policies == [
                Samples.bucket,
                Policy(
                    Samples.window.limit, onLimit: .deny, scope: .perClient, enforced: .host),
                .none,
            ])
        // And the texts of those policies are still what they were.
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        let text = String(decoding: try encoder.encode(policies), as: UTF8.self)
        #expect(text == json.replacing(#/\s/#, with: ""))
    }

    @Test(
        "a damaged throttle is an error, not a crash",
        arguments: [
            #"{"kind":"token-bucket","rate":"500/s","burst":"0""#,
            #"{"kind":"token-bucket","rate":"0/s","burst":"1""#,
            #"{"kind":"token-bucket","burst":"1""#,
            #"{"kind":"fixed-window","limit":"0","window":"1m","phase":"1m""#,
            #"{"kind":"fixed-window","limit":"5","window":"0s""#,
            #"{"kind":"fixed-window","limit":"5","window":"1m","phase":"2m""#,
            #"{"kind":"fixed-window","limit":"5","window":"1m","phase":"0s""#,
            #"{"kind":"sliding-window","limit":"0","window":"1m""#,
            #"{"kind":"sliding-window","limit":"1G","window":"1m""#,
            #"{"kind":"sliding-window","limit":"5","window":"0s""#,
            #"{"kind":"breaker","threshold":"0","window":"1m","lockout":"1m""#,
            #"{"kind":"breaker","threshold":"1G","window":"1m","lockout":"1m""#,
            #"{"kind":"breaker","threshold":"5","window":"1m","lockout":"0s""#,
            #"{"kind":"budget","quota":"0","period":"day""#,
            #"{"kind":"budget","quota":"5","period":"month""#,
            #"{"kind":"concurrency","most":"0""#, #"{"kind":"delay","length":"0s""#,
            #"{"kind":"all","members":[]"#,
            #"{"kind":"all","members":[{"kind":"none"}]"#,
            #"{"kind":"all","members":[{"kind":"all","members":[{"kind":"delay","length":"1s"}]}]"#,
            """
            {"kind":"all","members":[{"kind":"concurrency","most":"1"},
            {"kind":"concurrency","most":"2"}]
            """,
            """
            {"kind":"all","members":[{"kind":"delay","length":"1s"},
            {"kind":"delay","length":"1s"}]
            """,
            """
            {"kind":"tarpit","free":"1","first":"2s","growth":2,"longest":"1s","window":"1m"
            """,
            """
            {"kind":"tarpit","free":"1","first":"1s","growth":0.5,"longest":"1s","window":"1m"
            """,
            """
            {"kind":"tarpit","free":"1G","first":"1s","growth":2,"longest":"1s","window":"1m"
            """,
            #"{"kind":"delay","length":"1s","charge":{"bytes":"0B"}"#,
            #"{"kind":"delay","length":"1s","charge":{}"#,
            #"{"kind":"delay","length":"1s","charge":"operation""#,
            #"{"kind":"leaky-bucket","rate":"500/s","burst":"1""#,
        ])
    func damaged(_ start: String) {
        let rest = #","on-limit":"deny","scope":"global","enforced":"service"}"#
        #expect(throws: DecodingError.self) {
            do {
                _ = try JSONDecoder().decode(Policy.self, from: Data((start + rest).utf8))
            } catch let error as UnitError {
                // A quantity that cannot be read is as good a reason.
                throw DecodingError.dataCorrupted(
                    .init(codingPath: [], debugDescription: error.description))
            }
        }
    }

    /// Any policy that a scenario can hold.
    private static func policy(using generator: inout SeededGenerator) -> Policy {
        let isAll = Int.random(in: 0..<9, using: &generator) == 8
        let size = isAll ? Int.random(in: 1...4, using: &generator) : 1
        var members: [Limit] = []
        while members.count < size {
            let limit = limit(using: &generator)
            let isSecond = { (other: Limit) in
                other.kind == limit.kind && ["concurrency", "delay"].contains(limit.kind)
            }
            if !members.contains(where: isSecond) { members.append(limit) }
        }
        let wait = OnLimit.wait(
            atMost: Nanoseconds(.random(in: 0...1 << 60, using: &generator)))
        return Policy(
            isAll ? .all(members) : members[0],
            onLimit: Bool.random(using: &generator) ? .deny : wait,
            scope: Bool.random(using: &generator) ? .perClient : .global,
            enforced: EnforcementPoint.allCases[Int.random(in: 0..<3, using: &generator)],
            charge: Bool.random(using: &generator)
                ? .bytes(ByteCount(.random(in: 1...100_000, using: &generator))) : .operation)
    }

    private static func limit(using generator: inout SeededGenerator) -> Limit {
        func count(_ most: UInt64) -> RecordCount {
            RecordCount(.random(in: 1...most, using: &generator))
        }
        func length() -> Nanoseconds { Nanoseconds(.random(in: 1...1 << 50, using: &generator)) }
        switch Int.random(in: 0..<8, using: &generator) {
        case 0:
            let periods: [Int64] = [1, 60, 3_600, 86_400]
            let rate = Rate(
                .random(in: 1...10_000_000, using: &generator),
                per: .seconds(periods[Int.random(in: 0..<4, using: &generator)]))
            return .tokenBucket(TokenBucket(rate: rate, burst: count(1_000)))
        case 1:
            let window = length()
            let phase = Nanoseconds(.random(in: 1...window.count, using: &generator))
            return .fixedWindow(FixedWindow(limit: count(1 << 40), window: window, phase: phase))
        case 2: return .slidingWindow(SlidingWindow(limit: count(1 << 24), window: length()))
        case 3:
            return .breaker(
                Breaker(threshold: count(1 << 24), window: length(), lockout: length()))
        case 4:
            let period = Bool.random(using: &generator) ? Budget.Period.day : .week
            return .budget(Budget(quota: count(1 << 40), period: period))
        case 5: return .concurrency(count(65_536))
        case 6: return .delay(length())
        default:
            let first = Int64.random(in: 1...1 << 40, using: &generator)
            let tarpit = Tarpit(
                free: RecordCount(.random(in: 0...1_000, using: &generator)),
                first: Nanoseconds(first), growth: .random(in: 1.01...10, using: &generator),
                longest: Nanoseconds(first + .random(in: 0...1 << 42, using: &generator)),
                window: length())
            guard let tarpit else { preconditionFailure("these waits grow to their longest") }
            return .tarpit(tarpit)
        }
    }
}
