import Synchronization

/// A line on standard error that is written over on a terminal; elsewhere seldom a line of its own.
final class LiveLine: Sendable {
    private struct State {
        var isShown = false
        var saidAt: ContinuousClock.Instant?
    }

    private let state = Mutex(State())
    /// Whether standard error is a terminal.
    let isTerminal: Bool

    /// Without a terminal at most one line in this time, so that a job's log stays short.
    private static let plainInterval = Duration.seconds(5)

    /// A line that is not shown yet.
    init(isTerminal: Bool) { self.isTerminal = isTerminal }

    /// Shows a line in place of the one before; nothing without a terminal.
    func show(_ line: String) {
        guard isTerminal else { return }
        state.withLock { $0.isShown = true }
        Console.write("\r\u{1B}[2K" + line)
    }

    /// Shows a line in place of the one before; without a terminal prints it where it is the last,
    /// or none was printed for a while.
    func report(_ line: String, isLast: Bool) {
        guard !isTerminal else { return show(line) }
        let isDue = state.withLock { state in
            let now = ContinuousClock.now
            guard isLast || state.saidAt.map({ now - $0 > Self.plainInterval }) ?? true else {
                return false
            }
            state.saidAt = now
            return true
        }
        if isDue { Console.say(line) }
    }

    /// Prints a line that stays.
    func say(_ text: String) {
        end()
        Console.say(text)
    }

    /// Takes the line away.
    func end() {
        guard state.withLock({ $0.isShown }) else { return }
        Console.write("\r\u{1B}[2K")
        state.withLock { $0.isShown = false }
    }
}
