import Foundation
import Glibc

/// Writing to files so that what is written is on the disk, and what is not has a reason.
enum OutputFile {
    /// Writes all of it and waits for the disk.
    ///
    /// A disk that is nearly full takes a part first, and says why it takes no more at the next
    /// call.
    ///
    /// - Throws: `SystemRefusal` with the system's reason.
    static func write(_ bytes: Data, to file: Int32) throws(SystemRefusal) {
        var rest = [UInt8](bytes)
        while !rest.isEmpty {
            let count = Glibc.write(file, rest, rest.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw SystemRefusal() }
            rest.removeFirst(count)
        }
        guard fsync(file) == 0 else { throw SystemRefusal() }
    }

    /// Makes or empties a file and writes it.
    ///
    /// - Throws: `SystemRefusal` with the system's reason.
    static func write(_ bytes: Data, toNew path: String) throws(SystemRefusal) {
        let file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard file >= 0 else { throw SystemRefusal() }
        defer { close(file) }
        try write(bytes, to: file)
    }

    /// Gives a file another name, whatever bore that name before.
    ///
    /// - Throws: `SystemRefusal` with the system's reason.
    static func rename(_ path: String, to name: String) throws(SystemRefusal) {
        guard Glibc.rename(path, name) == 0 else { throw SystemRefusal() }
    }
}

/// Why the system refused a call.
struct SystemRefusal: Error, CustomStringConvertible {
    /// In the system's words.
    let description: String

    /// What the last call gave for a reason.
    init() { description = String(cString: strerror(errno)) }
}
