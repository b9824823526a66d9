import Glibc
import Synchronization
import Units

/// The state of one throttle in a mapped file, shared by every process that maps it.
///
/// A limit of one word is decided by one compare-and-exchange, every other under a lock that a
/// killed holder does not leave stuck: what it had taken is at most an admission that nobody used.
/// The state of a global policy is one row, that of a policy per client a row for each.
@safe package final class SharedState: @unchecked Sendable {
    /// What it was made for.
    package let policy: Policy
    private let ledger: Ledger
    private let layout: SharedStateLayout
    private let file: SharedStateFile
    private let holder = SharedStateHolder()

    /// Makes the file of a state that nobody has used; it must not exist.
    ///
    /// - Parameters:
    ///   - clients: identities that have a state of their own where the scope is per client.
    ///   - spent: units of a limit of one word that are gone already.
    /// - Throws: `SharedStateError` with the path and the system's reason.
    package static func create(
        at path: String, for policy: Policy, clients: Int = 1, spent: UInt64 = 0
    ) throws(SharedStateError) {
        let layout = try layout(of: policy, clients: clients, path)
        try unsafe SharedStateFile.create(at: path, layout, fingerprint: policy.fingerprint) {
            unsafe prepare($0, policy, layout, spent: spent)
        }
    }

    /// Makes it at the end of an open file, which grows by it.
    package static func make(
        in place: SharedStatePlace, for policy: Policy, clients: Int
    ) throws(SharedStateError) {
        let layout = try layout(of: policy, clients: clients, place.path)
        try unsafe SharedStateFile.make(in: place, layout, fingerprint: policy.fingerprint) {
            unsafe prepare($0, policy, layout, spent: 0)
        }
    }

    /// Maps a file that `create` made for a policy with the same limit, scope and charge.
    ///
    /// - Throws: `SharedStateError` where the file is half made, truncated, of another version or
    ///   of another policy; it is never made anew.
    package convenience init(path: String, policy: Policy) throws(SharedStateError) {
        try self.init(
            SharedStateFile(
                path: path, fingerprint: policy.fingerprint, layout: Self.layout(of: policy)),
            policy, path)
    }

    /// Maps what `make` made.
    package convenience init(
        in place: SharedStatePlace, policy: Policy
    ) throws(SharedStateError) {
        try self.init(
            SharedStateFile(
                in: place, fingerprint: policy.fingerprint, layout: Self.layout(of: policy)),
            policy, place.path)
    }

    private init(
        _ file: SharedStateFile, _ policy: Policy, _ path: String
    ) throws(SharedStateError) {
        guard let layout = Self.layout(of: policy)(file.rows) else {
            throw SharedStateError(path, "is damaged: remove it to begin with a fresh state")
        }
        ledger = Ledger(policy.limit)
        (self.policy, self.layout, self.file) = (policy, layout, file)
    }

    private static func layout(of policy: Policy) -> (Int) -> SharedStateLayout? {
        { SharedStateLayout(policy, Ledger(policy.limit), clients: $0) }
    }

    private static func layout(
        of policy: Policy, clients: Int, _ path: String
    ) throws(SharedStateError) -> SharedStateLayout {
        guard let layout = layout(of: policy)(max(1, clients)) else {
            throw SharedStateError(
                path, "cannot be made: \(clients) clients of \(policy.keyForm) fit into no memory")
        }
        return layout
    }

    /// Writes what a fresh state has beyond zeros; false where the system knows no such lock.
    private static func prepare(
        _ memory: UnsafeMutableRawPointer, _ policy: Policy, _ layout: SharedStateLayout,
        spent: UInt64
    ) -> Bool {
        let ledger = Ledger(policy.limit)
        precondition(spent == 0 || ledger.wordCount == 1, "one word counts what is spent")
        return (0..<layout.rows).allSatisfy { client in
            let row = unsafe memory + layout.row(of: client)
            if spent > 0 { unsafe row.storeBytes(of: spent, as: UInt64.self) }
            let isLocked = unsafe !ledger.isLocked || SharedStateLock(at: row).prepare()
            guard isLocked, let start = layout.slots, let slots = layout.slotsLayout else {
                return isLocked
            }
            return unsafe SharedStateSlotsMemory(at: row + start, slots).lock.prepare()
        }
    }

    /// Decides one call at `now` (since the throttle's epoch), against every process that shares
    /// the state.
    ///
    /// - Parameter client: the identity that calls, from 0; of no matter to a global policy.
    package func decide(at now: Nanoseconds, units: UInt64 = 1, client: Int = 0) -> Decision {
        decide(at: now, units: units, client: client, onLimit: policy.onLimit)
    }

    /// The same with another patience than the policy's.
    package func decide(
        at now: Nanoseconds, units: UInt64, client: Int, onLimit: OnLimit
    ) -> Decision {
        switch ledger.form {
        case .open: return ledger.decideFreely(at: now.orZero)
        case .tokenBucket(let bucket):
            return decide(bucket, onLimit, at: now.orZero, units, client)
        case .fixedWindow(let fixed):
            return decide(fixed, onLimit, at: now.orZero, units, client)
        case .entries:
            return withRow(of: client) { row in
                ledger.decide(&row, at: now, units: units, onLimit: onLimit)
            }
        }
    }

    /// Units that a fixed window begun at the epoch has given out: a budget of calls.
    package var spent: UInt64 { withWord(of: 0) { $0.load(ordering: .relaxed) } }

    /// Takes one unit of a fixed window where fewer than `most` are gone, whatever the window
    /// admits: the part of a budget of calls that a warm-up may use.
    package func spend(upTo most: RecordCount) -> Bool {
        withWord(of: 0) { word in
            var seen = word.load(ordering: .relaxed)
            while seen < most.count {
                let (exchanged, original) = word.weakCompareExchange(
                    expected: seen, desired: seen + 1, ordering: .relaxed)
                if exchanged { return true }
                seen = original
            }
            return false
        }
    }

    /// Waits for one of the slots of `concurrency`, behind everybody who came before; the caller
    /// holds it until `leave`.
    ///
    /// A slot whose holder was killed is free again once somebody has waited a while for it.
    ///
    /// - Returns: false where none came free within `longest`; true at once without `concurrency`.
    package func enter(client: Int = 0, waitingAtMost longest: Nanoseconds) -> Bool {
        slots(of: client)?.enter(holder.current, waitingAtMost: longest) ?? true
    }

    /// Gives back a slot that `enter` gave to this process; nothing without `concurrency`.
    package func leave(client: Int = 0) { slots(of: client)?.leave(holder.current) }

    private func decide(
        _ limit: some SingleWordLimit, _ onLimit: OnLimit, at now: Nanoseconds, _ units: UInt64,
        _ client: Int
    ) -> Decision {
        withWord(of: client) { word in
            var seen = word.load(ordering: .relaxed)
            while true {
                var next = seen
                let decision = limit.decide(
                    &next, at: now, onLimit: onLimit, operations: units, delay: ledger.delay)
                guard next != seen else { return decision }
                let (exchanged, original) = word.weakCompareExchange(
                    expected: seen, desired: next, ordering: .relaxed)
                if exchanged { return decision }
                seen = original
            }
        }
    }

    /// The one word of a client's row.
    private func withWord<Result>(
        of client: Int, _ body: (borrowing Atomic<UInt64>) -> Result
    ) -> Result {
        let row = unsafe file.memory + layout.row(of: client)
        return unsafe body(row.assumingMemoryBound(to: Atomic<UInt64>.self).pointee)
    }

    /// The words of a client's row, under its lock.
    private func withRow<Result>(
        of client: Int, _ body: (inout MutableSpan<UInt64>) -> Result
    ) -> Result {
        let row = unsafe file.memory + layout.row(of: client)
        let start = unsafe (row + layout.words).assumingMemoryBound(to: UInt64.self)
        var words = unsafe MutableSpan(_unsafeStart: start, count: layout.wordCount)
        let lock = unsafe SharedStateLock(at: row)
        lock.lock { ledger.repair(&words) }
        defer { lock.unlock() }
        return body(&words)
    }

    private func slots(of client: Int) -> SharedStateSlots? {
        guard let start = layout.slots, let slots = layout.slotsLayout else { return nil }
        return unsafe SharedStateSlots(
            SharedStateSlotsMemory(at: file.memory + layout.row(of: client) + start, slots))
    }
}

extension Nanoseconds {
    /// No time where it is negative; spelt out, since generic comparison is no part of a decision.
    @inline(__always)
    var orZero: Nanoseconds { Nanoseconds(count < 0 ? 0 : count) }
}
