/// A row of the database as a thief or a reader finds it.
package struct StoredRow: Equatable, Sendable {
    /// Its number, from 1 on.
    package let id: Int64
    /// What its record was sealed with beside the key; empty in the clear.
    package let iv: [UInt8]
    /// The sealed record; in the clear the record itself.
    package let sealed: [UInt8]

    /// A row.
    package init(id: Int64, iv: [UInt8], sealed: [UInt8]) {
        self.id = id
        self.iv = iv
        self.sealed = sealed
    }
}

/// Which of its tables the rows lie in.
package enum StoreTable: String, CaseIterable, Codable, Sendable {
    /// Each record sealed under the anchor's key.
    case sealed
    /// Records in the clear.
    case clear
    /// Each record sealed under one data key, which is sealed under the anchor's.
    case shared
}
