import Foundation
import GateState
import Testing
import Units

@testable import Reporting

@Suite("Counts of a gate for CloudWatch")
struct GateEmbeddedMetricsTests {
    @Test("the lines are as they were reviewed")
    func golden() throws {
        try GoldenFile.expect(
            GateEmbeddedMetrics(FixedGate.busy).text, toMatch: "Golden/GateMetrics/busy.emf")
    }

    /// Exits with 1 and the first flaw where a line breaks the schema that AWS publishes.
    private static let validator = """
        import json, sys, jsonschema
        schema = json.load(open(sys.argv[1]))
        count = 0
        for line in sys.stdin:
            jsonschema.validate(json.loads(line), schema)
            count += 1
        print(count)
        """

    private static var schema: String {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "EmbeddedMetricFormat.json").path
    }

    @Test("every line keeps the schema that AWS publishes")
    func publishedSchema() throws {
        for snapshot in [FixedGate.busy, FixedGate.empty, Self.farPath] {
            let text = GateEmbeddedMetrics(snapshot).text
            let verdict = try Tools.python(Self.validator, [Self.schema], input: text)
            let count = text.split(separator: "\n").count
            #expect(verdict.code == 0 && verdict.text == "\(count)\n", "\(verdict.text)")
        }
    }

    @Test("the schema refuses a line without a time")
    func schemaCanRefuse() throws {
        let text = GateEmbeddedMetrics(FixedGate.busy).text.replacing(
            "\"Timestamp\"", with: "\"T\"")
        let verdict = try Tools.python(Self.validator, [Self.schema], input: text)
        #expect(verdict.code != 0 && verdict.text.contains("'Timestamp' is a required property"))
    }

    /// A path longer than a dimension may be.
    private static var farPath: GateSnapshot {
        var snapshot = FixedGate.busy
        snapshot.path = "/" + String(repeating: "é:", count: 900) + "/state"
        return snapshot
    }

    @Test("every line keeps the rules that the schema does not hold")
    func rules() throws {
        for snapshot in [FixedGate.busy, Self.farPath] {
            for line in GateEmbeddedMetrics(snapshot).text.split(separator: "\n") {
                let root = try #require(
                    JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
                let metadata = try #require(root["_aws"] as? [String: Any])
                let directives = try #require(metadata["CloudWatchMetrics"] as? [[String: Any]])
                for directive in directives {
                    let metrics = try #require(directive["Metrics"] as? [[String: Any]])
                    #expect((1...100).contains(metrics.count))
                    for metric in metrics {
                        let name = try #require(metric["Name"] as? String)
                        #expect(root[name] is NSNumber)
                        #expect(metric["StorageResolution"] as? Int == 60)
                    }
                    for set in try #require(directive["Dimensions"] as? [[String]]) {
                        for name in set { try Self.checkDimension(#require(root[name] as? String)) }
                    }
                }
            }
        }
    }

    /// What CloudWatch wants of a dimension's value.
    private static func checkDimension(_ value: String) throws {
        #expect((1...1_024).contains(value.unicodeScalars.count))
        #expect(value.utf8.allSatisfy { (0x20..<0x7f).contains($0) })
        #expect(!value.hasPrefix(":") && value.contains { $0 != " " })
    }

    @Test("identities that differ in a byte stay apart as dimensions")
    func dimensionsDiffer() {
        // The second and third are equal to Swift.
        let names = ["a%20b", "\u{e9}", "e\u{301}", "%C3%A9", ":x", "%3Ax", "日", "A", "a"]
        let values = names.map(GateEmbeddedMetrics.dimension)
        #expect(Set(values).count == names.count)
        #expect(GateEmbeddedMetrics.dimension("uid:1000") == "uid:1000")
    }

    @Test("periods below a minute are kept finely")
    func resolution() {
        var snapshot = FixedGate.empty
        snapshot.configuration.period = .seconds(1)
        let text = GateEmbeddedMetrics(snapshot).text
        #expect(text.contains("\"StorageResolution\":1,") && !text.contains(":60,"))
    }

    @Test("a period is told of one second after its end, and not before")
    func settling() {
        var snapshot = FixedGate.empty
        snapshot.taken = FixedGate.noon + .seconds(61) - Nanoseconds(1)
        #expect(GateEmbeddedMetrics(snapshot).text == "")
        snapshot.taken += Nanoseconds(1)
        #expect(GateEmbeddedMetrics(snapshot).text.split(separator: "\n").count == 1)
    }
}
