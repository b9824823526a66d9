import Units

/// One limit of a ledger, with the place of its words in the row.
///
/// All limits but the tarpit are open from some instant on for as long as nobody else comes: what
/// several limits admit together opens where the last of them does.
enum LedgerEntry: Sendable {
    /// The word of a token bucket.
    case tokenBucket(TokenBucket, at: Int)
    /// The word of a fixed window or a budget.
    case fixedWindow(FixedWindow, at: Int)
    /// The ring of a sliding window.
    case slidingWindow(SlidingWindow, InstantRing)
    /// The ring of a breaker; the word before it is one nanosecond more than the instant at which
    /// it tripped last.
    case breaker(Breaker, InstantRing)
    /// The ring of a tarpit.
    case tarpit(Tarpit, InstantRing)

    /// The entry of a limit whose words begin at `base`, and how many they are; nil for a limit
    /// that decides nothing.
    static func entry(_ limit: Limit, at base: Int) -> (entry: LedgerEntry, wordCount: Int)? {
        func ring(_ capacity: UInt64, at base: Int) -> (InstantRing, Int) {
            let capacity = Int(max(1, capacity))
            return (
                InstantRing(base: base, capacity: capacity),
                InstantRing.wordCount(keeping: capacity)
            )
        }
        switch limit {
        case .none, .concurrency, .delay, .all: return nil
        case .tokenBucket(let bucket): return (.tokenBucket(bucket, at: base), 1)
        case .fixedWindow(let fixed): return (.fixedWindow(fixed, at: base), 1)
        case .budget(let budget): return (.fixedWindow(budget.window, at: base), 1)
        case .slidingWindow(let sliding):
            let (ring, count) = ring(sliding.limit.count, at: base)
            return (.slidingWindow(sliding, ring), count)
        case .breaker(let breaker):
            let (ring, count) = ring(breaker.threshold.count, at: base + 1)
            return (.breaker(breaker, ring), count + 1)
        case .tarpit(let tarpit):
            let (ring, count) = ring(tarpit.depth, at: base)
            return (.tarpit(tarpit, ring), count)
        }
    }

    /// The earliest instant from `start` on at which `units` are admitted; nil where none is.
    func opening(
        from start: Int64, units: UInt64, in row: borrowing MutableSpan<UInt64>
    ) -> Int64? {
        switch self {
        case .tokenBucket(let bucket, let place):
            return bucket.place(
                after: row[place], at: Nanoseconds(start), operations: units)?.opens.count
        case .fixedWindow(let fixed, let place):
            return fixed.place(
                after: row[place], at: Nanoseconds(start), operations: units)?.opens.count
        case .slidingWindow(let sliding, let ring):
            return sliding.opening(from: start, units: units, ring, in: row)
        case .breaker(let breaker, let ring):
            return breaker.opening(from: start, units: units, ring, in: row)
        case .tarpit(let tarpit, let ring):
            return tarpit.opening(from: start, units: units, ring, in: row)
        }
    }

    /// The earliest instant from `start` on at which a request would wait no longer than
    /// `patience` nanoseconds; nil where none is.
    func retry(
        from start: Int64, units: UInt64, within patience: Int64,
        in row: borrowing MutableSpan<UInt64>
    ) -> Int64? {
        guard case .tarpit(let tarpit, let ring) = self else {
            return opening(from: start, units: units, in: row)
        }
        return tarpit.retry(from: start, units: units, within: patience, ring, in: row)
    }

    /// Takes `units` at an instant at which they are admitted.
    func take(_ units: UInt64, at instant: Int64, in row: inout MutableSpan<UInt64>) {
        switch self {
        case .tokenBucket(let bucket, let place):
            let taken = bucket.place(
                after: row[place], at: Nanoseconds(instant), operations: units)
            row[place] = taken?.word ?? .max
        case .fixedWindow(let fixed, let place):
            let taken = fixed.place(
                after: row[place], at: Nanoseconds(instant), operations: units)
            row[place] = taken?.word ?? .max
        case .slidingWindow(_, let ring), .tarpit(_, let ring):
            ring.append(units, at: instant, in: &row)
        case .breaker(let breaker, let ring):
            breaker.take(units, at: instant, ring, in: &row)
        }
    }

    /// Takes back what a caller who was killed had begun to write.
    func repair(_ row: inout MutableSpan<UInt64>) {
        switch self {
        case .tokenBucket, .fixedWindow: break
        case .slidingWindow(_, let ring), .breaker(_, let ring), .tarpit(_, let ring):
            ring.repair(&row)
        }
    }
}
