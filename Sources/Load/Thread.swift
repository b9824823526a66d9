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

    /// Lets the thread end by itself.
    func detach() { pthread_detach(handle) }
}

/// What a thread used of the machine, and how often the machine took the processor from it.
package struct ThreadUsage: Sendable, Equatable {
    /// CPU time, user and system.
    package var cpuTime = Nanoseconds.zero
    /// Page faults that were answered from memory.
    package var minorFaults: Int64 = 0
    /// Page faults that waited for a disk.
    package var majorFaults: Int64 = 0
    /// How often the thread gave the processor up to wait.
    package var voluntarySwitches: Int64 = 0
    /// How often the processor was taken from it.
    package var involuntarySwitches: Int64 = 0

    package init() {}

    /// The calling thread's use since it started (`getrusage` with `RUSAGE_THREAD`).
    static func now() -> ThreadUsage {
        var (usage, now) = (rusage(), ThreadUsage())
        guard anchorbench_thread_usage(&usage) == 0 else { return now }
        let seconds = Int64(usage.ru_utime.tv_sec) + Int64(usage.ru_stime.tv_sec)
        let micros = Int64(usage.ru_utime.tv_usec) + Int64(usage.ru_stime.tv_usec)
        now.cpuTime = .seconds(seconds) + .microseconds(micros)
        (now.minorFaults, now.majorFaults) = (Int64(usage.ru_minflt), Int64(usage.ru_majflt))
        now.voluntarySwitches = Int64(usage.ru_nvcsw)
        now.involuntarySwitches = Int64(usage.ru_nivcsw)
        return now
    }

    static func - (left: ThreadUsage, right: ThreadUsage) -> ThreadUsage {
        var difference = left
        difference.cpuTime = left.cpuTime - right.cpuTime
        difference.minorFaults -= right.minorFaults
        difference.majorFaults -= right.majorFaults
        difference.voluntarySwitches -= right.voluntarySwitches
        difference.involuntarySwitches -= right.involuntarySwitches
        return difference
    }

    /// The use of two threads together.
    package static func + (left: ThreadUsage, right: ThreadUsage) -> ThreadUsage {
        left - (ThreadUsage() - right)
    }
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
