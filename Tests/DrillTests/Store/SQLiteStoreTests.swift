import Foundation
import GRDB
import Testing

@testable import Drill

@Suite("Rows in an SQLite file")
struct SQLiteStoreTests {
    private let folder: StoreFolder
    private let path: String

    init() throws {
        folder = try StoreFolder()
        path = folder.file("rows.sqlite")
    }

    private var contract: StoreContract { StoreContract(address: .sqlite(path: path)) }

    @Test("come back byte for byte, one by one, in pages and in the order asked for")
    func keepsRows() throws { try contract.keepsRows() }

    @Test("are added all or none")
    func addsAllOrNone() throws { try contract.addsAllOrNone() }

    @Test("are not made twice")
    func makesNothingTwice() throws { try contract.makesNothingTwice() }

    @Test("are not changed by who only reads")
    func readsOnly() throws { try contract.readsOnly() }

    @Test("are read while somebody seals more")
    func readersDoNotWait() throws {
        let store = try contract.made()
        try store.insert(StoredRow.samples(1...5), into: .sealed)
        let reader = try SQLiteStore(path: path, readOnly: true, patience: 0)
        let sealer = try DatabaseQueue(path: path)
        try sealer.inTransaction(.immediate) { database in
            try database.execute(sql: "DELETE FROM sealed")
            #expect(try reader.count(.sealed) == 5)
            return .rollback
        }
    }

    @Test("the version is SQLite's")
    func version() throws {
        #expect(try contract.made().version.wholeMatch(of: #/SQLite 3\.\d+\.\d+/#) != nil)
    }

    @Test("a lock of another program is waited for, and then told")
    func locked() throws {
        _ = try contract.made()
        let store = try SQLiteStore(path: path, readOnly: false, patience: 0.1)
        let other = try DatabaseQueue(path: path)
        try other.inTransaction(.immediate) { _ in
            let error = #expect(throws: StoreError.self) {
                try store.insert(StoredRow.samples(1...1), into: .sealed)
            }
            #expect(error?.kind == .locked)
            #expect(error?.description.hasPrefix("the database '\(path)' is locked (") == true)
            return .rollback
        }
        try store.insert(StoredRow.samples(1...1), into: .sealed)
        #expect(try store.count(.sealed) == 1)
    }

    @Test("a full file takes nothing of a batch, and keeps what it has")
    func full() throws {
        let store = try SQLiteStore(path: path, readOnly: false, pagesMax: 40)
        try store.create()
        try store.insert(StoredRow.samples(1...10, bytes: 256), into: .sealed)
        let error = #expect(throws: StoreError.self) {
            try store.insert(StoredRow.samples(11...500, bytes: 4_000), into: .sealed)
        }
        #expect(error?.kind == .full)
        #expect(try store.count(.sealed) == 10)
        #expect(try store.row(3, from: .sealed) == StoredRow.samples(3...3, bytes: 256)[0])
        try store.insert(StoredRow.samples(11...11, bytes: 256), into: .sealed)
    }

    @Test("a file that is removed or replaced under a reader is told", arguments: [false, true])
    func removed(isReplaced: Bool) throws {
        let store = try contract.made()
        try store.insert(StoredRow.samples(1...5), into: .sealed)
        let reader = try SQLiteStore(path: path, readOnly: true)
        #expect(try reader.row(1, from: .sealed) != nil)
        if isReplaced {
            try FileManager.default.moveItem(atPath: path, toPath: folder.file("moved"))
            try Data().write(to: URL(filePath: path))
        } else {
            try FileManager.default.removeItem(atPath: path)
        }
        let error = #expect(throws: StoreError.self) {
            let end = ContinuousClock.now + .seconds(60)
            while ContinuousClock.now < end { _ = try reader.row(1, from: .sealed) }
        }
        #expect(error?.kind == .gone)
        #expect(error?.description.hasPrefix("the database '\(path)' is not there (") == true)
    }

    @Test("a missing file is not made by who only reads")
    func missing() throws {
        let error = #expect(throws: StoreError.self) {
            _ = try StoreAddress.sqlite(path: path).open(readOnly: true)
        }
        #expect(error?.kind == .gone)
        #expect(try folder.names.isEmpty)
    }

    @Test("tables that are missing are told as gone")
    func withoutTables() throws {
        let store = try SQLiteStore(path: path, readOnly: false)
        let error = #expect(throws: StoreError.self) { try store.count(.sealed) }
        #expect(error?.kind == .gone)
    }

    @Test("a file that is no database is refused")
    func noDatabase() throws {
        try Data(repeating: 65, count: 5_000).write(to: URL(filePath: path))
        let error = #expect(throws: StoreError.self) {
            try SQLiteStore(path: path, readOnly: false)
        }
        #expect(error?.kind == .refused)
    }

    @Test("removing leaves nothing, whoever made it and while somebody reads")
    func remove() throws {
        try contract.made().insert(StoredRow.samples(1...50), into: .sealed)
        let reader = try SQLiteStore(path: path, readOnly: true)
        #expect(try reader.row(1, from: .sealed) != nil)
        let store = try SQLiteStore(path: path, readOnly: false)
        try store.insert(StoredRow.samples(51...60), into: .sealed)
        try store.remove()
        reader.close()
        #expect(try folder.names.isEmpty)
    }

    @Test("a database of somebody else is neither used nor removed")
    func foreign() throws {
        let other = try DatabaseQueue(path: path)
        try other.inDatabase { try $0.execute(sql: "CREATE TABLE sealed (id INTEGER)") }
        let store = try SQLiteStore(path: path, readOnly: false)
        #expect(throws: StoreError.self) { try store.create() }
        #expect(throws: StoreError.self) { try store.remove() }
        #expect(try folder.names.contains("rows.sqlite"))
    }
}
