import Glibc
import Synchronization

/// Which process holds a slot: its number and when it started, because numbers are used again.
struct SlotHolder: Hashable, Sendable {
    /// Both in one word that is never 0: the number in the lower 22 bits, as many as Linux gives
    /// out, and above it the start in ticks since the machine was started.
    let word: UInt64

    private static let numberBits: UInt64 = 22
    /// The topmost bit is left to whoever keeps the word.
    private static let startBits: UInt64 = 41

    /// The holder that a word stands for.
    init(word: UInt64) { self.word = word }

    /// A process by its number; its start is 0 where the system does not tell it.
    init(process number: pid_t) {
        let start = Self.status(of: number)?.start ?? 0
        let bits = start & (1 << Self.startBits - 1)
        word = UInt64(number) & (1 << Self.numberBits - 1) | bits << Self.numberBits
    }

    /// Whether the process is still there: neither gone, nor waiting to be buried, nor another one
    /// with the same number.
    var isAlive: Bool {
        let number = pid_t(word & (1 << Self.numberBits - 1))
        guard kill(number, 0) == 0 || errno != ESRCH else { return false }
        // Without a word of the system on it, that it answers has to do.
        guard let status = Self.status(of: number) else { return true }
        guard status.state != "Z", status.state != "X" else { return false }
        let start = word >> Self.numberBits & (1 << Self.startBits - 1)
        return start == 0 || start == status.start & (1 << Self.startBits - 1)
    }

    /// What `/proc` says of a process (proc(5), fields 3 and 22 of `stat`).
    private static func status(of number: pid_t) -> (state: Substring, start: UInt64)? {
        let file = unsafe open("/proc/\(number)/stat", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 1_024)
        let count = unsafe bytes.withUnsafeMutableBytes { buffer in
            unsafe read(file, buffer.baseAddress, buffer.count)
        }
        guard count > 0 else { return nil }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        // The name of a process may hold spaces and brackets of its own.
        guard let bracket = text.lastIndex(of: ")") else { return nil }
        let fields = text[text.index(after: bracket)...].split(separator: " ")
        guard fields.count > 19, let start = UInt64(fields[19]) else { return nil }
        return (fields[0], start)
    }
}

/// This process as a holder, asked of the system once and again after a fork.
final class SharedStateHolder: Sendable {
    private let known = Atomic<UInt64>(0)
    private let process = Atomic<Int32>(0)

    /// The calling process.
    var current: SlotHolder {
        let number = getpid()
        if process.load(ordering: .acquiring) == number {
            return SlotHolder(word: known.load(ordering: .relaxed))
        }
        let holder = SlotHolder(process: number)
        known.store(holder.word, ordering: .relaxed)
        process.store(number, ordering: .releasing)
        return holder
    }
}
