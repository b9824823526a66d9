/// Where everything lies in the file of a gate's state.
///
/// The first page is the header, the second the module's path; a row for each identity follows,
/// then, each on pages of its own, the canaries, if any, and the state of the throttle. Offsets are
/// in 64-bit words.
struct GateLayout: Equatable {
    /// Rows.
    let capacity: Int
    /// Periods that a row keeps.
    let history: Int
    /// Words of a ring: a power of two, so that no call divides.
    let ringLength: Int
    /// Words of a row.
    let stride: Int
    /// Where the canaries begin, and how many words they take: a power of two, or none.
    let canaries: Int
    let canarySlots: Int
    /// Bytes before the throttle's state, whole pages.
    let length: Int

    /// Words of the header, in the first page.
    enum Header {
        static let magic = 0
        static let length = 1
        static let capacity = 2
        static let history = 3
        static let period = 4
        static let flags = 5
        static let throttledCode = 6
        static let revokedCode = 7
        static let policyCount = 8
        static let pathCount = 9
        static let created = 10
        static let calendarOfStart = 11
        /// Bytes before the throttle's state.
        static let ownLength = 12
        /// How many canaries there are, the words of their table, and the sum of its contents.
        static let canaries = 13
        static let canarySlots = 14
        static let canarySum = 15
        /// The start of the machine that `offset` belongs to, two words.
        static let boot = 16
        /// The gate's time less the monotonic clock.
        static let offset = 18
        /// Which time namespace the clocks belong to.
        static let timeNamespace = 19
        /// When nobody at all was let in any more; 0 where it stands open. On a line of its own.
        static let closed = 24
        /// The lock of what is seldom changed.
        static let lock = 32
        /// Written last.
        static let mark = 63
        static let policy = 64
        static let mostPolicy = 448
        static let path = 512
        /// How many there are that a program must read before it maps the file.
        static let count = 64
    }

    /// Words of a row.
    enum Row {
        static let name = 0
        /// 0 where nobody has taken it.
        static let taken = 8
        /// When it was revoked; 0 where it is not.
        static let revoked = 9
        /// Counts of calls, by function and outcome, on lines of their own.
        static let calls = 16
        /// Units beyond one for each admitted call.
        static let further = 37
        static let waits = 38
        static let waited = 39
        /// The gate's time of the last charged call.
        static let lastCall = 40
        /// Canaries that it met, and the gate's time of the last.
        static let canaries = 41
        static let lastCanary = 42
        /// Rings of the periods: admitted, throttled, revoked, further units.
        static let rings = 48
    }

    /// Rings of a row.
    enum Ring: Int, CaseIterable {
        case admitted, throttled, revoked, further
    }

    private static let page = 4_096
    static let rows = 2 * page / 8

    /// - Parameter canaryCount: how many canaries there are.
    init(capacity: Int, history: Int, canaryCount: Int = 0) {
        self.capacity = capacity
        self.history = history
        var ring = 2
        while ring < history { ring *= 2 }
        ringLength = ring
        stride = (Row.rings + Ring.allCases.count * ring + 7) / 8 * 8
        let rows = Self.wholePages(8 * (Self.rows + stride * capacity))
        canaries = rows / 8
        canarySlots = CanaryTable.slots(for: canaryCount)
        length = rows + Self.wholePages(8 * canarySlots)
    }

    private static func wholePages(_ bytes: Int) -> Int { (bytes + page - 1) / page * page }

    /// Where a row begins.
    func row(_ index: Int) -> Int { Self.rows + index * stride }

    /// The word of a period in a ring.
    func ring(_ ring: Ring, of row: Int, at period: UInt64) -> Int {
        self.row(row) + Row.rings + ring.rawValue * ringLength
            + Int(truncatingIfNeeded: period) & (ringLength - 1)
    }
}

/// A count of one period in one word, so that whoever is killed leaves it right: the lowest bits
/// of the period's number, and the count.
struct PeriodCount {
    private static let countBits: UInt64 = 38
    private static let most: UInt64 = 1 << countBits - 1

    /// The word with so many more.
    @inline(__always) static func word(
        after word: UInt64, adding amount: UInt64, in period: UInt64
    ) -> UInt64 {
        let tag = period << countBits
        let before = word & ~most == tag ? word & most : 0
        return tag | min(most, before &+ min(amount, most))
    }

    /// What was counted in a period; nil where the word tells of another.
    static func count(of word: UInt64, in period: UInt64) -> UInt64? {
        word & ~most == period << countBits && word != 0 ? word & most : nil
    }

    /// The latest period, not after `now`, that a word can tell of.
    static func period(of word: UInt64, notAfter now: UInt64) -> UInt64? {
        guard word & most != 0 else { return nil }
        let tags: UInt64 = 1 << (64 - countBits)
        let age = (now &- (word >> countBits)) & (tags - 1)
        return age <= now ? now - age : nil
    }
}
