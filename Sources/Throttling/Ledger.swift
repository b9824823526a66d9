import Synchronization
import Units

/// A limit laid out over a row of words, and what it decides from them: no clock and no memory of
/// its own, so that the same code decides over mapped memory and over an array.
///
/// A limit of one word has that word alone, and it is a place in a queue by itself. Of all others
/// the first word is the last admission given out, before which nobody else is let in; the second
/// the latest clock of a caller who was let in; then come the words of each limit.
package struct Ledger: Sendable {
    /// Words of a row; all of them are zero in a throttle that nobody has used.
    package let wordCount: Int
    /// How it decides.
    let form: Form
    /// What every call waits first.
    let delay: Nanoseconds

    /// How a ledger decides.
    enum Form: Sendable {
        /// Nothing is kept: everybody is let in.
        case open
        /// A token bucket and nothing else.
        case tokenBucket(TokenBucket)
        /// A fixed window or a budget and nothing else.
        case fixedWindow(FixedWindow)
        /// Limits that are asked one after the other.
        case entries([LedgerEntry])
    }

    private static let (last, latest, first) = (0, 1, 2)

    /// How long a caller may have been held up since it read its clock, in nanoseconds: so long it
    /// is not sent away for being overtaken, but let in right after whoever overtook it.
    private static let grace: Int64 = 100_000_000

    /// The layout of a limit, whose `all` names its limits in one list.
    package init(_ limit: Limit) {
        delay = limit.delay
        var (entries, next) = ([LedgerEntry](), Self.first)
        for member in limit.members {
            if case .all = member { preconditionFailure("'all' stands within 'all'") }
            guard let (entry, count) = LedgerEntry.entry(member, at: next) else { continue }
            entries.append(entry)
            next += count
        }
        switch entries.first {
        case nil: (form, wordCount) = (.open, 0)
        case .tokenBucket(let bucket, _) where entries.count == 1:
            (form, wordCount) = (.tokenBucket(bucket), 1)
        case .fixedWindow(let fixed, _) where entries.count == 1:
            (form, wordCount) = (.fixedWindow(fixed), 1)
        default: (form, wordCount) = (.entries(entries), next)
        }
    }

    /// Decides one request at `now`, and takes its units where it is admitted or given a place; a
    /// denied request changes no word.
    ///
    /// - Parameters:
    ///   - row: `wordCount` words.
    ///   - now: time since the throttle's epoch.
    package func decide(
        _ row: inout MutableSpan<UInt64>, at now: Nanoseconds, units: UInt64, onLimit: OnLimit
    ) -> Decision {
        let now = now.orZero
        switch form {
        case .open: return decideFreely(at: now)
        case .tokenBucket(let bucket):
            return bucket.decide(
                &row[0], at: now, onLimit: onLimit, operations: units, delay: delay)
        case .fixedWindow(let fixed):
            return fixed.decide(
                &row[0], at: now, onLimit: onLimit, operations: units, delay: delay)
        case .entries(let entries):
            return decide(entries, &row, at: now.count, units: units, onLimit.patience)
        }
    }

    /// The same over an array of `wordCount` words.
    package func decide(
        _ row: inout [UInt64], at now: Nanoseconds, units: UInt64 = 1, onLimit: OnLimit
    ) -> Decision {
        var words = row.mutableSpan
        return decide(&words, at: now, units: units, onLimit: onLimit)
    }

    /// What everybody is told where nothing is kept.
    func decideFreely(at now: Nanoseconds) -> Decision {
        let (arrival, overflow) = now.count.addingReportingOverflow(delay.count)
        guard !overflow else { return .deny(retryAfter: .max) }
        return arrival > now.count ? .wait(until: Nanoseconds(arrival)) : .admit
    }

    /// Whether its row has more than one word, which only a lock keeps together.
    var isLocked: Bool { if case .entries = form { true } else { false } }

    /// Takes back what a caller who was killed had begun to write into the row.
    func repair(_ row: inout MutableSpan<UInt64>) {
        guard case .entries(let entries) = form else { return }
        for entry in entries { entry.repair(&row) }
    }

    private func decide(
        _ entries: [LedgerEntry], _ row: inout MutableSpan<UInt64>, at now: Int64, units: UInt64,
        _ patience: Int64
    ) -> Decision {
        guard units > 0 else { return .admit }
        let latest = Int64(bitPattern: row[Self.latest])
        // Whoever was overtaken between its clock and here comes next, as if it had come just now.
        let turn = latest > now && latest - now <= Self.grace ? latest : now
        let (arrival, overflow) = turn.addingReportingOverflow(delay.count)
        guard !overflow else { return .deny(retryAfter: .max) }
        let start = max(arrival, Int64(bitPattern: row[Self.last]))
        var opens = start
        for entry in entries {
            guard let opening = entry.opening(from: start, units: units, in: row) else {
                return .deny(retryAfter: .max)
            }
            opens = max(opens, opening)
        }
        guard opens - arrival <= patience else {
            return deny(entries, row, from: start, units: units, patience)
        }
        // The last admission first: whoever is killed after it leaves no instant behind that comes
        // after the next one.
        row[Self.last] = UInt64(bitPattern: opens)
        row[Self.latest] = UInt64(bitPattern: max(latest, turn))
        atomicMemoryFence(ordering: .releasing)
        for entry in entries { entry.take(units, at: opens, in: &row) }
        return opens <= now ? .admit : .wait(until: Nanoseconds(opens))
    }

    private func deny(
        _ entries: [LedgerEntry], _ row: borrowing MutableSpan<UInt64>, from start: Int64,
        units: UInt64, _ patience: Int64
    ) -> Decision {
        var again = start
        for entry in entries {
            guard
                let opening = entry.retry(from: start, units: units, within: patience, in: row)
            else { return .deny(retryAfter: .max) }
            again = max(again, opening)
        }
        return .deny(retryAfter: Nanoseconds(again - delay.count))
    }
}
