/// Where the rows of a drill lie, such as can be handed to another process.
package enum StoreAddress: Codable, Equatable, Sendable {
    /// A file of the drill's own.
    case sqlite(path: String)
    /// A schema of the drill's own in somebody's database.
    case postgres(url: String, schema: String)

    /// The address that an option names.
    ///
    /// - Parameters:
    ///   - text: `sqlite`, or the URL of a PostgreSQL database.
    ///   - folder: where a file may lie.
    ///   - unique: what no other drill has, in lower-case letters, digits and underscores, 40 at
    ///     most.
    /// - Throws: `StoreError.Kind.refused` where it names no database.
    package init(parsing text: String, folder: String, unique: String) throws(StoreError) {
        let allowed = "abcdefghijklmnopqrstuvwxyz0123456789_"
        precondition(
            (1...40).contains(unique.count) && unique.allSatisfy { allowed.contains($0) },
            "a schema has a plain and short name")
        guard text != "sqlite" else {
            self = .sqlite(path: "\(folder)/rows.sqlite")
            return
        }
        let url = ConnectionURL(text)
        guard url.isPostgreSQL else {
            throw StoreError(
                .refused, Self.shown(text), "it is neither 'sqlite' nor the URL of a database",
                remedy: "write '--database sqlite', or 'postgres://user@host:port/name'")
        }
        guard !url.isAmbiguous else {
            throw StoreError(
                .refused, url.redacted, "its user or password holds a '/', '?', '#' or '@'",
                remedy: "write %2F, %3F, %23 or %40 for it")
        }
        self = .postgres(url: text, schema: "anchorbench_drill_\(unique)")
    }

    /// Where it is, without a password.
    package var redacted: String {
        switch self {
        case .sqlite(let path): path
        case .postgres(let url, _): ConnectionURL(url).redacted
        }
    }

    /// A connection for the calling thread.
    ///
    /// - Parameter readOnly: whether it only reads, and the database has to be there.
    /// - Throws: `StoreError` where there is no database, or it lets nobody in.
    package func open(readOnly: Bool) throws(StoreError) -> any RecordStore {
        switch self {
        case .sqlite(let path):
            try SQLiteStore(path: path, readOnly: readOnly)
        case .postgres(let url, let schema):
            try PostgreSQLStore(ConnectionURL(url), schema: schema, readOnly: readOnly)
        }
    }

    /// As much of a text that is no address as surely holds no password.
    private static func shown(_ text: String) -> String {
        guard !text.contains("://") else { return ConnectionURL(text).redacted }
        let start = text.prefix { $0.isLetter || $0.isNumber || "._-/".contains($0) }
        return start.count == text.count ? text : "\(start)…"
    }
}
