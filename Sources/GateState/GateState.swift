import Glibc
import Throttling
import Units

/// The state of a gate in a mapped file, shared by every process that calls through it and by those
/// who watch and steer it.
///
/// Counts are single words that one instruction changes, so that a process may be killed anywhere
/// and leaves what it counted. The throttle runs on the gate's own time, which goes on with the
/// machine's monotonic clock and stands still while the machine is down: no correction of the
/// calendar admits a call, and periods alone are counted by the calendar.
package final class GateState: Sendable {
    /// Where it is.
    package let path: String
    /// What it was made to do.
    package let configuration: GateConfiguration
    private let memory: GateMemory
    private let layout: GateLayout
    private let throttle: SharedState
    /// The gate's time less the monotonic clock.
    private let offset: Int64
    private let calendar: PeriodCalendar
    private let identity: GateFileIdentity
    /// Whether calls are counted in flight.
    package let hasSlots: Bool
    /// Whether there are canaries to look for.
    package let hasCanaries: Bool
    private let canaries: CanaryTable

    private typealias Header = GateLayout.Header
    private typealias Row = GateLayout.Row

    /// Makes the file of a gate that nobody has used; it must not exist.
    ///
    /// - Parameters:
    ///   - mode: its permissions.
    ///   - group: whose processes may use it too; nil for those of the user alone.
    /// - Throws: `GateStateError` with the path and the reason.
    package static func create(
        at path: String, _ configuration: GateConfiguration, mode: mode_t = 0o600,
        group: gid_t? = nil
    ) throws(GateStateError) {
        try GateFile.create(at: path, configuration, mode: mode, group: group)
    }

    /// Opens a gate to call through it, or to steer it.
    ///
    /// - Parameter isTrusted: whether calls go through it: then its owner must be root or this
    ///   user, and nobody else may write it. Without that it is only steered, and has no time.
    /// - Throws: `GateStateError` where it is anything but whole; it is never made anew.
    package init(path: String, isTrusted: Bool = true) throws(GateStateError) {
        let file = try GateFile(path: path, for: isTrusted ? .guarding : .steering)
        guard let throttle = file.throttle else {
            throw GateStateError(path, "cannot be opened", EACCES)
        }
        self.path = path
        self.throttle = throttle
        configuration = file.configuration
        identity = file.identity
        (memory, layout) = (file.memory, file.layout)
        calendar = PeriodCalendar(period: file.configuration.period)
        hasSlots = file.configuration.policy.limit.slots != nil
        hasCanaries = file.layout.canarySlots > 0
        canaries = CanaryTable(file.memory, file.layout)
        // Who only steers waits for nobody: a client that was stopped may hold the lock.
        guard isTrusted else {
            offset = 0
            return
        }
        guard let boot = GateClock.boot() else {
            throw GateStateError(path, "cannot be used: /proc/sys/kernel/random/boot_id", errno)
        }
        guard file.memory[Header.timeNamespace] == GateClock.timeNamespace() else {
            throw GateStateError(
                path,
                "was made in another time namespace, whose clocks are others: start the "
                    + "client outside of its own")
        }
        let memory = file.memory
        offset = memory.lock.withLock(repair: {}) {
            Self.offset(in: memory, file.layout, of: boot)
        }
    }

    /// The gate's time less the monotonic clock, after a new start of the machine such that the
    /// time goes on where it stopped.
    private static func offset(
        in memory: GateMemory, _ layout: GateLayout, of boot: (UInt64, UInt64)
    ) -> Int64 {
        let known = (memory[Header.boot], memory[Header.boot + 1])
        guard known != boot else { return Int64(bitPattern: memory[Header.offset]) }
        let created = memory[Header.created] &- memory[Header.calendarOfStart]
        let last = (0..<layout.capacity).reduce(Int64(clamping: created)) { last, row in
            max(last, Int64(clamping: memory[layout.row(row) + Row.lastCall]))
        }
        // Whoever is killed in between leaves a start that is not this one, and the next begins
        // again: the new start is written last.
        let offset = last &- GateClock.monotonic()
        memory[Header.offset] = UInt64(bitPattern: offset)
        memory[Header.boot + 1] = boot.1
        memory[Header.boot] = boot.0
        return offset
    }
}

extension GateState {
    /// Whether this is the state of the same file.
    package func isFile(of other: GateState) -> Bool { identity == other.identity }

    /// The row of an identity, taken where it comes for the first time.
    ///
    /// - Throws: `GateStateError` where it is none, where only named ones are let in, or where
    ///   there is no room for another.
    package func claim(_ name: String) throws(GateStateError) -> Int {
        guard GateConfiguration.isIdentity(name) else {
            throw GateStateError("'\(name)' is no identity: \(GateConfiguration.identityRule)")
        }
        let bytes = Array(name.utf8)
        let found: Int? = memory.lock.withLock(repair: {}) {
            var row = 0
            while row < layout.capacity, memory[layout.row(row) + Row.taken] != 0 {
                if memory.bytes(at: layout.row(row) + Row.name, room: 64) == bytes { return row }
                row += 1
            }
            guard row < layout.capacity, !configuration.isClosed else { return nil }
            memory.write(name, to: layout.row(row) + Row.name, room: 64)
            memory[layout.row(row) + Row.taken] = 1
            return row
        }
        if let found { return found }
        let remedy = "make another gate with it ('gate create --identities')"
        throw configuration.isClosed
            ? GateStateError(
                path, "lets in only identities that were named, not '\(name)': \(remedy)",
                .misused)
            : GateStateError(
                path,
                "has no room for another identity than its \(layout.capacity): make a "
                    + "larger one ('gate create --most-identities')")
    }

    /// The row of an identity that is there already.
    package func row(of name: String) -> Int? {
        let bytes = Array(name.utf8)
        return (0..<layout.capacity).prefix { memory[layout.row($0) + Row.taken] != 0 }
            .first { memory.bytes(at: layout.row($0) + Row.name, room: 64) == bytes }
    }

    /// Refuses an identity from its next call on, in every process; or lets it in again.
    package func setRevoked(_ isRevoked: Bool, row: Int) {
        set(isRevoked, layout.row(row) + Row.revoked)
    }

    /// Refuses everybody from the next call on; or lets in again who is not revoked.
    package func setClosed(_ isClosed: Bool) { set(isClosed, Header.closed) }

    /// Whether nobody at all is let in.
    package var isClosed: Bool { memory[Header.closed] != 0 }

    private func set(_ isSet: Bool, _ word: Int) {
        guard isSet else { return memory[word] = 0 }
        // The first one counts: since when it has been.
        if memory[word] == 0 { memory[word] = UInt64(GateClock.exactCalendar()) }
    }
}

/// What calls go through.
extension GateState {
    /// The most units that one call counts as: no client can make a sum go round by claiming more.
    private static let mostCounted: UInt64 = 1 << 32

    /// How long a call that waits sleeps before it looks for a revocation, in nanoseconds.
    private static let turn: Int64 = 10_000_000

    /// Whether an identity may not call now.
    @inline(__always)
    package func isRevoked(_ row: Int) -> Bool {
        memory[Header.closed] != 0 || memory[layout.row(row) + Row.revoked] != 0
    }

    /// Refuses a call where its identity is revoked, and counts that.
    @inline(__always)
    package func admitsUncharged(_ function: GateFunction, row: Int) -> Bool {
        guard isRevoked(row) else { return true }
        count(function, .revoked, row: row)
        return false
    }

    /// Charges a call before it goes on to the module, waiting for its turn where the policy says
    /// so, and counts it.
    ///
    /// - Parameters:
    ///   - units: what it is charged; nothing only asks for a revocation.
    ///   - isCall: whether it begins an operation; false for what goes on with one.
    /// - Returns: what became of it.
    @inline(__always)
    package func charge(
        _ function: GateFunction, units: UInt64, isCall: Bool, row: Int
    ) -> GateOutcome {
        guard !isRevoked(row) else {
            count(function, .revoked, row: row)
            return .revoked
        }
        let now = GateClock.monotonic() &+ offset
        switch throttle.decide(at: Nanoseconds(now), units: units, client: row) {
        case .admit: break
        case .wait(let instant):
            guard wait(until: instant.count, row: row) else {
                count(function, .revoked, row: row)
                return .revoked
            }
        case .deny:
            count(function, .throttled, row: row)
            return .throttled
        }
        let place = layout.row(row)
        memory[place + Row.lastCall] = UInt64(now)
        let period = calendar.period(at: now)
        let further = min(isCall ? units &- 1 : units, Self.mostCounted)
        if further > 0 {
            memory.add(further, to: place + Row.further)
            memory.count(further, in: period, at: layout.ring(.further, of: row, at: period))
        }
        guard isCall else { return .admitted }
        memory.add(1, to: place + Self.calls(function, .admitted))
        memory.count(1, in: period, at: layout.ring(.admitted, of: row, at: period))
        return .admitted
    }

    /// Waits for a slot of `concurrency`, to be given back with `leave`; where none came free in
    /// time, or the identity was revoked meanwhile, there is none and that is counted.
    package func enter(_ function: GateFunction, row: Int) -> GateOutcome {
        let patience: Nanoseconds =
            switch configuration.policy.onLimit {
            case .deny: .zero
            case .wait(let longest): longest
            }
        guard throttle.enter(client: row, waitingAtMost: patience) else {
            count(function, .throttled, row: row)
            return .throttled
        }
        guard isRevoked(row) else { return .admitted }
        throttle.leave(client: row)
        count(function, .revoked, row: row)
        return .revoked
    }

    /// Gives the slot back.
    package func leave(row: Int) { throttle.leave(client: row) }

    /// Takes the first bytes of something that an admitted call is to open, and counts it where it
    /// is a canary. Takes no lock.
    ///
    /// - Returns: whether it is one.
    @inline(__always)
    package func meet(_ fingerprint: UInt64, row: Int) -> Bool {
        guard canaries.contains(fingerprint) else { return false }
        let place = layout.row(row)
        memory[place + Row.lastCanary] = UInt64(GateClock.monotonic() &+ offset)
        memory.add(1, to: place + Row.canaries)
        return true
    }

    private static func calls(_ function: GateFunction, _ outcome: GateOutcome) -> Int {
        Row.calls + 3 * function.rawValue + outcome.rawValue
    }

    private func count(_ function: GateFunction, _ outcome: GateOutcome, row: Int) {
        memory.add(1, to: layout.row(row) + Self.calls(function, outcome))
        let ring: GateLayout.Ring =
            switch outcome {
            case .admitted: .admitted
            case .throttled: .throttled
            case .revoked: .revoked
            }
        let period = calendar.period(at: GateClock.monotonic() &+ offset)
        memory.count(1, in: period, at: layout.ring(ring, of: row, at: period))
    }

    /// Sleeps until an instant of the gate's time; false where the identity was revoked meanwhile.
    private func wait(until instant: Int64, row: Int) -> Bool {
        let end = instant - offset
        let start = GateClock.monotonic()
        memory.add(1, to: layout.row(row) + Row.waits)
        defer {
            memory.add(
                UInt64(max(0, GateClock.monotonic() - start)), to: layout.row(row) + Row.waited)
        }
        while true {
            let now = GateClock.monotonic()
            guard !isRevoked(row) else { return false }
            guard now < end else { return true }
            GateClock.sleep(until: min(end, now + Self.turn))
        }
    }
}
