import Foundation
import Results
import Testing

extension CommandTests {
    @Suite("gate status")
    struct GateStatus {
        private let bench: Bench
        private let scene: GateScene

        init() throws {
            bench = try Bench()
            scene = try GateScene(
                bench, period: "1d",
                throttle: "{ fixed-window: { limit: 5, window: 1d }, on-limit: deny }")
            try scene.call("web", times: 4)
            try scene.call("日,本", times: 3)
            try scene.revoke("web")
            try scene.call("web", times: 2)
        }

        @Test("the page tells what was counted, and leaves the state as it is")
        func page() throws {
            let before = try Data(contentsOf: URL(filePath: scene.state))
            let ended = try bench.run("gate", "status", "gate.state")
            #expect(try Data(contentsOf: URL(filePath: scene.state)) == before)
            #expect(ended.code == 0 && ended.error.isEmpty, "\(ended.error)")
            let web = try #require(ended.lines.first { $0.hasPrefix("web") })
            #expect(web.contains("4 / 0 / 2"))
            let other = try #require(ended.lines.first { $0.hasPrefix("日,本") })
            #expect(other.contains("1 / 2 / 0"))
            #expect(ended.output.contains("CKR_FUNCTION_CANCELED"))
            #expect(ended.output.contains(scene.state))
        }

        @Test("the table has a row for each identity")
        func table() throws {
            let ended = try bench.run("gate", "status", scene.state, "--format", "csv")
            let rows = try CSVRows(parsing: ended.output).rows
            let counts = rows.reduce(into: [String: [Int]]()) { counts, row in
                let fields = ["admitted", "throttled", "revoked"]
                let values = fields.map { row[$0].flatMap(Int.init) ?? -1 }
                let before = counts[row["identity"] ?? ""] ?? [0, 0, 0]
                counts[row["identity"] ?? ""] = zip(before, values).map(+)
            }
            #expect(counts == ["web": [4, 0, 2], "日,本": [1, 2, 0]])
        }

        @Test("the text for a scrape has the counts")
        func openMetrics() throws {
            let ended = try bench.run("gate", "status", scene.state, "--format", "openmetrics")
            let web = #"anchorgate_operations_total{identity="web",function="decrypt",outcome="#
            #expect(ended.output.contains("\(web)\"admitted\",gate=\"\(scene.state)\"} 4\n"))
            #expect(ended.output.contains("\(web)\"revoked\",gate=\"\(scene.state)\"} 2\n"))
            #expect(ended.output.contains("# TYPE anchorgate_operations_total counter\n"))
        }

        @Test("no line for CloudWatch comes before a period is over")
        func embeddedMetrics() throws {
            let ended = try bench.run("gate", "status", scene.state, "--format", "emf")
            #expect(ended.code == 0 && ended.output.isEmpty)
        }

        @Test(
            "what is missing or is no state gets one sentence",
            arguments: [("none", Int32(66)), ("text", 65), ("tmp", 65)])
        func refused(name: String, code: Int32) throws {
            try bench.write("hello", to: "text")
            for command in ["status", "watch", "serve"] {
                let ended = try bench.run("gate", command, name)
                #expect(ended.code == code, "\(command)")
                #expect(ended.output.isEmpty)
                #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
                #expect(ended.error.contains("'\(name)'"), "\(ended.error)")
            }
        }
    }
}
