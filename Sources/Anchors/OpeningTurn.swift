import Glibc

/// A process's turn to open an anchor, given up when the value ends.
///
/// SoftHSM2 writes the token's file at every login, and a process that starts or logs in meanwhile
/// may see half of it. What a login answers then does not tell whether the PIN was looked at, so
/// that it must not be repeated; processes of this program that take turns do not come to it.
struct OpeningTurn: ~Copyable {
    private let file: Int32

    private static let longestWait_ms = 10_000
    private static let pause_ms = 10

    /// Waits for the turn, held as a lock on the module's own file.
    ///
    /// Whoever cannot have it, or waits too long for one that hangs, goes on without: it is a
    /// courtesy, and no two processes of one run need it.
    init(modulePath: String) {
        file = unsafe open(modulePath, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        for _ in 0..<Self.longestWait_ms / Self.pause_ms {
            guard flock(file, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return }
            usleep(UInt32(Self.pause_ms * 1_000))
        }
    }

    deinit { if file >= 0 { close(file) } }
}
