import Foundation
import Testing

@testable import Drill

@Suite("Rows in a PostgreSQL database", .oneServer)
struct PostgreSQLStoreTests {
    private let server: PrivateServer
    private let address: StoreAddress
    private let schema: String

    init() throws {
        server = try #require(OneServer.running)
        let unique = UUID().uuidString.prefix(8).lowercased()
        address = try StoreAddress(parsing: server.url, folder: "", unique: unique)
        schema = "anchorbench_drill_\(unique)"
    }

    private var contract: StoreContract { StoreContract(address: address) }

    private func store(readOnly: Bool = false, patience: Int = 5) throws -> PostgreSQLStore {
        try PostgreSQLStore(
            ConnectionURL(server.url), schema: schema, readOnly: readOnly, patience: patience)
    }

    @Test("come back byte for byte, one by one, in pages and in the order asked for")
    func keepsRows() throws { try contract.keepsRows() }

    @Test("are added all or none")
    func addsAllOrNone() throws { try contract.addsAllOrNone() }

    @Test("are not made twice")
    func makesNothingTwice() throws { try contract.makesNothingTwice() }

    @Test("are not changed by who only reads")
    func readsOnly() throws { try contract.readsOnly() }

    @Test("a batch larger than what is sent at once arrives whole")
    func largeBatch() throws {
        let store = try contract.made()
        let rows = StoredRow.samples(1...400, bytes: 8_000)
        try store.insert(rows, into: .sealed)
        #expect(try store.rows(after: 0, atMost: 1_000, from: .sealed) == rows)
        try store.remove()
    }

    @Test("the version is the server's")
    func version() throws {
        #expect(try store().version.wholeMatch(of: #/PostgreSQL \d+\.\d+/#) != nil)
    }

    @Test("a lock of another program is waited for, and then told")
    func locked() throws {
        let owner = try contract.made()
        let other = try store()
        try other.run("BEGIN; LOCK TABLE \(schema).sealed IN ACCESS EXCLUSIVE MODE")
        let reader = try store(readOnly: true, patience: 1)
        let error = #expect(throws: StoreError.self) { try reader.row(1, from: .sealed) }
        #expect(error?.kind == .locked)
        try other.run("ROLLBACK")
        #expect(try reader.row(1, from: .sealed) == nil)
        try owner.remove()
    }

    @Test("a disk without room takes nothing of a batch, and is told")
    func full() throws {
        let owner = try contract.made()
        try store().run(
            """
            CREATE FUNCTION \(schema).fill() RETURNS trigger LANGUAGE plpgsql AS $$
            BEGIN
                IF NEW.id > 2 THEN
                    RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100';
                END IF;
                RETURN NEW;
            END $$;
            CREATE TRIGGER fill BEFORE INSERT ON \(schema).sealed
            FOR EACH ROW EXECUTE FUNCTION \(schema).fill()
            """)
        let error = #expect(throws: StoreError.self) {
            try owner.insert(StoredRow.samples(1...5), into: .sealed)
        }
        #expect(error?.kind == .full)
        #expect(error?.description.contains("could not extend file") == true)
        #expect(try owner.count(.sealed) == 0)
        try owner.insert(StoredRow.samples(1...2), into: .sealed)
        try owner.remove()
    }

    @Test("removing leaves no schema, and readers are told that it is gone")
    func remove() throws {
        let owner = try contract.made()
        try owner.insert(StoredRow.samples(1...3), into: .sealed)
        let reader = try store(readOnly: true)
        #expect(try reader.row(1, from: .sealed) != nil)
        try owner.remove()
        for table in StoreTable.allCases {
            let error = #expect(throws: StoreError.self) { try reader.count(table) }
            #expect(error?.kind == .gone)
        }
        // Making it anew would be refused if anything of it were left.
        try contract.made().remove()
    }

    @Test("a server that dies is told, and so is one that is dead")
    func death() throws {
        let server = try PrivateServer()
        defer { server.stop() }
        let mortal = try StoreAddress(parsing: server.url, folder: "", unique: "mortal")
        let store = try StoreContract(address: mortal).made()
        try store.insert(StoredRow.samples(1...3), into: .sealed)
        #expect(try store.row(1, from: .sealed) != nil)
        server.stop()
        let reading = #expect(throws: StoreError.self) { try store.row(1, from: .sealed) }
        #expect(reading?.kind == .gone)
        let adding = #expect(throws: StoreError.self) {
            try store.insert(StoredRow.samples(4...5), into: .sealed)
        }
        #expect(adding?.kind == .gone)
        let opening = #expect(throws: StoreError.self) { try mortal.open(readOnly: true) }
        #expect(opening?.kind == .gone)
        #expect(opening?.description.contains("see that its server runs") == true)
    }

    @Test("a user whom the server does not know is refused, without the password")
    func stranger() throws {
        let address = StoreAddress.postgres(
            url: server.url(user: "stranger:geheim"), schema: schema)
        let error = #expect(throws: StoreError.self) { try address.open(readOnly: true) }
        #expect(error?.kind == .refused)
        #expect(error?.description.contains("\"stranger\"") == true)
        #expect(error?.description.contains("geheim") == false)
    }
}

@Suite("Where there is no PostgreSQL")
struct NoPostgreSQLTests {
    @Test("a server that does not answer is gone, and the password stays secret")
    func refusedConnection() {
        let address = StoreAddress.postgres(
            url: "postgres://me:geheim@127.0.0.1:1/rows", schema: "s")
        let error = #expect(throws: StoreError.self) { try address.open(readOnly: false) }
        #expect(error?.kind == .gone)
        #expect(error?.description.contains("postgres://me:***@127.0.0.1:1/rows") == true)
        #expect(error?.description.contains("geheim") == false)
    }

    @Test("a URL that libpq does not understand is refused, and the password stays secret")
    func malformed() {
        let address = StoreAddress.postgres(
            url: "postgres://me:ge%zzheim@127.0.0.1/rows?nonsense=1", schema: "s")
        let error = #expect(throws: StoreError.self) { try address.open(readOnly: false) }
        #expect(error?.kind == .refused)
        #expect(error?.description.contains("heim") == false)
    }

    @Test("a missing library is named with the package that holds it")
    func missingLibrary() {
        let error = #expect(throws: StoreError.self) {
            try LibPQ.load("libpq.so.none").get()
        }
        #expect(error?.kind == .refused)
        #expect(error?.description.contains("libpq.so.none") == true)
        #expect(error?.description.contains("apt-get install libpq5") == true)
    }

    @Test(
        "codes of PostgreSQL are told by what they mean for a drill",
        arguments: [
            ("55P03", .locked), ("53100", .full), ("57P01", .gone), ("08006", .gone),
            ("42P01", .gone), ("42501", .refused), ("", .refused),
        ] as [(String, StoreError.Kind)])
    func kinds(state: String, kind: StoreError.Kind) {
        #expect(LibPQConnection.kind(ofState: state) == kind)
    }
}
