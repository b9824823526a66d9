import CCryptoki
import Glibc
import Synchronization

/// A script under way: the calls counted since it was read, and what it does to each of them.
///
/// There is one only while a script concerns calls; without one nothing here is reached.
final class Playback: Sendable {
    /// One call, as the script counts it.
    struct Call {
        /// Not counted as a reference: a playback is never freed, and a call is on the measured
        /// path.
        unowned(unsafe) let playback: Playback
        /// The number of the call among those of its function, from 1.
        let number: UInt64
    }

    private struct Counters: ~Copyable, @unchecked Sendable {
        let calls = UnsafeMutablePointer<Atomic<UInt64>>.allocate(
            capacity: ScriptedFunction.allCases.count)

        init(initializations: UInt64) {
            for function in ScriptedFunction.allCases {
                let before = function == .initialize ? initializations : 0
                (calls + function.rawValue).initialize(to: Atomic(before))
            }
        }

        deinit { calls.deallocate() }
    }

    private let script: Script
    private let counters: Counters
    private let countFile: CountFile?
    private let queue: ServerQueue?
    private let service: ServiceTime?
    private let removed = Atomic(false)

    /// Starts a script now: the instant that a stall counts from, unless from the first call.
    ///
    /// - Parameters:
    ///   - script: What to do.
    ///   - initializations: How often `C_Initialize` was called before: its calls alone are counted
    ///     over the life of the process, as each of them reads a script.
    /// - Throws: `ScriptError` where the count file cannot be mapped.
    init(_ script: Script, initializations: UInt64) throws(ScriptError) {
        self.script = script
        counters = Counters(initializations: initializations)
        if let path = script.countFile {
            countFile = try CountFile(path: path)
        } else {
            countFile = nil
        }
        service = script.service?.slowed(by: script.slowdown)
        queue =
            script.hasQueue
            ? ServerQueue(
                servers: script.servers ?? 1, stall: script.stall,
                unsteadiness: script.unsteadiness, origin_ns: MonotonicClock.now_ns()) : nil
    }

    /// Refuses everything once the device has been removed.
    func admit() throws(Refusal) {
        if removed.load(ordering: .relaxed) { throw Refusal(CKR_DEVICE_REMOVED) }
    }

    /// Whether a failed decryption stays active.
    var leavesActive: Bool { script.leavesActive }

    /// What a read-only session is refused with; nil where it is not.
    var readOnlyRefusal: CK_RV? { script.readOnlyRefusal }

    /// What the token does where it makes the IVs of GCM itself.
    var ivs: DeviceIVs? { script.ivs }

    /// Whether the token has a mechanism.
    func has(_ type: CK_MECHANISM_TYPE) -> Bool { !script.without.contains(type) }

    /// Counts a call, and refuses it where the script says so.
    func admit(_ function: ScriptedFunction) throws(Refusal) -> Call {
        countFile?.count(function)
        let number = counters.calls[function.rawValue].wrappingAdd(1, ordering: .relaxed).newValue
        if function.isWork { breakDevice(onCall: number) }
        try admit()
        for (index, fault) in script.faults.enumerated()
        where fault.function == function
            && fires(fault.trigger, onCall: number, stream: UInt64(index))
        {
            throw Refusal(fault.code)
        }
        return Call(playback: self, number: number)
    }

    /// Keeps the caller of `C_Login` for as long as the script wants it.
    func delayLogin() {
        guard script.loginDelay_ns > 0 else { return }
        MonotonicClock.sleep(until: MonotonicClock.now_ns() + script.loginDelay_ns)
    }

    private func breakDevice(onCall number: UInt64) {
        if number == script.crash { abort() }
        if number == script.hang { while true { pause() } }
        if let removal = script.removal, number >= removal {
            removed.store(true, ordering: .relaxed)
        }
    }

    private func fires(_ trigger: Trigger, onCall number: UInt64, stream: UInt64) -> Bool {
        trigger.fires(onCall: number, seed: script.seed, stream: stream)
    }
}

extension Playback.Call {
    /// Waits for a server and for the service of this call, where the script has any.
    func serve() {
        guard let queue = playback.queue else { return }
        let seed = playback.script.seed
        queue.serve(playback.service?.draw_ns(forCall: number, seed: seed) ?? 0)
    }

    /// Refuses a ciphertext that is longer than the script lets it be.
    func take(_ length: CK_ULONG) throws(Refusal) {
        guard let longest = playback.script.longest, UInt64(length) > longest else { return }
        throw Refusal(CKR_DATA_LEN_RANGE)
    }

    /// Does to a result what the script wants done to it.
    ///
    /// - Returns: How many of its bytes the caller gets.
    func spoil(_ result: UnsafeMutablePointer<UInt8>, length: Int) -> Int {
        guard length > 0 else { return 0 }
        if happens(playback.script.garbage, stream: 0x6761_7262) {
            result[length / 2] ^= 0xFF
        }
        return happens(playback.script.truncation, stream: 0x7472_756E) ? length - 1 : length
    }

    private func happens(_ triggers: [Trigger], stream: UInt64) -> Bool {
        triggers.enumerated().contains { index, trigger in
            playback.fires(trigger, onCall: number, stream: stream << 32 | UInt64(index))
        }
    }
}
