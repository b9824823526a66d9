import Foundation
import Testing

@Suite("How a drill is asked for")
struct DrillUsageTests {
    @Test(
        "a flag that makes no sense is wrong usage, and named",
        arguments: [
            ["--callers", "0"], ["--callers", "257"], ["--front-ends", "33"],
            ["--repetitions", "0"], ["--batch", "0"], ["--rows", "0"], ["--rows", "many"],
            ["--watch", "1ms"], ["--watch", "soon"], ["--speed", "fast"], ["--speeed", "2"],
            ["--notify-webhook", "ftp://example.org"],
            ["--notify-command", "true", "--notify-webhook", "http://example.org"],
        ])
    func badFlags(_ flags: [String]) throws {
        let bench = try Bench()
        let ended = try bench.run(arguments: ["drill"] + flags + ["--output", "out"])
        #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
        #expect(ended.error.contains(flags[0]), "\(ended.error)")
        #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
    }

    @Test(
        "what cannot be staged is wrong usage, said in one line that names the flag",
        arguments: [
            ["--throttle", "{ sieve: { holes: 3 } }"], ["--alarm", "{ period: 7s }"],
            ["--mechanism", "hmac-sha256"], ["--demand", "much"], ["--budget", "0"],
            ["--canaries", "some"],
            ["--strategy", "jump"], ["--speed", "61"], ["--batch", "4"],
            ["--strategy", "creep", "--alarm", "none"],
        ])
    func badScenario(_ flags: [String]) throws {
        let bench = try Bench()
        let ended = try bench.run(arguments: ["drill"] + flags + ["--output", "out"])
        #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
        #expect(ended.error.hasPrefix("anchorbench: \(flags[0])"), "\(ended.error)")
        #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
        #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
    }

    @Test("a scenario that asks for a key of one process alone is refused with the remedy")
    func sessionKey() throws {
        let bench = try Bench()
        try bench.write("anchor: { key: session }", to: "mine.yaml")
        let ended = try bench.run("drill", "mine.yaml")
        #expect(ended.code == 65 && ended.error.contains("';object=LABEL'"), "\(ended.error)")
        let missing = try bench.run("drill", "none.yaml")
        #expect(missing.code == 66 && missing.error.contains("none.yaml"))
    }

    @Test("a database that is none is refused before anything is sealed")
    func strangeDatabase() throws {
        let bench = try Bench()
        let ended = try bench.run("drill", "--database", "nonsense", "--output", "out")
        #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
        #expect(ended.error.contains("the database 'nonsense' cannot be used"))
        #expect(ended.error.contains("write '--database sqlite'"))
        #expect(!ended.error.contains("sealing"))
        #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
        #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
    }

    @Test("a PostgreSQL that does not answer is told without the password, and leaves nothing")
    func refusedConnection() throws {
        let bench = try Bench()
        let ended = try bench.run(
            "drill", "--database", "postgres://me:geheim@127.0.0.1:1/rows", "--output", "out")
        #expect(ended.code == 69 && ended.output.isEmpty, "\(ended.error)")
        #expect(ended.error.contains("the database 'postgres://me:***@127.0.0.1:1/rows'"))
        #expect(ended.error.contains("see that its server runs"))
        #expect(!ended.error.contains("geheim"))
        #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
        #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
    }

    @Test("a folder that holds a drill already is not written to")
    func usedFolder() throws {
        let bench = try Bench()
        try FileManager.default.createDirectory(
            atPath: bench.path("old"), withIntermediateDirectories: true)
        try bench.write("{}", to: "old/drill.json")
        let ended = try bench.run("drill", "--output", "old")
        #expect(ended.code == 73 && ended.error.contains("--output"), "\(ended.error)")
        #expect(try bench.text("old/drill.json") == "{}")
    }

    @Test("a dry run tells the plan, its length and its notes, and stages nothing")
    func dryRun() throws {
        let bench = try Bench()
        let ended = try bench.run("drill", "--dry-run", "--quick", "--seed", "7")
        #expect(ended.code == 0 && ended.error.isEmpty, "\(ended.error)")
        let plan = try #require(ended.lines.first)
        #expect(plan.hasPrefix("3 thefts (sprint) of 5,000 rows behind each of: none, "))
        #expect(plan.contains("token-bucket-500ps-100 with alarm: about "))
        #expect(plan.hasSuffix("seed 7"))
        #expect(ended.output.contains("mechanisms the first, aes-gcm, is staged."))
        #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
    }

    @Test("its help fits a terminal of 80 columns, and the parts' own command is not shown")
    func help() throws {
        let bench = try Bench()
        let ended = try bench.run("drill", "--help")
        #expect(ended.code == 0 && ended.output.contains("USAGE: anchorbench drill"))
        for line in ended.lines { #expect(line.count <= 80, "\(line)") }
        let commands = try bench.run("--help")
        #expect(commands.output.contains("  drill "))
        #expect(!commands.output.contains("Plays a part in a drill"))
    }
}
