/// Rows in a schema of the drill's own in a PostgreSQL database.
final class PostgreSQLStore: RecordStore {
    let version: String
    private let url: ConnectionURL
    private let schema: String
    private let readOnly: Bool
    private var connection: LibPQConnection?

    /// Connects; waits at most `patience` seconds for a lock of another program.
    init(
        _ url: ConnectionURL, schema: String, readOnly: Bool, patience: Int = 5
    ) throws(StoreError) {
        let connection = try LibPQConnection(url)
        // Notices would go to standard error; rows that a crash of the server loses are made anew.
        try connection.run(
            """
            SET client_min_messages = error; SET lock_timeout = '\(patience)s';
            SET synchronous_commit = off;
            SET default_transaction_read_only = \(readOnly ? "on" : "off")
            """)
        let number = connection.serverVersion
        version = "PostgreSQL \(number / 10_000).\(number % 10_000)"
        self.url = url
        self.schema = "\"\(schema.replacing("\"", with: "\"\""))\""
        self.readOnly = readOnly
        self.connection = connection
    }

    func create() throws(StoreError) {
        let tables = StoreTable.allCases.map { table in
            "CREATE TABLE \(name(table)) "
                + "(id bigint PRIMARY KEY, iv bytea NOT NULL, sealed bytea NOT NULL)"
        }
        try opened().run(
            (["CREATE SCHEMA \(schema)"] + tables).joined(separator: "; "))
    }

    func insert(_ rows: [StoredRow], into table: StoreTable) throws(StoreError) {
        try opened().copy(
            "COPY \(name(table)) (id, iv, sealed) FROM STDIN (FORMAT binary)",
            CopyStream.bytes(of: rows))
    }

    func row(_ id: Int64, from table: StoreTable) throws(StoreError) -> StoredRow? {
        try rows("SELECT id, iv, sealed FROM \(name(table)) WHERE id = $1", "\(id)").first
    }

    func rows(
        after id: Int64, atMost count: Int, from table: StoreTable
    ) throws(StoreError) -> [StoredRow] {
        try rows(
            "SELECT id, iv, sealed FROM \(name(table)) WHERE id > $1 ORDER BY id LIMIT \(count)",
            "\(id)")
    }

    func rows(withIDs ids: [Int64], from table: StoreTable) throws(StoreError) -> [StoredRow] {
        let list = ids.map(String.init).joined(separator: ",")
        return try rows(
            """
            SELECT id, iv, sealed
            FROM unnest($1::bigint[]) WITH ORDINALITY AS wanted (id, place)
            JOIN \(name(table)) USING (id) ORDER BY place
            """, "{\(list)}")
    }

    func count(_ table: StoreTable) throws(StoreError) -> Int {
        let result = try opened().query(
            "SELECT count(*) FROM \(name(table)) WHERE id > $1", "\(Int64.min)")
        return Int(result.number(0, 0))
    }

    func remove() throws(StoreError) {
        guard !readOnly else {
            throw StoreError(
                .refused, url.redacted, "it is open to be read only",
                remedy: "open it to be written")
        }
        try opened().run("DROP SCHEMA IF EXISTS \(schema) CASCADE")
        close()
    }

    func close() { connection = nil }

    /// Runs statements as they are, for a test that needs a fault.
    func run(_ statements: String) throws(StoreError) { try opened().run(statements) }

    private func opened() -> LibPQConnection {
        guard let connection else { preconditionFailure("a closed store is not used") }
        return connection
    }

    private func name(_ table: StoreTable) -> String { "\(schema).\"\(table.rawValue)\"" }

    private func rows(
        _ statement: String, _ parameter: String
    ) throws(StoreError) -> [StoredRow] {
        let result = try opened().query(statement, parameter)
        var rows: [StoredRow] = []
        rows.reserveCapacity(result.rowCount)
        for row in 0..<result.rowCount {
            rows.append(
                StoredRow(
                    id: result.number(row, 0), iv: result.bytes(row, 1),
                    sealed: result.bytes(row, 2)))
        }
        return rows
    }
}

/// Rows as PostgreSQL's binary `COPY` takes them: integers are big-endian, and a length stands
/// before every field.
enum CopyStream {
    private static let signature: [UInt8] = Array("PGCOPY\n".utf8) + [0xff, 0x0d, 0x0a, 0x00]

    /// The whole stream.
    static func bytes(of rows: [StoredRow]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(
            rows.reduce(32) { $0 + 22 + $1.iv.count + $1.sealed.count })
        bytes += signature
        // Neither flags nor an extension of the header.
        append(Int32(0), to: &bytes)
        append(Int32(0), to: &bytes)
        for row in rows {
            append(Int16(3), to: &bytes)
            append(Int32(8), to: &bytes)
            append(row.id, to: &bytes)
            for field in [row.iv, row.sealed] {
                append(Int32(field.count), to: &bytes)
                bytes += field
            }
        }
        append(Int16(-1), to: &bytes)
        return bytes
    }

    private static func append<Number: FixedWidthInteger>(
        _ number: Number, to bytes: inout [UInt8]
    ) {
        for shift in stride(from: Number.bitWidth - 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: number >> shift))
        }
    }
}
