import Foundation
import GRDB
import Glibc
import Throttling

/// Rows in an SQLite file of the drill's own.
///
/// In the journal mode WAL, so that who reads and who seals do not wait for each other.
final class SQLiteStore: RecordStore {
    let version: String
    private let path: String
    private let readOnly: Bool
    private var queue: DatabaseQueue?
    private var watch: FileWatch
    /// Whether `create` made the file, through whichever connection: no other file is removed.
    private var isOurs: Bool

    /// What tells a drill's file from every other (`PRAGMA application_id`): "anch" in ASCII.
    private static let applicationID = 0x616e_6368
    private static let columns = "id, iv, sealed"

    /// Opens a file, and makes it where it is missing and not only read.
    ///
    /// - Parameters:
    ///   - patience: how long it waits for a lock, in seconds.
    ///   - pagesMax: how many pages the file may grow to; nil for no bound.
    init(
        path: String, readOnly: Bool, patience: Double = 5, pagesMax: Int? = nil
    ) throws(StoreError) {
        if readOnly {
            guard unsafe access(path, F_OK) == 0 else {
                throw StoreError(.gone, path, SharedStateError.reason(of: errno))
            }
        }
        var configuration = Configuration()
        configuration.readonly = readOnly
        configuration.busyMode = .timeout(patience)
        configuration.prepareDatabase { database in
            // In WAL mode a file survives a killed program so, if not a power failure.
            if !readOnly { try database.execute(sql: "PRAGMA synchronous = NORMAL") }
            if let pagesMax {
                try database.execute(sql: "PRAGMA max_page_count = \(pagesMax)")
            }
        }
        do {
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            let number = try queue.inDatabase { database in
                try String.fetchOne(database, sql: "SELECT sqlite_version()")
            }
            let mark = try queue.inDatabase { database in
                try Int.fetchOne(database, sql: "PRAGMA application_id")
            }
            version = "SQLite \(number ?? "of unknown version")"
            isOurs = mark == Self.applicationID
            self.queue = queue
        } catch {
            throw Self.fault(error, path)
        }
        guard let watch = FileWatch(path: path) else {
            throw StoreError(.gone, path, "it was removed as it was opened")
        }
        self.watch = watch
        self.path = path
        self.readOnly = readOnly
    }

    func create() throws(StoreError) {
        try use { database in
            let tables = try Int.fetchOne(database, sql: "SELECT count(*) FROM sqlite_master")
            guard tables == 0 else {
                throw StoreError(
                    .refused, path, "it holds tables already",
                    remedy: "remove it, or drill in an empty folder")
            }
            try database.execute(sql: "PRAGMA journal_mode = WAL")
            try database.inTransaction(.immediate) {
                try database.execute(sql: "PRAGMA application_id = \(Self.applicationID)")
                for table in StoreTable.allCases {
                    // SQLite's interface takes an empty record for none.
                    try database.execute(
                        sql: "CREATE TABLE \(table.rawValue) "
                            + "(id INTEGER PRIMARY KEY, iv BLOB, sealed BLOB)")
                }
                return .commit
            }
        }
        isOurs = true
    }

    func insert(_ rows: [StoredRow], into table: StoreTable) throws(StoreError) {
        try use { database in
            try database.inTransaction(.immediate) {
                let insertion = try database.cachedStatement(
                    sql: "INSERT INTO \(table.rawValue) (\(Self.columns)) VALUES (?, ?, ?)")
                for row in rows {
                    try insertion.execute(arguments: [row.id, Data(row.iv), Data(row.sealed)])
                }
                return .commit
            }
        }
    }

    func row(_ id: Int64, from table: StoreTable) throws(StoreError) -> StoredRow? {
        try use { database in try Self.row(id, table, database) }
    }

    func rows(
        after id: Int64, atMost count: Int, from table: StoreTable
    ) throws(StoreError) -> [StoredRow] {
        let text =
            "SELECT \(Self.columns) FROM \(table.rawValue) WHERE id > ? ORDER BY id LIMIT ?"
        return try use { database in
            let page = try database.cachedStatement(sql: text)
            let cursor = try Row.fetchCursor(page, arguments: [id, count])
            return try withExtendedLifetime(cursor) {
                var rows: [StoredRow] = []
                while let row = try cursor.next() { rows.append(Self.stored(row)) }
                return rows
            }
        }
    }

    func rows(withIDs ids: [Int64], from table: StoreTable) throws(StoreError) -> [StoredRow] {
        try use { database in
            var rows: [StoredRow] = []
            rows.reserveCapacity(ids.count)
            // One transaction takes the locks once.
            try database.inTransaction(.deferred) {
                for id in ids {
                    if let row = try Self.row(id, table, database) { rows.append(row) }
                }
                return .commit
            }
            return rows
        }
    }

    func count(_ table: StoreTable) throws(StoreError) -> Int {
        try use { database in
            try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table.rawValue)") ?? 0
        }
    }

    func remove() throws(StoreError) {
        guard !readOnly, isOurs else {
            throw StoreError(
                .refused, path, readOnly ? "it is open to be read only" : "no drill made it",
                remedy: "remove it by hand if nobody needs it")
        }
        close()
        for file in [path, "\(path)-wal", "\(path)-shm"] {
            guard unsafe unlink(file) != 0, errno != ENOENT else { continue }
            throw StoreError(
                .refused, file, SharedStateError.reason(of: errno), remedy: "remove it by hand")
        }
    }

    func close() {
        // A failure leaves statements open, which the end of the queue closes.
        try? queue?.close()
        queue = nil
    }
}

extension SQLiteStore {
    /// What one statement or transaction gives.
    private func use<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
        guard let queue else { preconditionFailure("a closed store is not used") }
        guard watch.glance() else { throw Self.removed(path) }
        do {
            return try queue.inDatabase(body)
        } catch {
            throw watch.isThere ? Self.fault(error, path) : Self.removed(path)
        }
    }

    private static func row(
        _ id: Int64, _ table: StoreTable, _ database: Database
    ) throws -> StoredRow? {
        let query = try database.cachedStatement(
            sql: "SELECT \(columns) FROM \(table.rawValue) WHERE id = ?")
        let cursor = try Row.fetchCursor(query, arguments: [id])
        return try withExtendedLifetime(cursor) { try cursor.next().map(stored) }
    }

    /// What the row that a cursor stands on holds.
    private static func stored(_ row: Row) -> StoredRow {
        let id: Int64 = row[0]
        let iv: Data? = row[1]
        let sealed: Data? = row[2]
        return StoredRow(id: id, iv: [UInt8](iv ?? Data()), sealed: [UInt8](sealed ?? Data()))
    }

    private static func removed(_ path: String) -> StoreError {
        StoreError(.gone, path, "its file was removed or replaced")
    }

    /// What a failure of SQLite means for a drill.
    private static func fault(_ error: any Error, _ path: String) -> StoreError {
        if let error = error as? StoreError { return error }
        guard let failure = error as? DatabaseError else {
            return StoreError(.refused, path, "\(error)")
        }
        let reason = failure.message ?? "SQLite's error \(failure.extendedResultCode.rawValue)"
        let kind: StoreError.Kind =
            switch failure.resultCode {
            case .SQLITE_BUSY, .SQLITE_LOCKED: .locked
            case .SQLITE_CANTOPEN: .gone
            case .SQLITE_FULL: .full
            case .SQLITE_ERROR where reason.hasPrefix("no such table"): .gone
            default: .refused
            }
        return StoreError(kind, path, reason)
    }
}
