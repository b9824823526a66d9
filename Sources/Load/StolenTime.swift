import Latency
import Synchronization
import Units

/// What threads that never sleep were kept from: time that the hypervisor, the kernel or other work
/// took while they wanted to run.
///
/// One thread on each processor that this process may use reads the clock without pause, all at
/// once; two readings further apart than `threshold` are time that somebody else had.
package struct StolenTime: Sendable {
    /// The gaps, one by one.
    package private(set) var gaps = LatencyHistogram()
    /// All gaps together.
    package private(set) var stolen = Nanoseconds.zero
    /// Time watched, all processors together.
    package private(set) var watched = Nanoseconds.zero
    /// How many processors were watched.
    package private(set) var processors = 0

    /// A shorter gap is the machine at work: an interrupt, a fault of the cache.
    package static let threshold = Nanoseconds.microseconds(10)

    /// Nothing watched yet.
    init() {}

    /// The share of the watched time that was taken, 0...1; nil where nothing was watched.
    package var share: Double? {
        watched > .zero ? Double(stolen.count) / Double(watched.count) : nil
    }

    /// Watches all allowed processors for a time.
    ///
    /// - Throws: `LoadError.noThread`.
    package static func measure(for duration: Nanoseconds) throws(LoadError) -> StolenTime {
        let parts = Mutex<[StolenTime]>([])
        let end = MonotonicClock().now() + duration
        var threads: [Thread] = []
        defer { threads.forEach { $0.join() } }
        for processor in Processors.allowed() {
            let thread = try Thread {
                // Unpinned, two of them could share a processor and steal from each other.
                guard Processors.pinThread(to: processor) else { return }
                var part = StolenTime()
                part.watch(MonotonicClock(), until: end)
                parts.withLock { $0.append(part) }
            }
            threads.append(thread)
        }
        threads.forEach { $0.join() }
        threads = []
        return parts.withLock { $0.reduce(into: StolenTime()) { $0.merge($1) } }
    }

    /// Reads the clock until `end` on the calling thread.
    mutating func watch(_ clock: some Clock, until end: Nanoseconds) {
        let start = clock.now()
        var last = start
        while last < end {
            let now = clock.now()
            if now - last > Self.threshold {
                gaps.record(now - last)
                stolen = stolen + (now - last)
            }
            last = now
        }
        watched = watched + (last - start)
        processors += 1
    }

    private mutating func merge(_ other: StolenTime) {
        gaps.merge(other.gaps)
        stolen = stolen + other.stolen
        watched = watched + other.watched
        processors += other.processors
    }
}
