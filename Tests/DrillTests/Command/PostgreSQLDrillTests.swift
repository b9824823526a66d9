import Foundation
import Testing

@testable import Drill

@Suite("A drill on PostgreSQL", .oneServer, .serialized)
struct PostgreSQLDrillTests {
    private let server: PrivateServer
    private let command: BuiltCommand

    init() throws {
        server = try #require(OneServer.running)
        command = try BuiltCommand()
    }

    private func drill(_ more: String...) throws -> (code: Int32, error: String) {
        try command.run(
            [
                "drill", "--rows", "300", "--repetitions", "1", "--watch", "20s", "--throttle",
                "none", "--alarm", "none", "--demand", "20/s", "--front-ends", "1", "--database",
                server.url, "--output", "out",
            ] + more)
    }

    /// A connection that makes what a test needs, of a schema's name.
    private func store(_ schema: String) throws -> PostgreSQLStore {
        try PostgreSQLStore(ConnectionURL(server.url), schema: schema, readOnly: false)
    }

    /// Fails where the server has other schemas of drills than so many.
    private func requireSchemas(_ count: Int) throws {
        try store("none").run(
            """
            DO $$
            DECLARE found integer;
            BEGIN
                SELECT count(*) INTO found FROM pg_namespace
                WHERE nspname LIKE 'anchorbench\\_drill\\_%';
                IF found <> \(count) THEN RAISE EXCEPTION '% schemas of drills', found; END IF;
            END $$
            """)
    }

    @Test("fills it, is robbed of its rows, and leaves nothing in it")
    func drilled() throws {
        let ended = try drill("--seed", "5")
        try #require(ended.code == 0, "\(ended.error)")
        let run = try command.drill(in: "out")
        #expect(run.ending == nil && run.stage.rows == 300)
        #expect(run.stage.database.hasPrefix("PostgreSQL "))
        let theft = try #require(run.acts.first?.thefts.first)
        #expect(theft.ending == .everything && theft.lost == 300 && theft.wrong == 0)
        #expect(theft.before.opened > 0 && theft.before.errors == 0)
        #expect(run.dumps.allSatisfy { $0.records == 300 })
        try requireSchemas(0)
        #expect(try command.leftovers.isEmpty)
    }

    @Test("takes away no schema that another drill has kept")
    func kept() throws {
        let kept = "anchorbench_drill_1"
        let store = try store(kept)
        try store.create()
        try store.insert(StoredRow.samples(1...3), into: .sealed)
        // A seed is what its user repeats.
        _ = try drill("--seed", "1")
        #expect(try store.count(.sealed) == 3)
        try requireSchemas(1)
        try store.remove()
        #expect(try command.leftovers.isEmpty)
    }
}
