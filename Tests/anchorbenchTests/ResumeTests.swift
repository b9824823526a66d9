import Foundation
import Glibc
import Results
import Testing

extension CommandTests {
    @Suite("What stands in a run's way is told, and takes nothing with it")
    struct ResumeTests {
        @Test("a full disk ends a run with 73, what was measured is kept, and --resume goes on")
        func fullDisk() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 9), to: "mine.yaml")
            let ended = try bench.run(
                fileBlocks: 48, "measure", "mine.yaml", "--output", "out",
                environment: Scripted.environment())
            #expect(ended.code == 73 && ended.output.isEmpty, "\(ended.error)")
            #expect(ended.error.contains("cannot be written (File too large)"), "\(ended.error)")
            #expect(ended.error.contains("is kept"), "\(ended.error)")
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
            let full = try StoredRun(bench, "out")
            let kept = try #require(full.journal)
            #expect((1..<27).contains(kept.count))
            let resumed = try bench.run(
                "measure", "--resume", "out", environment: Scripted.environment())
            #expect(resumed.code == 0, "\(resumed.error)")
            let stored = try StoredRun(bench, "out")
            stored.expectWhole("after a full disk")
            for line in kept {
                let rounds = stored.run.cells[line.cell].rounds
                let same = rounds.first { $0.number == line.round.number }
                #expect(same?.operations == line.round.operations)
                #expect(same?.order == line.round.order)
            }
        }

        @Test("the report of a run that did not end has every round of its journal")
        func report() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 9), to: "mine.yaml")
            let ended = try bench.run(
                fileBlocks: 64, "measure", "mine.yaml", "--output", "out",
                environment: Scripted.environment())
            #expect(ended.code == 73, "\(ended.error)")
            let kept = try #require(try StoredRun(bench, "out").journal)
            // As a kill leaves it that comes before the tables are written again.
            var run = try StoredRun(bench, "out").run
            run.cells = run.cells.map { CellResult($0.cell) }
            try run.json().write(to: URL(filePath: bench.path("out/run.json")))
            #expect(try bench.run("report", "out").code == 0)
            let stored = try StoredRun(bench, "out")
            #expect(stored.run.partial != nil && stored.journal?.count == kept.count)
            #expect(stored.rounds.count == kept.count && !kept.isEmpty)
            for (index, result) in stored.run.cells.enumerated() {
                let mine = kept.filter { $0.cell == index }.map(\.round)
                #expect(result.rounds.map(\.number) == mine.map(\.number))
                #expect(result.operations == mine.reduce(0) { $0 + $1.operations })
                #expect(result.service.count == result.operations)
            }
            let resumed = try bench.run(
                "measure", "--resume", "out", environment: Scripted.environment())
            #expect(resumed.code == 0, "\(resumed.error)")
            try StoredRun(bench, "out").expectWhole("after its report")
        }

        @Test("a disk that is full from the start leaves no half of a run")
        func noDisk() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 2), to: "mine.yaml")
            let ended = try bench.run(
                fileBlocks: 1, "measure", "mine.yaml", "--output", "out",
                environment: Scripted.environment())
            #expect(ended.code == 73 && ended.output.isEmpty, "\(ended.error)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test("a standard error that nobody reads stops no run")
        func unheard() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 2), to: "mine.yaml")
            let pipe = Pipe()
            let running = try bench.start(
                "measure", "mine.yaml", "--output", "out", environment: Scripted.environment(),
                error: pipe.fileHandleForWriting)
            try bench.wait {
                FileManager.default.fileExists(atPath: bench.path("out/run.json"))
            }
            try pipe.fileHandleForReading.close()
            #expect(try running.wait().code == 0)
            try StoredRun(bench, "out").expectWhole("unheard")
        }

        @Test("two processes never write one run: the second is refused, the first goes on")
        func twoWriters() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 5, duration: "500ms"), to: "mine.yaml")
            let first = try bench.start(
                "measure", "mine.yaml", "--output", "out", environment: Scripted.environment())
            try bench.wait {
                FileManager.default.fileExists(atPath: bench.path("out/run.json"))
            }
            // It is there for as long as the second takes to start.
            first.send(SIGSTOP)
            defer { first.send(SIGCONT) }
            let second = try bench.run(
                "measure", "--resume", "out", environment: Scripted.environment())
            first.send(SIGCONT)
            #expect(second.code == 73, "\(second.error)")
            #expect(second.error.contains("another anchorbench writes to"))
            #expect(try first.wait().code == 0)
            try StoredRun(bench, "out").expectWhole("with a second writer")
        }

        @Test("rounds that a lost journal would cost are not measured over")
        func lostJournal() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 50), to: "mine.yaml")
            let running = try bench.start(
                "measure", "mine.yaml", "--output", "out", environment: Scripted.environment())
            try bench.wait {
                (try? StoredRun(bench, "out"))?.rounds.isEmpty == false
            }
            running.send(SIGINT)
            #expect(try running.wait().code == 130)
            try FileManager.default.removeItem(atPath: bench.path("out/journal.jsonl"))
            let before = try bench.text("out/run.json")
            let resumed = try bench.run(
                "measure", "--resume", "out", environment: Scripted.environment())
            #expect(resumed.code == 65, "\(resumed.error)")
            #expect(resumed.error.contains("journal.jsonl lacks"), "\(resumed.error)")
            #expect(try bench.text("out/run.json") == before)
        }

        @Test("the limits of a device are told before, and a limit that is reached is no failure")
        func limits() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 2), to: "mine.yaml")
            let counts = "count-file=\(bench.path("counts"))"
            let flags = ["--max-operations", "1k", "--max-rate", "5k/s"]
            let planned = try bench.run(
                "measure", "mine.yaml", flags[0], flags[1], flags[2], flags[3], "--dry-run",
                environment: Scripted.environment(counts))
            #expect(planned.code == 0, "\(planned.error)")
            let sentence =
                "The device gets at most 1k calls, at most 5k/s, besides 256 that seal the "
                + "records to be opened at the same pace; a round ends after 100 failed calls."
            #expect(planned.output.contains("\n\(sentence)\n"), "\(planned.output)")
            #expect(planned.output.contains("about "))
            #expect(!FileManager.default.fileExists(atPath: bench.path("counts")))
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))

            let ended = try bench.run(
                "run", "mine.yaml", flags[0], "100", "--strict", "--output", "out",
                environment: Scripted.environment(counts))
            #expect(ended.code == 12 || ended.code == 0, "\(ended.error)")
            #expect(
                ended.output.contains("This run is partial: its limit of 100 calls was reached."))
            let bytes = try Data(contentsOf: URL(filePath: bench.path("counts")))
            let opened = bytes.dropFirst(40).prefix(8).reversed().reduce(UInt64(0)) {
                $0 << 8 | UInt64($1)
            }
            #expect(opened == 100)
        }
    }
}
