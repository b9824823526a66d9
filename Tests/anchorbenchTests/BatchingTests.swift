import Foundation
import Results
import Testing

extension CommandTests {
    @Suite("Records are joined as a thief would, where that is asked for")
    struct BatchingTests {
        @Test("the flag of run finds what one call opens, and the report says what follows")
        func run() throws {
            let bench = try Bench()
            let ended = try bench.run(
                "run", "--quick", "--rounds", "1", "--closed", "1", "--mechanism",
                "aes-cbc-pad,aes-gcm", "--throttle",
                "{ token-bucket: { rate: 500/s, burst: 100 } }", "--audit-batching", "--output",
                "out")
            try #require(ended.code == 0, "\(ended.error)")
            #expect(ended.error.contains("joining records of aes-cbc-pad-256/256B"))
            #expect(ended.output.contains("one call opens 61,680 records"))
            let report = try bench.text("out/report.md")
            #expect(report.contains("\n## Records per operation\n"))
            #expect(report.contains("records do not join.** To 64 joined records"))
            #expect(report.contains("One call opens 61,680 records of aes-cbc-pad-256/256B"))
            let run = try Run(json: Data(bench.text("out/run.json").utf8))
            #expect(run.batching.map(\.recordsPerOperation) == [61_680, 1])
            let rows = try CSVReader.read(bench.path("out/exfiltration.csv")).rows
            for row in rows {
                let isJoined = row["mechanism"] == "aes-cbc-pad"
                #expect(row["records_per_operation"] == (isJoined ? "61680" : "1"))
            }
            // What is reported again is what was measured, and a number that is given is kept.
            let again = try bench.run("report", "out")
            let same = try bench.text("out/report.md")
            #expect(again.code == 0 && same == report)
            let projected = try bench.run(
                "project", "out", "--records-per-operation", "1", "--format", "csv")
            try bench.write(projected.output, to: "one.csv")
            let single = try CSVReader.read(bench.path("one.csv")).rows
            #expect(single.allSatisfy { $0["records_per_operation"] == "1" })
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test("a plan tells of it, and a scenario that cannot be joined is refused")
        func plan() throws {
            let bench = try Bench()
            let planned = try bench.run(
                "measure", "--audit-batching", "--mechanism", "aes-cbc-pad", "--dry-run")
            #expect(planned.code == 0, "\(planned.error)")
            #expect(planned.output.contains("Joining records as a thief would"))
            #expect(planned.output.contains("calls of up to 16MiB"))
            let plain = try bench.run("measure", "--mechanism", "aes-cbc-pad", "--dry-run")
            #expect(!plain.output.contains("Joining"))
            let refused = try bench.run("run", "--audit-batching", "--mechanism", "rsa-oaep")
            #expect(refused.code == 64, "\(refused.error)")
            #expect(refused.error.contains("'audit-batching'"))
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }
    }
}
