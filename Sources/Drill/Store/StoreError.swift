/// Why the database of a drill does not do what it is asked, in one sentence with the remedy.
package struct StoreError: Error, Equatable, Sendable, CustomStringConvertible {
    /// What kind of trouble it is.
    package enum Kind: String, Codable, Sendable {
        /// Another program keeps it to itself for longer than is waited.
        case locked
        /// It is not there, or not any more.
        case gone
        /// There is no room for more rows.
        case full
        /// Anything else.
        case refused
    }

    /// What kind of trouble it is.
    package let kind: Kind
    package let description: String

    /// What hinders a database.
    ///
    /// - Parameters:
    ///   - database: where it is, without a password.
    ///   - reason: what the database or the system says of it.
    ///   - remedy: what to do; nil for what usually helps.
    init(_ kind: Kind, _ database: String, _ reason: String, remedy: String? = nil) {
        self.kind = kind
        let (trouble, usual) =
            switch kind {
            case .locked: ("is locked", "end the program that holds it, and drill again")
            case .gone: ("is not there", "see that nothing stops or removes it while a drill runs")
            case .full: ("is full", "make room where it lies, or drill with fewer rows")
            case .refused: ("cannot be used", "mend that, or name another with '--database'")
            }
        description = "the database '\(database)' \(trouble) (\(reason)): \(remedy ?? usual)"
    }
}
