import Foundation
import Glibc
import Results
import Testing

extension CommandTests {
    @Suite("Runs that go wrong")
    struct FaultTests {
        /// The scripted module, its PIN in a variable.
        private func uri() throws -> String {
            "pkcs11:token=scripted;object=records?module-path="
                + "\(try BuildFolder.scriptedModule().path)&pin-source=env:SCRIPTED_PIN"
        }

        private func environment(_ script: String, pin: String = "1234") -> [String: String] {
            ["ANCHORBENCH_SCRIPT": script, "SCRIPTED_PIN": pin]
        }

        private func load(_ bench: Bench, _ folder: String) throws -> Run {
            try Run(json: Data(contentsOf: URL(filePath: bench.path("\(folder)/run.json"))))
        }

        @Test("an INVALID cell gives 12 where strictness is asked for, else 0 and a warning")
        func strict() throws {
            let bench = try Bench()
            for (folder, flags, code) in [("lax", "--quick", 0), ("strict", "--strict", 12)] {
                let ended = try bench.run(
                    "run", flags, "--duration", "30s", "--rounds", "1", "--closed", "1,2",
                    "--mechanism", "aes-gcm", "--throttle", "none", "--anchor", try uri(),
                    "--output", folder, environment: environment("garbage=0.001"))
                #expect(ended.code == Int32(code), "\(ended.error)")
                #expect(ended.output.hasPrefix("3 of 5 cells are INVALID"))
                #expect(ended.lines.last == "\(folder)/report.md")
                let report = try bench.text("\(folder)/report.md")
                #expect(report.contains("INVALID: wrong plaintext (1 of 1 rounds)"))
            }
        }

        @Test("a wrong PIN is one login, an exit of 69 and no word of the PIN")
        func wrongPIN() throws {
            let bench = try Bench()
            let ended = try bench.run(
                "run", "--quick", "--mechanism", "aes-gcm", "--anchor", try uri(), "--output",
                "out",
                environment: environment("count-file=\(bench.path("counts"))", pin: "314159"))
            #expect(ended.code == 69 && ended.output.isEmpty)
            #expect(ended.error.contains("CKR_PIN_INCORRECT") && ended.error.contains("lock"))
            #expect(!ended.error.contains("314159"))
            let counts = try Data(contentsOf: URL(filePath: bench.path("counts")))
            #expect(counts.count == 80 && counts[16] == 1)
        }

        @Test("a device on which no call succeeds is no result: 69, and no report")
        func nothingMeasured() throws {
            let bench = try Bench()
            let ended = try bench.run(
                "run", "--duration", "10ms", "--rounds", "1", "--closed", "1", "--mechanism",
                "aes-gcm", "--throttle", "none", "--anchor", try uri(), "--output", "out",
                environment: environment("login-delay=1ms;fault=C_Initialize:0x30:1.0"))
            #expect(ended.code == 69 && ended.error.contains("CKR_DEVICE_ERROR"))
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
        }

        @Test("a worker that is killed costs its cell, not the run")
        func killedWorker() throws {
            let bench = try Bench()
            let running = try bench.start(
                "run", "--duration", "3s", "--rounds", "1", "--closed", "1,2", "--mechanism",
                "aes-gcm", "--throttle", "none", "--output", "out")
            try bench.wait { try running.errorSoFar.contains("measuring 5 rounds") }
            var workers: [pid_t] = []
            try bench.wait {
                usleep(100_000)
                workers = try bench.workers
                return !workers.isEmpty
            }
            // Whichever of the three it is, one round to come needs it and is lost.
            kill(try #require(workers.first), SIGKILL)
            let ended = try running.wait()
            #expect(ended.code == 0, "\(ended.error)")
            let run = try load(bench, "out")
            let reasons = run.cells.flatMap(\.verdict.reasons)
            #expect(reasons == ["a worker process was killed by signal 9 (1 of 1 rounds)"])
            #expect(run.partial == nil)
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test("Ctrl-C ends a run with 130 and a report of what there is")
        func interrupted() throws {
            let bench = try Bench()
            let running = try bench.start(
                "run", "--duration", "200ms", "--rounds", "1000", "--closed", "1", "--mechanism",
                "aes-gcm", "--throttle", "none", "--output", "out")
            try bench.wait {
                guard let run = try? load(bench, "out") else { return false }
                return run.cells.allSatisfy { $0.operations > 0 }
            }
            running.send(SIGINT)
            let ended = try running.wait()
            #expect(ended.code == 130, "\(ended.error)")
            #expect(ended.output.contains("This run is partial: it was interrupted."))
            #expect(ended.lines.last == "out/report.md")
            #expect(try bench.text("out/report.md").contains("**This run is partial**"))
            #expect(try load(bench, "out").partial == "it was interrupted")
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test("a run whose parent is killed leaves whole files, no worker and no token")
        func killedParent() throws {
            let bench = try Bench()
            let running = try bench.start(
                "run", "--duration", "200ms", "--rounds", "1000", "--closed", "2", "--mechanism",
                "aes-gcm", "--throttle", "none", "--output", "out")
            try bench.wait {
                (try? load(bench, "out"))?.cells.contains { $0.operations > 0 } == true
            }
            running.send(SIGKILL)
            #expect(try running.wait().code == -SIGKILL)
            try bench.wait { try bench.workers.isEmpty && bench.leftovers.isEmpty }
            let run = try load(bench, "out")
            #expect(run.partial == "its measuring has not come to an end")
            #expect(run.cells.contains { $0.operations > 0 })
            for name in ["cells.csv", "rounds.csv"]
            where FileManager.default.fileExists(atPath: bench.path("out/\(name)")) {
                #expect(try !CSVReader.read(bench.path("out/\(name)")).rows.isEmpty)
            }
            let reported = try bench.run("report", "out")
            #expect(reported.code == 0, "\(reported.error)")
        }
    }
}
