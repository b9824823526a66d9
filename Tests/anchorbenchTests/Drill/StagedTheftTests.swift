import Foundation
import Glibc
import Results
import Testing

@Suite("A theft that the command stages", .serialized)
struct StagedTheftTests {
    private let scene: DrillScene

    init() throws { scene = try DrillScene() }

    /// What the user's own command is told.
    private struct Told: Decodable {
        let alarm: String
        let identity: String?
        let calls: UInt64
        let threshold: UInt64
        let throttle: String
    }

    @Test("is foretold, seen, told and ended by the revocation of the thief alone")
    func revoked() throws {
        let ended = try scene.run(
            rows: "3k", watch: "8s", "--notify-command", "cat >> told.json")
        try #require(ended.code == 0, "\(ended.error)")
        #expect(ended.lines.last == "out/report.md")
        let run = try scene.outcome()
        #expect(run.ending == nil && run.seed == 1 && run.stage.rows == 3_000)
        #expect(run.stage.database.hasPrefix("SQLite ") && run.stage.speed == 10)
        #expect(run.rehearsal.count >= 3 && run.rehearsal.allSatisfy { $0 > 0 })
        #expect(run.dumps.map(\.kind) == [.clear, .sharedKey])
        #expect(run.dumps.allSatisfy { $0.records == 3_000 } && run.dumps.map(\.calls) == [0, 1])

        #expect(run.acts.map(\.isWatched) == [false, false, true])
        let thefts = run.acts.flatMap(\.thefts)
        #expect(thefts.map(\.ending) == [.everything, .watchOver, .revoked])
        #expect(thefts.allSatisfy { $0.wrong == 0 && $0.lost > 0 && $0.during.errors == 0 })
        #expect(thefts.first?.lost == 3_000)
        let theft = try #require(thefts.last)
        #expect(theft.identity == "front-end-2" && theft.revoked == theft.identity)
        #expect(theft.unanswered == nil && !theft.periods.isEmpty)
        let (alarm, revocation) = (try #require(theft.alarm), try #require(theft.revocation))
        #expect(alarm > 0 && revocation >= alarm + 0.1 && theft.lastRecord <= revocation + 5)
        // He had to exceed the threshold to be seen, and was cut off long before the end.
        #expect((60..<3_000).contains(theft.lost), "\(theft.lost)")
        #expect(theft.before.opened > 0 && theft.after.opened > 0)

        for act in run.acts {
            #expect(act.prediction.lost.mean > 0 && act.prediction.containment.mean > 0)
            #expect((act.prediction.alarm != nil) == act.isWatched)
        }
        #expect(run.acts[2].prediction.contained > 0.9)
        let report = try scene.bench.text("out/report.md")
        #expect(report.contains("**Nobody but the thief was revoked**"))
        #expect(try scene.bench.text("out/predictions.csv").contains("token-bucket"))

        let told = try JSONDecoder().decode(
            Told.self, from: Data(contentsOf: URL(filePath: scene.bench.path("told.json"))))
        #expect(told.alarm == "threshold" && told.identity == nil)
        #expect(told.threshold == 100 && told.calls > 100)
        #expect(told.throttle == "token-bucket-150ps-10")
        #expect(try scene.isCleanedUp)
        #expect(!FileManager.default.fileExists(atPath: scene.bench.path("out/rows.sqlite")))
    }

    @Test("is caught by a budget where the thief keeps below the threshold")
    func budget() throws {
        let ended = try scene.run(
            rows: "1k", "--strategy", "creep", "--budget", "200", "--throttle", "none", "--alarm",
            "{ threshold: 3k }")
        try #require(ended.code == 0, "\(ended.error)")
        let run = try scene.outcome()
        #expect(run.ending == nil && run.stage.strategy == "creep")
        #expect(run.acts.map(\.isWatched) == [true])
        let theft = try #require(run.acts.first?.thefts.first)
        #expect(theft.ending == .revoked && theft.revoked == theft.identity)
        #expect(theft.alarm == nil, "all of his calls together are fewer than the threshold")
        let budget = try #require(theft.budget)
        let (seen, lost) = (budget.records, theft.lost)
        #expect(seen >= 180 && seen <= lost, "\(seen) of \(lost)")
        #expect(theft.lost < 1_000 && theft.wrong == 0)
        #expect(run.acts.first?.prediction.budget?.mean == 201)
        #expect(try scene.bench.text("out/report.md").contains("he used up his budget"))
        #expect(try scene.isCleanedUp)
    }

    @Test("is caught by a canary where the thief keeps below the threshold")
    func canary() throws {
        let ended = try scene.run(
            "--strategy", "creep", "--canaries", "30", "--throttle", "none", "--alarm",
            "{ threshold: 3k }", "--notify-command", "cat >> told.json")
        try #require(ended.code == 0, "\(ended.error)")
        let run = try scene.outcome()
        #expect(run.ending == nil && run.stage.canaries == 30)
        #expect(run.acts.map(\.isWatched) == [true])
        let theft = try #require(run.acts.first?.thefts.first)
        #expect(theft.ending == .revoked && theft.revoked == theft.identity)
        #expect(theft.alarm == nil && theft.budget == nil)
        let canary = try #require(theft.canary)
        #expect(canary.seconds > 0 && canary.records <= theft.lost)
        #expect((1..<600).contains(theft.lost) && theft.wrong == 0, "\(theft.lost)")
        // No user asked for one: nobody else was seen, and no call of theirs failed.
        #expect(theft.before.opened > 0 && theft.before.errors == 0 && theft.during.errors == 0)
        #expect(run.acts.first?.prediction.canary?.mean == 601.0 / 31)
        let report = try scene.bench.text("out/report.md")
        #expect(report.contains("a canary gave him away"))
        #expect(report.contains("**Nobody but the thief was revoked**"))
        let told = try JSONDecoder().decode(
            Told.self, from: Data(contentsOf: URL(filePath: scene.bench.path("told.json"))))
        #expect(told.alarm == "canary" && told.identity == theft.identity)
        #expect(told.calls > 0 && told.threshold == 0)
        #expect(try scene.isCleanedUp)
    }

    @Test("gains from joined records where calls are charged, and not where bytes are")
    func batching() throws {
        let ended = try scene.run(
            watch: "3s", "--mechanism", "aes-cbc-pad", "--record-bytes", "240B", "--batch",
            "16", "--alarm", "none", "--demand", "none", "--throttle",
            "{ token-bucket: { rate: 10/s, burst: 5 } }", "--throttle",
            "{ token-bucket: { rate: 10/s, burst: 5 }, charge: { bytes: 256B } }", "--keep")
        try #require(ended.code == 0, "\(ended.error)")
        let run = try scene.outcome()
        #expect(run.ending == nil && run.acts.count == 3)
        let thefts = run.acts.flatMap(\.thefts)
        #expect(thefts.count == 3 && thefts.allSatisfy { $0.wrong == 0 })
        #expect(run.acts[1].prediction.recordsPerCall == 16)
        let (byCalls, byBytes) = (run.acts[1].thefts[0].lost, run.acts[2].thefts[0].lost)
        // A record of 240 bytes is sealed in 256, one unit: 16 of them are 16 units, or one call.
        #expect(byCalls >= 100 && byBytes > 0 && byCalls > 4 * byBytes, "\(byCalls), \(byBytes)")
        #expect(thefts[0].lost == 600)
        // It was asked for.
        let rows = try Data(contentsOf: URL(filePath: scene.bench.path("out/rows.sqlite")))
        #expect(rows.starts(with: Data("SQLite format 3".utf8)))
        #expect(try scene.isCleanedUp)
    }
}
