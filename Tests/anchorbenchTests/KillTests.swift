import Foundation
import Glibc
import Results
import Testing
import Units

extension CommandTests {
    @Suite("Nothing that was measured is lost")
    struct KillTests {
        private static let rounds = 3

        /// How many kills: `ANCHORBENCH_KILLS`, for whoever has the time.
        private static let kills =
            ProcessInfo.processInfo.environment["ANCHORBENCH_KILLS"].flatMap { Int($0) } ?? 12

        private func begin(_ bench: Bench, duration: String = "10ms") throws -> Running {
            try bench.write(
                try Scripted.scenario(rounds: Self.rounds, duration: duration), to: "mine.yaml")
            return try bench.startOnTerminal(
                "measure", "mine.yaml", "--seed", "7", "--output", "out",
                environment: Scripted.environment())
        }

        private func resume(_ bench: Bench) throws -> Ended {
            try bench.run("measure", "--resume", "out", environment: Scripted.environment())
        }

        @Test("a run that is killed at any instant keeps its rounds, and is completed by --resume")
        func killed() throws {
            let untouched = try Bench()
            let begun = ContinuousClock.now
            #expect(try begin(untouched).wait().code == 0)
            let length = (ContinuousClock.now - begun) / .microseconds(1)
            let whole = try StoredRun(untouched, "out")
            whole.expectWhole("never killed")
            var generator = SeededGenerator(seed: 20_261_124)
            var kept: [Int] = []
            let all = Scripted.cellCount * Self.rounds
            for index in 0..<Self.kills {
                // Every other one counts from a round: a busy machine makes no two runs as long.
                let isCounted = !index.isMultiple(of: 2)
                let rounds = isCounted ? Int.random(in: 1...all / 2, using: &generator) : 0
                let longest = isCounted ? 20_000 : UInt32(length)
                let delay = UInt32.random(in: 0...longest, using: &generator)
                let note = "kill \(index), \(delay) µs after \(rounds) rounds"
                kept.append(try kill(after: delay, rounds: rounds, note, orders: whole.orders))
            }
            // Kills that all fell before the first round, or after the last, would prove nothing.
            #expect(kept.contains { $0 > 0 && $0 < all }, "\(kept)")
        }

        /// Kills a run and completes it.
        ///
        /// - Returns: how many rounds the first part had kept.
        private func kill(
            after delay: UInt32, rounds: Int, _ note: String, orders: [String: Int]
        ) throws -> Int {
            let bench = try Bench()
            let running = try begin(bench, duration: rounds > 0 ? "200ms" : "10ms")
            try bench.wait { finished(running.shown) >= rounds }
            usleep(delay)
            running.send(SIGKILL)
            let wasOver = try running.wait().code == 0
            do {
                try bench.wait { try bench.workers.isEmpty && bench.leftovers.isEmpty }
            } catch {
                Issue.record("\(note): left \(try bench.workers) and \(try bench.leftovers)")
            }
            let told = finished(running.shown)
            guard FileManager.default.fileExists(atPath: bench.path("out/run.json")) else {
                #expect(told == 0, "\(note)")
                // The folder is that of no run yet: it can be used.
                #expect(try begin(bench).wait().code == 0, "\(note)")
                try StoredRun(bench, "out").expectWhole(note)
                return 0
            }
            let killed = try StoredRun(bench, "out")
            let kept = killed.journal?.count ?? Scripted.cellCount * Self.rounds
            #expect(kept >= told, "\(note): told of \(told) rounds, kept \(kept)")
            let isWhole = killed.run.partial == nil
            #expect(isWhole || !wasOver, "\(note)")

            let resumed = try resume(bench)
            #expect(resumed.code == 0 && resumed.output == "out\n", "\(note): \(resumed.error)")
            let stored = try StoredRun(bench, "out")
            stored.expectWhole(note)
            #expect(stored.orders == orders, "\(note)")
            #expect(
                isWhole || stored.run.notes.contains { $0.hasPrefix("The run was resumed at ") },
                "\(note)")
            let isDated = stored.run.provenance.run["resumed"]?.value != nil
            #expect(isDated == !isWhole, "\(note)")
            try expectNothingBesides(bench, note)
            return kept
        }

        private func expectNothingBesides(_ bench: Bench, _ note: String) throws {
            let files = try bench.files(below: "out")
            #expect(
                files == ["cells.csv", "histograms.hlog", "rounds.csv", "run.json"], "\(note)")
            let before = try bench.text("out/run.json")
            let again = try resume(bench)
            #expect(again.code == 0 && again.output == "out\n", "\(note)")
            #expect(again.error == "'out' is whole: there is nothing left to measure\n", "\(note)")
            let after = try bench.text("out/run.json")
            #expect(after == before, "\(note)")
        }

        /// The last round that the terminal told of as finished.
        private func finished(_ shown: String) -> Int {
            shown.matches(of: #/ (\d+)\/\d+ [^ ]+: /#).compactMap { Int($0.1) }.max() ?? 0
        }

        @Test(
            "what Ctrl-C or a termination cuts off is told as partial, and completed by --resume",
            arguments: [SIGINT, SIGTERM])
        func interrupted(_ signal: Int32) throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 5, duration: "600ms"), to: "mine.yaml")
            let running = try bench.startOnTerminal(
                "run", "mine.yaml", "--output", "out", environment: Scripted.environment())
            try bench.wait { finished(running.shown) >= 6 }
            running.send(signal)
            let ended = try running.wait()
            #expect(ended.code == 130, "\(running.shown)")
            #expect(ended.lines.last == "out/report.md")
            #expect(try bench.text("out/report.md").contains("**This run is partial**"))
            let cut = try StoredRun(bench, "out")
            #expect(cut.run.partial == "it was interrupted")
            let kept = try #require(cut.journal).count
            #expect((6..<15).contains(kept))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
            let resumed = try resume(bench)
            #expect(resumed.code == 0, "\(resumed.error)")
            let stored = try StoredRun(bench, "out")
            stored.expectWhole("signal \(signal)")
            // What was measured before stands as it was.
            for (before, after) in zip(cut.run.cells, stored.run.cells) {
                #expect(Array(after.rounds.prefix(before.rounds.count)) == before.rounds)
            }
        }

        @Test("Ctrl-C before anything is measured leaves nothing, and is told as Ctrl-C")
        func interruptedAtOnce() throws {
            let bench = try Bench()
            try bench.write(try Scripted.scenario(rounds: 1, duration: "60s"), to: "mine.yaml")
            let running = try bench.start(
                "run", "mine.yaml", "--output", "out", environment: Scripted.environment())
            try bench.wait { try running.errorSoFar.contains("measuring 3 rounds") }
            running.send(SIGINT)
            let ended = try running.wait()
            #expect(ended.code == 130 && ended.output.isEmpty)
            #expect(ended.error.hasSuffix("stopped before anything was measured on the anchor\n"))
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }
    }
}
