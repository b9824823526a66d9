import Anchors
import CPlatform
import Foundation
import Synchronization

/// What a child process has of its parent: orders on its standard input, answers on what was its
/// standard output.
///
/// A module that prints on standard output prints on standard error instead.
package final class ParentLink: Sendable {
    private let orders = OrderQueue()
    private let answers: FileHandle
    /// Held while an answer is written: threads may answer at once.
    private let turn = Mutex(())

    /// Takes over the process's standard input and output.
    ///
    /// - Parameter orphanFolders: made where they are not there yet, and removed if the parent ends
    ///   without saying so.
    package init(orphanFolders: [String]) {
        answers = FileHandle(fileDescriptor: dup(STDOUT_FILENO), closeOnDealloc: false)
        dup2(STDERR_FILENO, STDOUT_FILENO)
        // Ctrl-C reaches the whole process group; the parent decides what becomes of a worker.
        signal(SIGINT, SIG_IGN)
        signal(SIGPIPE, SIG_IGN)
        _ = anchorbench_forbid_dumps()
        // Made here and not by the parent: while there is a folder, somebody lives to remove it.
        for folder in orphanFolders {
            try? FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        }
        orders.start {
            for folder in orphanFolders { Self.remove(folder) }
            _exit(0)
        }
    }

    /// Removes a folder of the dead parent; other orphans do the same at the same time, and what
    /// one misses by the haste of another is seen at the next look.
    private static func remove(_ folder: String) {
        for _ in 0..<100 {
            try? FileManager.default.removeItem(atPath: folder)
            guard FileManager.default.fileExists(atPath: folder) else { return }
            usleep(10_000)
        }
    }

    /// The next line of the parent, waiting for it.
    package func nextLine() -> [UInt8] { orders.next() }

    /// The PIN on the next line, in hexadecimal digits.
    package func nextPin() -> Pin {
        var digits = orders.next()
        var bytes = stride(from: 0, to: digits.count - 1, by: 2).map { index in
            UInt8(Self.digit(digits[index]) << 4 | Self.digit(digits[index + 1]))
        }
        for index in digits.indices { digits[index] = 0 }
        return Pin(wiping: &bytes)
    }

    private static func digit(_ character: UInt8) -> Int {
        let isLetter = character >= UInt8(ascii: "a")
        return Int(character) - Int(isLetter ? UInt8(ascii: "a") - 10 : UInt8(ascii: "0"))
    }

    /// Answers with one JSON object on a line.
    package func answer(_ report: some Encodable) {
        guard let data = try? JSONEncoder().encode(report) else {
            preconditionFailure("a report is plain data")
        }
        turn.withLock { _ in try? answers.write(contentsOf: data + Data("\n".utf8)) }
    }
}
