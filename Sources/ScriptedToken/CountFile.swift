import Glibc
import Synchronization

/// Call counters in a mapped file, which processes share: how a test sees that only one `C_Login`
/// happened, whoever made it.
///
/// The file is ten 64-bit little-endian numbers in the order of `ScriptedFunction`: C_Initialize,
/// C_OpenSession, C_Login, C_EncryptInit, C_Encrypt, C_DecryptInit, C_Decrypt, C_UnwrapKey,
/// C_SignInit, C_Sign. It is created where there is none and added to where there is one. Every
/// call counts, the refused ones too.
struct CountFile: @unchecked Sendable {
    private let counters: UnsafeMutablePointer<Atomic<UInt64>>

    /// Maps a file. The mapping is never undone: a call that hangs may still count.
    ///
    /// - Throws: `ScriptError` with the path and the reason of the system.
    init(path: String) throws(ScriptError) {
        let length = ScriptedFunction.countFileCounters * MemoryLayout<UInt64>.stride
        let file = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw Self.error(path) }
        defer { close(file) }
        var status = stat()
        guard fstat(file, &status) == 0,
            Int(status.st_size) >= length || ftruncate(file, length) == 0
        else { throw Self.error(path) }
        guard let address = mmap(nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0),
            address != MAP_FAILED
        else { throw Self.error(path) }
        counters = address.bindMemory(
            to: Atomic<UInt64>.self, capacity: ScriptedFunction.countFileCounters)
    }

    /// Adds one to the counter of a function, if it has one.
    func count(_ function: ScriptedFunction) {
        guard function.rawValue < ScriptedFunction.countFileCounters else { return }
        counters[function.rawValue].wrappingAdd(1, ordering: .relaxed)
    }

    private static func error(_ path: String) -> ScriptError {
        ScriptError(message: "count-file=\(path): \(String(cString: strerror(errno)))")
    }
}
