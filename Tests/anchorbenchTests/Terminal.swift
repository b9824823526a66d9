import Foundation
import Glibc
import Synchronization

/// A pseudo-terminal, and what was shown on it.
final class Terminal: Sendable {
    /// The end that a program writes to.
    let line: FileHandle
    private let screen: FileHandle
    private let text = Mutex(Data())

    init() throws {
        var (screen, line) = (Int32(-1), Int32(-1))
        guard openpty(&screen, &line, nil, nil, nil) == 0 else { throw NoTerminal(code: errno) }
        self.screen = FileHandle(fileDescriptor: screen, closeOnDealloc: true)
        self.line = FileHandle(fileDescriptor: line, closeOnDealloc: true)
        // A program waits where nobody reads what it shows.
        self.screen.readabilityHandler = { [self] handle in
            let new = handle.availableData
            guard !new.isEmpty else { return handle.readabilityHandler = nil }
            text.withLock { $0.append(new) }
        }
    }

    /// Ends the reading, without which this would never go.
    func close() { screen.readabilityHandler = nil }

    /// What was shown so far.
    var shown: String { text.withLock { String(decoding: $0, as: UTF8.self) } }

    /// The system gave none.
    struct NoTerminal: Error { let code: Int32 }
}
