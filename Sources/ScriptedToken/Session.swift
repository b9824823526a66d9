import CCryptoki
import Synchronization

/// One session: what a caller has begun and not finished.
///
/// A session is used by one thread at a time, as the standard demands of applications; only its
/// state is read by others.
struct Session: ~Copyable {
    /// What a slot of the session table holds.
    enum State: UInt8, AtomicRepresentable {
        case closed
        case readOnly
        case readWrite
    }

    let state = Atomic<State>(.closed)
    var decryption = Operation.none
    var encryption = Operation.none
    var isSigning = false
    /// The IVs of what was begun, where the token makes them itself.
    var sealingVector: GCMVector?
    var openingVector: GCMVector?
}

/// The sessions, in a fixed array indexed by handle: finding one takes no lock and no allocation.
struct SessionTable: @unchecked Sendable {
    /// The most sessions that can be open.
    static let capacity = 4096

    /// Two cache lines a session, so that callers never write to a line of each other.
    private static let stride = 128

    private let base: UnsafeMutableRawPointer

    init() {
        precondition(MemoryLayout<Session>.size <= Self.stride)
        base = UnsafeMutableRawPointer.allocate(
            byteCount: (Self.capacity + 1) * Self.stride, alignment: Self.stride)
        for handle in 0...Self.capacity {
            (base + handle * Self.stride).bindMemory(to: Session.self, capacity: 1)
                .initialize(to: Session())
        }
    }

    /// The session of a handle.
    ///
    /// - Throws: `CKR_SESSION_HANDLE_INVALID` where it is not open.
    @inline(__always)
    func find(_ handle: CK_SESSION_HANDLE) throws(Refusal) -> UnsafeMutablePointer<Session> {
        guard handle <= CK_SESSION_HANDLE(Self.capacity) else {
            throw Refusal(CKR_SESSION_HANDLE_INVALID)
        }
        let session = slot(handle)
        guard session.pointee.state.load(ordering: .acquiring) != .closed else {
            throw Refusal(CKR_SESSION_HANDLE_INVALID)
        }
        return session
    }

    /// Opens the first closed session after a handle, so that handles come back as late as
    /// possible.
    ///
    /// - Returns: Its handle; nil where all are open.
    func open(_ state: Session.State, after last: CK_SESSION_HANDLE) -> CK_SESSION_HANDLE? {
        let capacity = CK_SESSION_HANDLE(Self.capacity)
        for step in 0..<capacity {
            let handle = (last + step) % capacity + 1
            let session = slot(handle)
            guard session.pointee.state.load(ordering: .relaxed) == .closed else { continue }
            session.pointee.decryption = .none
            session.pointee.encryption = .none
            session.pointee.isSigning = false
            session.pointee.state.store(state, ordering: .releasing)
            return handle
        }
        return nil
    }

    /// Closes a session; its handle is valid no more.
    func close(_ handle: CK_SESSION_HANDLE) {
        slot(handle).pointee.state.store(.closed, ordering: .releasing)
    }

    /// The handles of the open sessions.
    var open: [CK_SESSION_HANDLE] {
        (1...CK_SESSION_HANDLE(Self.capacity)).filter {
            slot($0).pointee.state.load(ordering: .acquiring) != .closed
        }
    }

    /// How many of the open sessions may write to the token.
    var readWriteCount: Int {
        open.count { slot($0).pointee.state.load(ordering: .acquiring) == .readWrite }
    }

    @inline(__always)
    private func slot(_ handle: CK_SESSION_HANDLE) -> UnsafeMutablePointer<Session> {
        (base + Int(bitPattern: handle) * Self.stride).assumingMemoryBound(to: Session.self)
    }
}
