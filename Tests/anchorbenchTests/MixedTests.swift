import Foundation
import Glibc
import Results
import Testing
import Units

extension CommandTests {
    @Suite("Users and a thief, from the scenario to the tables")
    struct MixedTests {
        private static let scenario = """
            name: mixed
            anchor: { mechanism: [aes-gcm] }
            load:
              closed: [1]
              processes: [1]
              mixed: [{ legitimate: { rate: 200/s, arrivals: poisson, clients: 4 }, attackers: 1 }]
            throttles:
              - none
              - { token-bucket: { rate: 500/s, burst: 20 }, on-limit: wait }
              - { token-bucket: { rate: 500/s, burst: 20 }, on-limit: deny }
              - { token-bucket: { rate: 500/s, burst: 200 }, on-limit: deny, scope: per-client }
            on-denied: spin
            rounds: 3
            duration: 600ms
            warm-up: 20ms
            """

        @Test("on SoftHSM2 a shared throttle that refuses starves the users, and no other does")
        func softHSM() throws {
            let bench = try Bench()
            try bench.write(Self.scenario, to: "mixed.yaml")
            let ended = try bench.run("run", "mixed.yaml", "--output", "out", "--seed", "5")
            try #require(ended.code == 0, "\(ended.error)")
            let stored = try StoredRun(bench, "out")
            stored.expectWhole("mixed")
            func row(_ throttle: String, _ name: String) throws -> [String: String] {
                try #require(
                    stored.cells.first {
                        $0["cell"]?.contains("/mixed-200ps-poisson-1/") == true
                            && $0["throttle"] == throttle && $0["class"] == name
                    })
            }
            func number(_ row: [String: String], _ column: String) throws -> Double {
                try #require(Double(row[column] ?? ""), "\(column) of \(row["cell"] ?? "")")
            }
            for throttle in [
                "token-bucket-500ps-20", "token-bucket-500ps-20-deny",
                "token-bucket-500ps-200-deny-per-client",
            ] {
                let (users, thief) = (
                    try row(throttle, "legitimate"), try row(throttle, "attacker")
                )
                let ratio = try number(users, "admitted_to_envelope")
                #expect(try ratio == number(thief, "admitted_to_envelope"))
                // Never more than the envelope, and in this little time hardly less.
                #expect(ratio <= 1.001, "\(throttle): \(ratio)")
                #expect(try number(users, "decision_ns") > 0)
                #expect(try number(thief, "operations") > 0)
                #expect(thief["response_p50_ns"] == "" && thief["backlog"] == "")
                #expect(try number(users, "offered_per_second") == 200)
            }
            func deniedShare(_ throttle: String) throws -> Double {
                let users = try row(throttle, "legitimate")
                let denied = try number(users, "denied")
                return try denied / (denied + number(users, "operations"))
            }
            // Waiting denies nobody; a share for each client leaves the users theirs. The thief
            // takes less of what is shared on a machine that is too busy for him.
            #expect(try deniedShare("token-bucket-500ps-20") == 0)
            #expect(try deniedShare("token-bucket-500ps-20-deny") > 0.1)
            #expect(try deniedShare("token-bucket-500ps-200-deny-per-client") == 0)
            let waited = try row("token-bucket-500ps-20", "legitimate")
            #expect(try number(waited, "throttle_wait_p50_ns") > 0)
        }

        @Test("a plan shows both classes of what is measured in one go, and counts it once")
        func plan() throws {
            let bench = try Bench()
            let planned = try bench.run(
                "run", "--dry-run", "--mechanism", "aes-gcm", "--throttle", "none", "--closed",
                "1", "--mixed", "{ legitimate: { rate: 200/s }, attackers: 2 }")
            #expect(planned.code == 0, "\(planned.error)")
            for name in ["legitimate", "attacker"] {
                let key = "aes-gcm-256/256B/mixed-200ps-poisson-2/none/\(name)"
                #expect(planned.output.contains(" \(key) "), "\(planned.output)")
            }
            // One caller, both classes, the comparison and the floor.
            #expect(planned.output.contains("\n4 cells on softhsm, about "), "\(planned.output)")
        }

        @Test("the scenario that is printed for this question can be planned")
        func printed() throws {
            let bench = try Bench()
            let printed = try bench.run("scenario", "--mixed")
            #expect(printed.code == 0 && printed.error.isEmpty)
            try bench.write(printed.output, to: "mixed.yaml")
            let planned = try bench.run("run", "mixed.yaml", "--dry-run")
            #expect(planned.code == 0, "\(planned.error)")
            #expect(planned.output.contains("token-bucket-500ps-100-deny-per-client/legitimate"))
        }

        @Test("a mixed run that is killed keeps both classes of a round or neither, and goes on")
        func killed() throws {
            var generator = SeededGenerator(seed: 20_261_126)
            var kept: [Int] = []
            for index in 0..<4 {
                let bench = try Bench()
                let text = try Scripted.scenario(rounds: 4, duration: "200ms").replacing(
                    "closed: [2], processes: [2]",
                    with: "closed: [2], processes: [2], mixed: [{ legitimate: { rate: 900/s } }]")
                try bench.write(text, to: "mine.yaml")
                let running = try bench.start(
                    "measure", "mine.yaml", "--seed", "7", "--output", "out",
                    environment: Scripted.environment())
                try bench.wait {
                    FileManager.default.fileExists(atPath: bench.path("out/run.json"))
                }
                // Before the first round or after it, however long a busy machine makes it.
                if !index.isMultiple(of: 2) {
                    try bench.wait {
                        (try? bench.text("out/journal.jsonl"))?.contains("\n") == true
                    }
                }
                usleep(UInt32.random(in: 0...300_000, using: &generator))
                running.send(SIGKILL)
                _ = try running.wait()
                try bench.wait { try bench.workers.isEmpty && bench.leftovers.isEmpty }
                kept.append(try StoredRun(bench, "out").journal?.count ?? 16)
                // A report of it in between tells of whole rounds alone.
                #expect(try bench.run("report", "out").code == 0, "kill \(index)")
                for result in try StoredRun(bench, "out").run.cells {
                    let other = result.cell.otherClass?.classedKey ?? result.cell.classedKey
                    let rounds = try StoredRun(bench, "out").run.cells
                        .first { $0.cell.classedKey == other }?.rounds.map(\.number)
                    #expect(rounds == result.rounds.map(\.number), "kill \(index)")
                }
                let resumed = try bench.run(
                    "measure", "--resume", "out", environment: Scripted.environment())
                #expect(resumed.code == 0, "kill \(index): \(resumed.error)")
                try StoredRun(bench, "out").expectWhole("kill \(index)")
            }
            #expect(kept.contains { $0 > 0 && $0 < 16 }, "\(kept)")
        }
    }
}
