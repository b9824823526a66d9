import Foundation
import Results
import Testing
import Throttling
import Units

@Suite("A run is stored and read again")
struct RunTests {
    @Test("a run read from its JSON is the run that was written")
    func roundTrip() throws {
        let run = Samples.run([
            Samples.result([
                Samples.round(1, errors: ["CKR_DEVICE_ERROR": 2]),
                .lost(number: 2, order: 7, reason: "the worker died"),
            ]),
            Samples.result([Samples.round(1)], of: Samples.cell(keyKind: nil, throttle: .none)),
        ])
        let json = try run.json()
        #expect(try Run(json: json) == run)
        #expect(try Run(json: json).json() == json, "equal runs are equal texts")
        #expect(json.last == UInt8(ascii: "\n"))
    }

    @Test("every policy survives, seed by seed")
    func policies() throws {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let window = Int64.random(in: 1...1 << 50, using: &generator)
            let limits: [Limit] = [
                .tokenBucket(
                    TokenBucket(
                        rate: Rate(
                            .random(in: 1...10_000_000, using: &generator), per: .seconds(60)),
                        burst: RecordCount(.random(in: 1...1_000, using: &generator)))),
                .fixedWindow(
                    FixedWindow(
                        limit: RecordCount(.random(in: 1...1 << 40, using: &generator)),
                        window: Nanoseconds(window),
                        phase: Nanoseconds(.random(in: 1...window, using: &generator)))),
            ]
            let wait = OnLimit.wait(
                atMost: Nanoseconds(.random(in: 0...1 << 60, using: &generator)))
            let policy = Policy(
                limits[Int(seed % 2)], onLimit: seed % 3 == 0 ? .deny : wait,
                scope: seed % 5 == 0 ? .perClient : .global,
                enforced: EnforcementPoint.allCases[Int(seed / 2 % 3)])
            let data = try JSONEncoder().encode([policy, .none])
            let decoded = try JSONDecoder().decode([Policy].self, from: data)
            #expect(decoded == [policy, .none], "seed \(seed)")
        }
    }

    @Test("a run that names no operation decrypted")
    func withoutOperation() throws {
        let run = Samples.run([
            Samples.result([Samples.round(1)]),
            Samples.result([Samples.round(1)], of: Samples.cell(keyKind: nil, throttle: .none)),
        ])
        let text = String(decoding: try run.json(), as: UTF8.self)
        let lines = text.split(separator: "\n").filter { !$0.contains("\"operation\"") }
        #expect(lines.count == text.split(separator: "\n").count - 3)
        let old = try Run(json: Data(lines.joined(separator: "\n").utf8))
        #expect(old == run && old.scenario.anchor.operation == "decrypt")
    }

    @Test("a newer schema is refused by its number, with what to do")
    func newerSchema() throws {
        let text = String(decoding: try Samples.run([]).json(), as: UTF8.self)
            .replacing("\"schemaVersion\" : 1", with: "\"schemaVersion\" : 2")
        let error = #expect(throws: RunError.self) { try Run(json: Data(text.utf8)) }
        #expect(
            error?.description
                == "run.json has schema version 2, but this anchorbench reads at most 1: use a "
                + "newer anchorbench")
    }

    @Test("a newer schema with another layout is refused by its number too")
    func unknownLayout() {
        let json = Data(#"{"schemaVersion": 99, "rows": []}"#.utf8)
        let error = #expect(throws: RunError.self) { try Run(json: json) }
        #expect(error?.description.contains("schema version 99") == true)
    }

    @Test(
        "what is no run is refused in a sentence",
        arguments: ["", "{", "[]", "{}", "null", #"{"schemaVersion": "1"}"#])
    func noRun(_ text: String) {
        let error = #expect(throws: RunError.self) { try Run(json: Data(text.utf8)) }
        #expect(error?.description == "run.json is no JSON of a run, or is cut short")
    }

    @Test("a run cut short is refused at every length")
    func truncated() throws {
        let json = try Samples.run([Samples.result([Samples.round(1)])]).json()
        for length in stride(from: 0, to: json.count - 2, by: 37) {
            #expect(throws: RunError.self) { try Run(json: json.prefix(length)) }
        }
    }

    @Test(
        "a damaged throttle is an error, not a crash",
        arguments: [
            #"{"kind":"token-bucket","rate":"500/s","burst":"0""#,
            #"{"kind":"token-bucket","rate":"0/s","burst":"1""#,
            #"{"kind":"fixed-window","limit":"0","window":"1m","phase":"1m""#,
            #"{"kind":"fixed-window","limit":"5","window":"0s""#,
            #"{"kind":"fixed-window","limit":"5","window":"1m","phase":"2m""#,
            #"{"kind":"fixed-window","limit":"5","window":"1m","phase":"0s""#,
            #"{"kind":"leaky-bucket","rate":"500/s","burst":"1""#,
        ])
    func damagedPolicy(_ start: String) {
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

    @Test("a fact is a value or the reason why there is none")
    func facts() throws {
        let facts = ["a": Fact.value("x"), "b": .unavailable("no such file")]
        let data = try JSONEncoder().encode(facts)
        #expect(try JSONDecoder().decode([String: Fact].self, from: data) == facts)
        #expect(facts["a"]?.text == "x" && facts["a"]?.value == "x")
        #expect(facts["b"]?.text == "unavailable: no such file" && facts["b"]?.value == nil)
    }
}
