import Units

/// Which rows of a drill are canaries: those that no user of a front end asks for. They follow from
/// the drill's seed; a thief does not ask for them.
struct CanaryRows: Codable, Equatable, Sendable {
    private let seed: UInt64
    private let rows: Int64
    private let count: Int64

    /// So many of the rows from 1 on.
    init(_ count: UInt64, of rows: RecordCount, seed: UInt64) {
        precondition(count <= rows.count, "canaries are among the rows")
        (self.count, self.rows, self.seed) = (Int64(count), Int64(rows.count), seed)
    }

    /// Their numbers, drawn without putting back (Floyd's algorithm; Bentley and Floyd, 1987).
    var ids: Set<Int64> {
        guard count > 0 else { return [] }
        var generator = SeededGenerator(seed: seed ^ 0x726f_7773)
        var ids: Set<Int64> = []
        ids.reserveCapacity(Int(count))
        for last in (rows - count + 1)...rows {
            let drawn = Int64.random(in: 1...last, using: &generator)
            if !ids.insert(drawn).inserted { ids.insert(last) }
        }
        return ids
    }
}
