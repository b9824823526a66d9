import CCryptoki
import Synchronization

/// The one token of this process, in the one slot of this module.
///
/// What a decryption reads on its way (session, key, login, script) is read without a lock; all
/// else is in `contents`, under one. The token forgets at `C_Finalize`, and each process has its
/// own.
final class Token: @unchecked Sendable {
    static let shared = Token()

    /// The only slot.
    static let slotID: CK_SLOT_ID = 0

    let sessions = SessionTable()
    let keys = KeyTable()
    let contents = Mutex(TokenContents())
    private let started = Atomic(false)
    private let isLoggedIn = Atomic(false)
    private let playing = Atomic<UnsafeRawPointer?>(nil)

    /// The script under way, where it concerns calls.
    @inline(__always)
    var playback: Playback? {
        guard let playing = playing.load(ordering: .acquiring) else { return nil }
        return Unmanaged<Playback>.fromOpaque(playing).takeUnretainedValue()
    }

    var isInitialized: Bool { started.load(ordering: .acquiring) }

    var loggedIn: Bool {
        get { isLoggedIn.load(ordering: .acquiring) }
        set { isLoggedIn.store(newValue, ordering: .releasing) }
    }

    /// Lets a call in that scripts do not count.
    ///
    /// - Throws: `CKR_CRYPTOKI_NOT_INITIALIZED`, `CKR_DEVICE_REMOVED`.
    @inline(__always)
    func admit() throws(Refusal) {
        guard started.load(ordering: .acquiring) else {
            throw Refusal(CKR_CRYPTOKI_NOT_INITIALIZED)
        }
        try playback?.admit()
    }

    /// Lets a call in that scripts count.
    ///
    /// - Returns: The call as the script sees it; nil where no script concerns calls.
    /// - Throws: `CKR_CRYPTOKI_NOT_INITIALIZED`, or what the script wants answered.
    @inline(__always)
    func admit(_ function: ScriptedFunction) throws(Refusal) -> Playback.Call? {
        guard started.load(ordering: .acquiring) else {
            throw Refusal(CKR_CRYPTOKI_NOT_INITIALIZED)
        }
        guard let playback else { return nil }
        return try playback.admit(function)
    }

    /// Refuses a mechanism that the script takes away.
    ///
    /// - Throws: `CKR_MECHANISM_INVALID`.
    @inline(__always)
    func check(_ mechanism: CK_MECHANISM_TYPE) throws(Refusal) {
        guard let playback, !playback.has(mechanism) else { return }
        throw Refusal(CKR_MECHANISM_INVALID)
    }

    /// Starts anew with a script.
    ///
    /// - Parameters:
    ///   - script: What the token is told to do.
    ///   - playback: The script under way, where it concerns calls.
    /// - Throws: What the making of the built-in keys may refuse.
    func start(_ script: Script, _ playback: Playback?) throws(Refusal) {
        try contents.withLock { contents throws(Refusal) in
            contents.script = script
            try contents.restore(keys)
        }
        playing.store(
            playback.map { UnsafeRawPointer(Unmanaged.passRetained($0).toOpaque()) },
            ordering: .releasing)
        started.store(true, ordering: .releasing)
    }

    /// Closes all sessions and forgets the script. A playback is not freed: a call may hang in it.
    func stop() {
        contents.withLock { closeAllSessions(&$0) }
        started.store(false, ordering: .releasing)
        playing.store(nil, ordering: .releasing)
    }
}
