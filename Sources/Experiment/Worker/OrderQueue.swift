import Foundation

/// The lines of standard input, read by a thread of its own, so that the end of the parent is
/// noticed while a module hangs.
final class OrderQueue: @unchecked Sendable {
    private let condition = NSCondition()
    private var lines: [[UInt8]] = []

    /// Starts reading; `onEnd` runs on the reading thread when the parent is gone.
    func start(onEnd: @escaping @Sendable () -> Void) {
        Thread.detachNewThread { [self] in
            var pending: [UInt8] = []
            var buffer = [UInt8](repeating: 0, count: 4_096)
            while true {
                let count = read(STDIN_FILENO, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { break }
                pending += buffer.prefix(count)
                // The buffer may have held a PIN.
                for index in buffer.indices { buffer[index] = 0 }
                while let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                    append(Array(pending[..<end]))
                    for index in pending[...end].indices { pending[index] = 0 }
                    pending.removeSubrange(...end)
                }
            }
            onEnd()
        }
    }

    /// The next line, waiting for it.
    func next() -> [UInt8] {
        condition.lock()
        defer { condition.unlock() }
        while lines.isEmpty { condition.wait() }
        return lines.removeFirst()
    }

    private func append(_ line: [UInt8]) {
        condition.lock()
        lines.append(line)
        condition.signal()
        condition.unlock()
    }
}
