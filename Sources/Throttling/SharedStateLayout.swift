/// Where everything lies in the file of a throttle's state, in bytes.
///
/// The first page is the header. A row for each client follows: the lock and the words of its
/// ledger, then its slots. A ledger of one word has no lock.
struct SharedStateLayout {
    /// Whether all clients have one row.
    let isShared: Bool
    /// Rows: one, or one for each client.
    let rows: Int
    /// Words of a ledger.
    let wordCount: Int
    /// Where the words begin in a row: right behind the lock, on its cache line.
    let words: Int
    /// Where the slots begin in a row; nil without `concurrency`.
    let slots: Int?
    /// Slots and the places of those who wait for one.
    let slotsLayout: SharedStateSlotsMemory.Layout?
    /// Bytes of a row.
    let stride: Int
    /// Bytes of the file.
    let length: Int

    /// Bytes of the header.
    static let header = 4_096
    /// Rows share no cache line.
    private static let line = 64

    /// The layout of a policy's state; nil where it would not fit into memory.
    init?(_ policy: Policy, _ ledger: Ledger, clients: Int) {
        isShared = policy.scope == .global
        rows = isShared ? 1 : clients
        wordCount = ledger.wordCount
        words = ledger.isLocked ? SharedStateLock.byteCount : 0
        let ends = Self.rounded(words + 8 * max(1, wordCount))
        if let most = policy.limit.slots {
            guard most <= 1 << 24 else { return nil }
            let layout = SharedStateSlotsMemory.Layout(slots: most, rows: rows)
            (slots, slotsLayout) = (ends, layout)
            stride = Self.rounded(ends + layout.byteCount)
        } else {
            (slots, slotsLayout) = (nil, nil)
            stride = ends
        }
        let (bytes, overflow) = stride.multipliedReportingOverflow(by: rows)
        guard !overflow, bytes <= 1 << 46 else { return nil }
        length = Self.header + bytes
    }

    /// Where a client's row begins.
    func row(of client: Int) -> Int {
        guard !isShared else { return Self.header }
        precondition((0..<rows).contains(client), "a client has a row of its own")
        return Self.header + client * stride
    }

    private static func rounded(_ bytes: Int) -> Int { (bytes + line - 1) / line * line }
}
