import CLibpq

/// A connection to a PostgreSQL server, for the thread that made it.
@safe final class LibPQConnection {
    private let library: LibPQ
    private let connection: OpaquePointer
    private let url: ConnectionURL
    private var statements: [String: String] = [:]

    /// Connects.
    ///
    /// - Throws: `StoreError` of the kind `gone` where no server answers.
    init(_ url: ConnectionURL) throws(StoreError) {
        let library = try LibPQ.loaded.get()
        // A server that vanished without a word is noticed within half a minute.
        let patient = url.with("connect_timeout", "5").with("keepalives_idle", "10")
            .with("keepalives_interval", "5").with("keepalives_count", "3")
            .with("tcp_user_timeout", "15000").with("fallback_application_name", "anchorbench")
        guard let connection = unsafe library.connect(patient.text) else {
            throw StoreError(.refused, url.redacted, "there is no memory for a connection")
        }
        guard unsafe library.status(connection) == CONNECTION_OK else {
            defer { unsafe library.finish(connection) }
            let reason = unsafe Self.text(library.errorMessage(connection))
            let answer = unsafe library.ping(patient.text)
            throw StoreError(
                answer == PQPING_NO_RESPONSE || answer == PQPING_REJECT ? .gone : .refused,
                url.redacted, url.scrubbed(Self.line(reason)),
                remedy: "see that its server runs, and lets this user in")
        }
        self.library = library
        unsafe self.connection = connection
        self.url = url
    }

    deinit { unsafe library.finish(connection) }

    /// Such as 150014 for 15.14.
    var serverVersion: Int { unsafe Int(library.serverVersion(connection)) }

    /// Runs statements that have no parameters, all of them or none.
    func run(_ statements: String) throws(StoreError) {
        unsafe try check(library.execute(connection, statements), PGRES_COMMAND_OK)
    }

    /// The result of a statement with one parameter, prepared at its first use.
    func query(_ statement: String, _ parameter: String) throws(StoreError) -> LibPQResult {
        let name = try prepared(statement)
        let result = unsafe parameter.withCString { start in
            var value: UnsafePointer<CChar>? = unsafe start
            return unsafe library.executePrepared(connection, name, 1, &value, nil, nil, 1)
        }
        return unsafe try checked(result, PGRES_TUPLES_OK)
    }

    /// Feeds the data of a `COPY … FROM STDIN` to the server.
    func copy(_ statement: String, _ data: [UInt8]) throws(StoreError) {
        unsafe try check(library.execute(connection, statement), PGRES_COPY_IN)
        var sent = 0
        while sent < data.count {
            let part = Array(data[sent..<min(sent + Self.partBytes, data.count)])
            let code = unsafe library.putCopyData(connection, part, CInt(part.count))
            guard code == 1 else { throw fault() }
            sent += part.count
        }
        guard unsafe library.putCopyEnd(connection, nil) == 1 else { throw fault() }
        var failure: StoreError?
        while let result = unsafe library.nextResult(connection) {
            do throws(StoreError) {
                unsafe try check(result, PGRES_COMMAND_OK)
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
    }

    private static let partBytes = 1 << 20

    private func prepared(_ statement: String) throws(StoreError) -> String {
        if let name = statements[statement] { return name }
        let name = "s\(statements.count)"
        unsafe try check(
            library.prepare(connection, name, statement, 0, nil), PGRES_COMMAND_OK)
        statements[statement] = name
        return name
    }
}

extension LibPQConnection {
    private func check(
        _ result: OpaquePointer?, _ status: ExecStatusType
    ) throws(StoreError) {
        _ = unsafe try checked(result, status)
    }

    /// The result where it is what was to be expected.
    private func checked(
        _ result: OpaquePointer?, _ status: ExecStatusType
    ) throws(StoreError) -> LibPQResult {
        guard unsafe library.resultStatus(result) == status else {
            defer { unsafe library.clear(result) }
            let state = unsafe Self.text(library.resultErrorField(result, Self.stateField))
            let message = unsafe Self.text(library.resultErrorField(result, Self.messageField))
            throw fault(state, message)
        }
        return unsafe LibPQResult(library, result)
    }

    /// What a failure means for a drill; where it left no result, by what the connection says.
    private func fault(_ state: String = "", _ message: String = "") -> StoreError {
        let last = unsafe Self.text(library.errorMessage(connection))
        let isAlive = unsafe library.status(connection) == CONNECTION_OK
        return StoreError(
            isAlive ? Self.kind(ofState: state) : .gone, url.redacted,
            url.scrubbed(Self.line(message.isEmpty ? last : message)))
    }

    /// `PG_DIAG_SQLSTATE` and `PG_DIAG_MESSAGE_PRIMARY`.
    private static let stateField = CInt(UInt8(ascii: "C"))
    private static let messageField = CInt(UInt8(ascii: "M"))

    /// What a code of PostgreSQL's Appendix A means for a drill.
    static func kind(ofState state: String) -> StoreError.Kind {
        switch state {
        // lock_not_available, deadlock_detected
        case "55P03", "40P01": .locked
        // disk_full
        case "53100": .full
        // admin_shutdown, crash_shutdown, cannot_connect_now, database_dropped,
        // undefined_table, invalid_schema_name
        case "57P01", "57P02", "57P03", "57P04", "42P01", "3F000": .gone
        // connection_exception
        case let state where state.hasPrefix("08"): .gone
        default: .refused
        }
    }

    private static func text(_ start: UnsafeMutablePointer<CChar>?) -> String {
        unsafe start.map { unsafe String(cString: $0) } ?? ""
    }

    /// The lines of a message in one.
    private static func line(_ message: String) -> String {
        let lines = message.split(whereSeparator: \.isNewline)
        guard !lines.isEmpty else { return "it does not say why" }
        return lines.map { $0.drop(while: \.isWhitespace) }.joined(separator: "; ")
    }
}

/// What a statement gave, in PostgreSQL's binary forms.
@safe struct LibPQResult: ~Copyable {
    private let library: LibPQ
    private let result: OpaquePointer?

    fileprivate init(_ library: LibPQ, _ result: OpaquePointer?) {
        self.library = library
        unsafe self.result = result
    }

    deinit { unsafe library.clear(result) }

    /// How many rows there are.
    var rowCount: Int { unsafe Int(library.rowCount(result)) }

    /// The bytes of a field; none where it is null.
    func bytes(_ row: Int, _ column: Int) -> [UInt8] {
        let count = unsafe Int(library.length(result, CInt(row), CInt(column)))
        guard count > 0, let start = unsafe library.value(result, CInt(row), CInt(column)) else {
            return []
        }
        return unsafe [UInt8](UnsafeRawBufferPointer(start: start, count: count))
    }

    /// A field of the type `bigint`.
    func number(_ row: Int, _ column: Int) -> Int64 {
        let bits = bytes(row, column).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        return Int64(bitPattern: bits)
    }
}
