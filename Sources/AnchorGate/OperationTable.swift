import CCryptoki
import Glibc
import Synchronization

/// How far the operations of each session have got, where bytes are charged: a table of fixed size
/// in which finding a session takes no lock and no allocation.
///
/// A session that finds no room beside as many as 65,536 others is charged call by call, each as if
/// it began an operation: more, never less.
final class OperationTable: @unchecked Sendable {
    /// Which operation of a session; it can have one of each at a time.
    enum Kind: Int, CaseIterable {
        case decrypt, sign, signRecover, encrypt
    }

    private static let capacity = 1 << 16
    private static let longestProbe = 64
    /// A line of two cache lines: the handle, then bytes and units of each kind.
    private static let stride = 16
    private static let (bytes, units) = (1, 5)
    private static let (unused, closed): (UInt64, UInt64) = (0, .max)

    private let words: UnsafeMutablePointer<Atomic<UInt64>>

    init() {
        // Zeros that take no memory before somebody writes there.
        let count = Self.capacity * Self.stride
        guard let memory = calloc(count, MemoryLayout<UInt64>.stride) else {
            preconditionFailure("the system has memory for a table of sessions")
        }
        words = memory.assumingMemoryBound(to: Atomic<UInt64>.self)
    }

    deinit { free(words) }

    /// Bytes that an operation has taken and units that it was charged; nothing before it began.
    @inline(__always)
    func progress(
        of kind: Kind, _ session: CK_SESSION_HANDLE
    ) -> (bytes: UInt64, units: UInt64) {
        guard let line = line(of: session) else { return (0, 0) }
        return (
            words[line + Self.bytes + kind.rawValue].load(ordering: .relaxed),
            words[line + Self.units + kind.rawValue].load(ordering: .relaxed)
        )
    }

    /// Takes down that an operation began, and was charged so much for it.
    @inline(__always)
    func begin(_ kind: Kind, _ session: CK_SESSION_HANDLE, charged units: UInt64) {
        guard let line = line(of: session) ?? insert(session) else { return }
        reset(kind, line, charged: units)
    }

    @inline(__always)
    private func reset(_ kind: Kind, _ line: Int, charged units: UInt64) {
        words[line + Self.bytes + kind.rawValue].store(0, ordering: .relaxed)
        words[line + Self.units + kind.rawValue].store(units, ordering: .relaxed)
    }

    /// Takes down what an operation was charged in all.
    func set(_ kind: Kind, _ session: CK_SESSION_HANDLE, charged units: UInt64) {
        guard let line = line(of: session) else { return }
        words[line + Self.units + kind.rawValue].store(units, ordering: .relaxed)
    }

    /// Takes down that an operation took bytes and goes on.
    func advance(_ kind: Kind, _ session: CK_SESSION_HANDLE, bytes: CK_ULONG) {
        guard let line = line(of: session) else { return }
        words[line + Self.bytes + kind.rawValue].wrappingAdd(UInt64(bytes), ordering: .relaxed)
    }

    /// Takes down that an operation is over.
    @inline(__always)
    func end(_ kind: Kind, _ session: CK_SESSION_HANDLE) {
        guard let line = line(of: session) else { return }
        reset(kind, line, charged: 0)
    }

    /// Forgets a session that was closed.
    func close(_ session: CK_SESSION_HANDLE) {
        guard let line = line(of: session) else { return }
        words[line].store(Self.closed, ordering: .relaxed)
    }

    /// Forgets all sessions.
    func forget() {
        for index in 0..<Self.capacity {
            let line = index * Self.stride
            guard words[line].load(ordering: .relaxed) != Self.unused else { continue }
            words[line].store(Self.unused, ordering: .relaxed)
        }
    }

    /// The first place where a session is looked for.
    @inline(__always)
    private static func first(of handle: UInt64) -> Int {
        Int(truncatingIfNeeded: (handle &* 0x9e37_79b9_7f4a_7c15) >> 48) & (capacity - 1)
    }

    @inline(__always)
    private func line(of session: CK_SESSION_HANDLE) -> Int? {
        let handle = UInt64(session)
        guard handle != Self.unused, handle != Self.closed else { return nil }
        let line = Self.first(of: handle) &* Self.stride
        return words[line].load(ordering: .relaxed) == handle ? line : further(of: handle)
    }

    private func further(of handle: UInt64) -> Int? {
        let first = Self.first(of: handle)
        for probe in 0..<Self.longestProbe {
            let line = ((first + probe) & (Self.capacity - 1)) * Self.stride
            let found = words[line].load(ordering: .relaxed)
            if found == handle { return line }
            if found == Self.unused { return nil }
        }
        return nil
    }

    private func insert(_ session: CK_SESSION_HANDLE) -> Int? {
        let handle = UInt64(session)
        guard handle != Self.unused, handle != Self.closed else { return nil }
        let first = Self.first(of: handle)
        for probe in 0..<Self.longestProbe {
            let line = ((first + probe) & (Self.capacity - 1)) * Self.stride
            let found = words[line].load(ordering: .relaxed)
            guard found == Self.unused || found == Self.closed else { continue }
            let (exchanged, _) = words[line].compareExchange(
                expected: found, desired: handle, ordering: .relaxed)
            if exchanged { return line }
        }
        return nil
    }
}
