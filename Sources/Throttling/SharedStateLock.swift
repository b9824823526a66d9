import Glibc

/// A lock between processes in mapped memory, which a holder who is killed does not leave stuck.
@safe package struct SharedStateLock {
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>

    /// Bytes that it takes, a multiple of eight.
    package static let byteCount = unsafe (MemoryLayout<pthread_mutex_t>.size + 7) / 8 * 8

    /// How often it is asked for before the caller sleeps: a decision is over sooner than a sleep.
    private static let attempts = 100
    /// How long it sleeps before it asks again, in nanoseconds.
    private static let turn = 20_000_000

    /// The lock at an address that is a multiple of eight.
    package init(at address: UnsafeMutableRawPointer) {
        unsafe mutex = address.assumingMemoryBound(to: pthread_mutex_t.self)
    }

    /// Makes it, free; false where the system knows no such lock.
    package func prepare() -> Bool {
        var kind = pthread_mutexattr_t()
        guard unsafe pthread_mutexattr_init(&kind) == 0 else { return false }
        defer { unsafe pthread_mutexattr_destroy(&kind) }
        return unsafe pthread_mutexattr_setpshared(&kind, Int32(PTHREAD_PROCESS_SHARED)) == 0
            && pthread_mutexattr_setrobust(&kind, Int32(PTHREAD_MUTEX_ROBUST)) == 0
            && pthread_mutex_init(mutex, &kind) == 0
    }

    /// Runs `body` under the lock.
    ///
    /// - Parameter repair: run before it where the last holder was killed and may have left half of
    ///   what it wrote.
    package func withLock<Result>(repair: () -> Void, _ body: () -> Result) -> Result {
        lock(repair: repair)
        defer { unlock() }
        return body()
    }

    /// Takes the lock.
    func lock(repair: () -> Void) {
        var code = unsafe pthread_mutex_trylock(mutex)
        var attempt = 0
        while code == EBUSY, attempt < Self.attempts {
            code = unsafe pthread_mutex_trylock(mutex)
            attempt += 1
        }
        // Nobody may ever wake who sleeps here: a holder can be killed when it has given the lock
        // back and has not woken anybody, and who takes it then knows of no sleeper. The system
        // mends that only where the lock is still free when it buries the killed one.
        while code == EBUSY || code == ETIMEDOUT { code = sleep() }
        guard code != 0 else { return }
        precondition(code == EOWNERDEAD, "a lock of a throttle's state is taken or handed on")
        // Marked whole only afterwards: whoever is killed here leaves the repair to the next.
        repair()
        unsafe pthread_mutex_consistent(mutex)
    }

    /// Waits for the lock for one turn; `ETIMEDOUT` where that was too short. The calendar's clock
    /// is the one that every system's locks know.
    private func sleep() -> Int32 {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        end.tv_nsec += Self.turn
        if end.tv_nsec >= 1_000_000_000 {
            end.tv_sec += 1
            end.tv_nsec -= 1_000_000_000
        }
        return unsafe pthread_mutex_timedlock(mutex, &end)
    }

    /// Gives it back.
    func unlock() { unsafe pthread_mutex_unlock(mutex) }
}
