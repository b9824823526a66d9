import Glibc
import Synchronization
import Units

/// Holds every caller back until all are ready, then releases them at one instant.
///
/// With the stop flag it is all that callers share while the clock runs.
final class StartGate: Sendable {
    private let arrived = Atomic<Int>(0)
    private let failed = Atomic<Bool>(false)
    private let releaseInstant = Atomic<Int64>(StartGate.closed)
    private let stopped = Atomic<Bool>(false)
    private let errors = Atomic<Int>(0)
    private let failing = Atomic<Bool>(false)

    private static let closed = Int64.min
    private static let cancelled = Int64.min + 1

    /// Called by a caller that is ready; returns the release instant once it is known, or nil where
    /// the load was called off.
    func arrive() -> Nanoseconds? {
        arrived.add(1, ordering: .releasing)
        while true {
            let instant = releaseInstant.load(ordering: .acquiring)
            if instant == Self.cancelled { return nil }
            if instant != Self.closed { return Nanoseconds(instant) }
            Self.pause()
        }
    }

    /// Sleeps between two looks. It does not spin: whoever is ready must not disturb those who warm
    /// up, and the last stretch before the release is waited for precisely.
    private static func pause() { usleep(500) }

    /// Called by a caller that could not get ready.
    func arriveFailed() {
        failed.store(true, ordering: .releasing)
        arrived.add(1, ordering: .releasing)
    }

    /// Waits for all callers; false where one failed.
    func waitForAll(_ count: Int) -> Bool {
        while arrived.load(ordering: .acquiring) < count { Self.pause() }
        return !failed.load(ordering: .acquiring)
    }

    /// Sets the instant of the release.
    func release(at instant: Nanoseconds) {
        releaseInstant.store(instant.count, ordering: .releasing)
    }

    /// Sends every caller home.
    func cancel() { releaseInstant.store(Self.cancelled, ordering: .releasing) }

    /// Whether callers must end before their time.
    var isStopped: Bool { stopped.load(ordering: .relaxed) }

    /// Ends the load before its time.
    func stop() { stopped.store(true, ordering: .relaxed) }

    /// Counts one failed call of any caller, and stops the load at the limit.
    func countError(limit: Int) {
        guard errors.add(1, ordering: .relaxed).newValue >= limit else { return }
        failing.store(true, ordering: .relaxed)
        stop()
    }

    /// Whether the limit of failed calls stopped the load.
    var reachedErrorLimit: Bool { failing.load(ordering: .relaxed) }
}
