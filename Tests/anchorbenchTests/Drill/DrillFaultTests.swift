import Foundation
import Glibc
import Results
import Testing

@Suite("A drill in which something goes wrong", .serialized)
struct DrillFaultTests {
    private let scene: DrillScene

    init() throws { scene = try DrillScene() }

    /// A theft that nobody watches and that goes on until something happens, after one behind no
    /// throttle that takes no time.
    private func startLongTheft() throws -> Running {
        try scene.start(
            watch: "60s", "--alarm", "none", "--throttle",
            "{ token-bucket: { rate: 30/s, burst: 10 } }")
    }

    @Test("a responder that dies leaves the alarm unanswered, and the report says so")
    func responder() throws {
        // He has six seconds to die in once the alarm is raised.
        let scene = try DrillScene(response: "60s")
        let running = try scene.start(rows: "4k", watch: "3s")
        try scene.bench.wait { try scene.player(of: "responder") != nil }
        _ = try scene.waitForTheft()
        kill(try #require(try scene.player(of: "responder")), SIGKILL)
        let ended = try running.wait()
        #expect(ended.code == 0, "\(ended.error)")
        #expect(ended.error.contains("the responder's process was killed by signal 9"))
        let run = try scene.outcome()
        #expect(run.ending == nil)
        let theft = try #require(run.acts.last?.thefts.first)
        #expect(theft.unanswered == "the responder's process was killed by signal 9")
        #expect(theft.alarm != nil && theft.revocation == nil && theft.revoked == nil)
        #expect(theft.ending == .watchOver && theft.lastRecord > 4)
        let report = try scene.bench.text("out/report.md")
        #expect(report.contains("**Nobody answered the alarm**"))
        #expect(report.contains("The theft went on for"))
        #expect(try scene.isCleanedUp)
    }

    @Test("a database that is removed during a theft ends the drill with a report that says so")
    func databaseGone() throws {
        let running = try startLongTheft()
        _ = try scene.waitForTheft()
        let database = try #require(scene.files(ending: "/rows.sqlite").first)
        try FileManager.default.removeItem(atPath: database)
        let ended = try running.wait()
        #expect(ended.code == 69, "\(ended.error)")
        #expect(ended.error.contains("the drill ended early: the thief: the database '"))
        #expect(ended.lines.last == "out/report.md")
        let run = try scene.outcome()
        #expect(run.ending?.contains("is not there") == true)
        #expect(run.acts[0].thefts.map(\.ending) == [.everything])
        #expect(run.acts[1].thefts.map(\.ending) == [.broken])
        let report = try scene.bench.text("out/report.md")
        #expect(report.contains("**This drill ended before its last theft.**"))
        #expect(try scene.isCleanedUp)
    }

    @Test("a database that another program holds is waited for, and then told")
    func databaseLocked() throws {
        let holder = try DatabaseHolder(below: scene.bench.temporary)
        defer { holder.release() }
        let ended = try scene.run(rows: "20k")
        #expect(ended.code == 69 && ended.output.isEmpty)
        #expect(ended.error.contains("the sealer: the database '"), "\(ended.error)")
        #expect(ended.error.contains("is locked"))
        #expect(ended.error.contains("end the program that holds it, and drill again"))
        #expect(!FileManager.default.fileExists(atPath: scene.bench.path("out")))
        holder.release()
        #expect(try scene.isCleanedUp)
    }

    @Test("a gate whose state is removed during a theft ends the drill, and what was done is kept")
    func gateGone() throws {
        let running = try startLongTheft()
        try FileManager.default.removeItem(atPath: try scene.waitForTheft())
        let ended = try running.wait()
        #expect(ended.code == 69, "\(ended.error)")
        let sentence = "the gate's state vanished during a theft"
        #expect(ended.error.contains("the drill ended early: \(sentence)"))
        let run = try scene.outcome()
        #expect(run.ending?.hasPrefix(sentence) == true)
        #expect(run.acts.map(\.thefts.count) == [1, 0])
        #expect(try scene.bench.text("out/report.md").contains(sentence.dropFirst()))
        #expect(try scene.isCleanedUp)
    }

    @Test("Ctrl-C ends it with 130, and what was done is kept")
    func interrupted() throws {
        let running = try startLongTheft()
        _ = try scene.waitForTheft()
        running.send(SIGINT)
        let start = ContinuousClock.now
        let ended = try running.wait()
        #expect(start.duration(to: .now) < .seconds(120))
        #expect(ended.code == 130, "\(ended.error)")
        #expect(ended.lines.last == "out/report.md")
        let run = try scene.outcome()
        #expect(run.ending == "It was asked to stop.")
        #expect(run.acts.map(\.thefts.count) == [1, 0])
        #expect(run.acts[0].thefts.first?.lost == 600)
        #expect(try scene.bench.text("out/report.md").contains("It was asked to stop."))
        #expect(try scene.isCleanedUp)
    }

    @Test("one that is killed leaves no process and no row, and what was foretold")
    func killed() throws {
        let running = try startLongTheft()
        _ = try scene.waitForTheft()
        running.send(SIGKILL)
        let start = ContinuousClock.now
        #expect(try running.wait().code == -SIGKILL)
        try scene.bench.wait { try scene.isCleanedUp }
        #expect(start.duration(to: .now) < .seconds(120))
        let run = try scene.outcome()
        #expect(run.acts.count == 2 && run.acts.allSatisfy { $0.prediction.lost.mean > 0 })
    }
}

/// Another program that keeps the first database of a drill to itself, once it has its tables.
private final class DatabaseHolder {
    private let process = Process()
    private let leash = Pipe()

    init(below folder: URL) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, folder.path]
        process.standardInput = leash
        try process.run()
    }

    /// Lets it go.
    func release() {
        try? leash.fileHandleForWriting.close()
        process.terminate()
        process.waitUntilExit()
    }

    private static let script = """
        import glob, sqlite3, sys, time

        end = time.time() + 60
        while time.time() < end:
            for path in glob.glob(sys.argv[1] + '/anchorbench-drill-*/rows.sqlite'):
                try:
                    database = sqlite3.connect(path, isolation_level=None, timeout=0)
                    tables = database.execute('SELECT count(*) FROM sqlite_master').fetchone()[0]
                    if tables == 3:
                        database.execute('BEGIN EXCLUSIVE')
                        sys.stdin.read()
                        sys.exit()
                except sqlite3.Error:
                    pass
            time.sleep(0.002)
        """
}
