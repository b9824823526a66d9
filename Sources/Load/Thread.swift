import CPlatform
import Glibc
import Units

/// An OS thread of our own: blocking calls must not run on the concurrency runtime's pool.
struct Thread {
    private let handle: pthread_t

    /// Starts `body` on a new thread.
    ///
    /// - Throws: `LoadError.noThread` where the system gives none.
    init(_ body: @escaping @Sendable () -> Void) throws(LoadError) {
        let box = Unmanaged.passRetained(ThreadBody(body))
        var thread = pthread_t()
        let code = pthread_create(&thread, nil, runThreadBody, box.toOpaque())
        guard code == 0 else {
            box.release()
            throw LoadError.noThread(reason: String(cString: strerror(code)))
        }
        handle = thread
    }

    /// Waits for the end of the thread.
    func join() { pthread_join(handle, nil) }
}

/// CPU time of the calling thread so far, user and system.
func threadCPUTime() -> Nanoseconds {
    var usage = rusage()
    guard anchorbench_thread_usage(&usage) == 0 else { return .zero }
    let seconds = Int64(usage.ru_utime.tv_sec) + Int64(usage.ru_stime.tv_sec)
    let micros = Int64(usage.ru_utime.tv_usec) + Int64(usage.ru_stime.tv_usec)
    return .seconds(seconds) + .microseconds(micros)
}

private final class ThreadBody: Sendable {
    let run: @Sendable () -> Void

    init(_ run: @escaping @Sendable () -> Void) { self.run = run }
}

private func runThreadBody(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
    _ = anchorbench_tighten_timer_slack()
    guard let argument else { return nil }
    Unmanaged<ThreadBody>.fromOpaque(argument).takeRetainedValue().run()
    return nil
}
