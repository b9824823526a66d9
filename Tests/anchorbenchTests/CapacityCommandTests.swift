import Foundation
import Regression
import Testing

extension CommandTests {
    @Suite("The highest rate that keeps a promise, from the command line")
    struct CapacityCommandTests {
        /// The scripted module, its PIN in a variable.
        private func uri() throws -> String {
            "pkcs11:token=scripted;object=records?module-path="
                + "\(try BuildFolder.scriptedModule().path)&pin-source=env:SCRIPTED_PIN"
        }

        private func environment(_ script: String) -> [String: String] {
            ["ANCHORBENCH_SCRIPT": script, "SCRIPTED_PIN": "1234"]
        }

        @Test("a promise that no rate keeps gives 10, a report that says so, and every file")
        func none() throws {
            let bench = try Bench()
            let ended = try bench.run(
                "capacity", "--slo", "p99<1ms", "--quick", "--closed", "1,2", "--anchor",
                try uri(), "--mechanism", "aes-gcm", "--processes", "1", "--output", "out",
                environment: environment("service=fixed:50ms;servers=4"))
            #expect(ended.code == 10, "\(ended.error)")
            #expect(ended.output.hasPrefix("Measured with `--quick`"))
            #expect(ended.output.contains("\nNo rate keeps the promise of 99 of 100 calls"))
            #expect(ended.lines.last == "out/report.md")
            let files = [
                "capacity.csv", "capacity.json", "charts/concurrency.svg",
                "charts/latency-throughput.svg", "concurrency.csv", "report.md",
            ]
            #expect(try bench.files(below: "out") == files)
            let rows = try CSVReader.read(bench.path("out/capacity.csv")).rows
            #expect(!rows.isEmpty && rows.allSatisfy { $0["verdict"] == "FAIL" }, "\(rows)")
            #expect(rows.allSatisfy { $0["judged_calls"] == $0["judged_late"] })
            let json = Data(try bench.text("out/capacity.json").utf8)
            let run = try JSONDecoder().decode(CapacityRun.self, from: json)
            #expect(run.result?.finding == CapacityResult.Finding.none && run.schemaVersion == 1)
            #expect(run.partial == nil && run.cell.processes == 1)
            let again = try bench.run("capacity", "--slo", "p99<1ms", "--output", "out")
            #expect(again.code == 73 && again.error.contains("already holds a run"))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test("wrong usage is told in one sentence, and nothing is measured")
        func usage() throws {
            let bench = try Bench()
            let wrong: [(arguments: [String], code: Int32, words: String)] = [
                ([], 64, "--slo"),
                (["--slo", "20ms"], 64, "write it as p99<20ms"),
                (["--slo", "p99<20"], 64, "write it as p99<20ms"),
                (["--slo", "p100<20ms"], 64, "between 0 and 100"),
                (["--slo", "p99<20ms", "--callers", "0"], 64, "at least one caller"),
                (["--slo", "p99<20ms", "--resolution", "90%"], 64, "from 0.5% to 50%"),
                (["--slo", "p99<20ms", "--callers", "2", "--processes", "3"], 64, "--processes"),
                (["--slo", "p99<20ms", "--demand", "much"], 64, "--demand"),
                (["--slo", "p99<20ms", "--demand", "600"], 64, "'600' is no rate: write 600/s"),
                (["--slo", "p99<20ms", "--mechanism", "rot13"], 64, "rot13"),
                (
                    ["--slo", "p99<20ms", "--mechanism", "aes-gcm,rsa-oaep"], 64,
                    "--mechanism aes-gcm,rsa-oaep: a capacity is that of one"
                ),
                (["--slo", "p99<20ms", "--record-bytes", "256B,4KiB"], 64, "is that of one"),
                (["nowhere.yaml", "--slo", "p99<20ms"], 66, "nowhere.yaml"),
            ]
            for (arguments, code, words) in wrong {
                let ended = try bench.run(arguments: ["capacity"] + arguments)
                #expect(ended.code == code, "\(arguments): \(ended.code) \(ended.error)")
                #expect(ended.error.contains(words), "\(arguments): \(ended.error)")
                #expect(ended.output.isEmpty)
            }
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }

        @Test("a file of several mechanisms is told to choose one, and measured of the one chosen")
        func several() throws {
            let bench = try Bench()
            try bench.write("anchor: { mechanism: [aes-gcm, aes-cbc] }", to: "mine.yaml")
            let usual = ["capacity", "mine.yaml", "--slo", "p99<20ms", "--dry-run"]
            let refused = try bench.run(arguments: usual)
            #expect(refused.code == 65 && refused.output.isEmpty, "\(refused.output)")
            #expect(
                refused.error.contains("give --mechanism with one of them"), "\(refused.error)")
            let chosen = try bench.run(arguments: usual + ["--mechanism", "aes-cbc"])
            #expect(chosen.code == 0, "\(chosen.error)")
            #expect(chosen.output.contains("on aes-cbc"), "\(chosen.output)")
        }

        @Test("a dry run prints the plan, and touches no device")
        func dryRun() throws {
            let bench = try Bench()
            let ended = try bench.run(
                "capacity", "--slo", "p99.9<=5ms", "--dry-run", "--anchor", try uri(),
                "--mechanism", "aes-gcm", "--max-rate", "300/s", "--throttle",
                "{ token-bucket: { rate: 500/s, burst: 100 } }")
            #expect(ended.code == 0 && ended.error.isEmpty, "\(ended.error)")
            #expect(ended.output.contains("16 callers for p99.9<=5ms on aes-gcm-256/256B behind"))
            #expect(ended.output.contains("at most 300/s"))
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }
    }
}
