import Synchronization

/// Lines on their way from one task to one other, in order; the end is a nil.
final class Mailbox: Sendable {
    private struct State {
        var lines: [String] = []
        var reader: CheckedContinuation<String?, Never>?
        var isFinished = false
    }

    private let state = Mutex(State())

    /// Delivers a line.
    func put(_ line: String) {
        let reader = state.withLock { state in
            guard let reader = state.reader else {
                state.lines.append(line)
                return CheckedContinuation<String?, Never>?.none
            }
            state.reader = nil
            return reader
        }
        reader?.resume(returning: line)
    }

    /// Says that no more will come.
    func finish() {
        let reader = state.withLock { state in
            state.isFinished = true
            defer { state.reader = nil }
            return state.reader
        }
        reader?.resume(returning: nil)
    }

    /// The next line, or nil after the end; one reader at a time.
    func next() async -> String? {
        await withCheckedContinuation { continuation in
            let ready: String?? = state.withLock { state in
                if !state.lines.isEmpty { return .some(state.lines.removeFirst()) }
                if state.isFinished { return .some(nil) }
                state.reader = continuation
                return nil
            }
            if let ready { continuation.resume(returning: ready) }
        }
    }
}
