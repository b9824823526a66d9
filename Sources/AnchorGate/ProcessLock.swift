import Glibc
import Synchronization

/// A lock between the threads of one process that a child inherits free, even where another thread
/// held it when the process forked: that thread is not in the child.
struct ProcessLock: ~Copyable {
    private let holder = Atomic<pid_t>(0)

    /// How long a thread sleeps before it asks again, in microseconds.
    private static let pause: useconds_t = 100

    /// Runs `body` while no other thread of the process runs one.
    func withLock<Result>(_ body: () -> Result) -> Result {
        let own = getpid()
        while !take(own) { usleep(Self.pause) }
        defer { holder.store(0, ordering: .releasing) }
        return body()
    }

    private func take(_ own: pid_t) -> Bool {
        let seen = holder.load(ordering: .relaxed)
        guard seen != own else { return false }
        return holder.compareExchange(expected: seen, desired: own, ordering: .acquiring).exchanged
    }
}
