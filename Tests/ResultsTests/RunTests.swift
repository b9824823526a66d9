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

    @Test("a fact is a value or the reason why there is none")
    func facts() throws {
        let facts = ["a": Fact.value("x"), "b": .unavailable("no such file")]
        let data = try JSONEncoder().encode(facts)
        #expect(try JSONDecoder().decode([String: Fact].self, from: data) == facts)
        #expect(facts["a"]?.text == "x" && facts["a"]?.value == "x")
        #expect(facts["b"]?.text == "unavailable: no such file" && facts["b"]?.value == nil)
    }
}
