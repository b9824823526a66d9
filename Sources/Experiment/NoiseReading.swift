import Latency
import Load
import Results
import Units

/// What one second of watching a machine, and its settings, say about its noise.
package struct NoiseReading: Sendable {
    /// How late a thread woke that slept for 1 ms again and again; nil with too few sleeps.
    var hiccupP99: Nanoseconds?
    /// The latest that it woke.
    var hiccupLongest: Nanoseconds?
    /// Share of the time that threads which never sleep were kept from running, on all allowed
    /// processors at once.
    var stolenShare: Result<Double, Unreadable>
    /// The longest that one was kept; nil where none was.
    var longestGap: Nanoseconds?
    /// Share of the processors' time that the hypervisor says it took meanwhile.
    var steal: Result<Double, Unreadable>
    /// Share of the time in which a task waited for a processor while only sleeps were timed.
    var pressure: Result<Double, Unreadable>
    /// Load average of the last minute over the number of processors, before the watch.
    var loadPerProcessor: Result<Double, Unreadable>
    /// Settings, as in the provenance.
    var governor: Fact
    var turbo: Fact
    var smt: Fact
    var hypervisor: Fact
    /// The quota of the control groups.
    var quota: ProcessorQuota.Finding
    /// How many processors this process may use.
    var processors: Int

    /// For how long sleeps are timed: at 1 ms each enough for a p99.
    private static let sleeping = Nanoseconds.milliseconds(600)
    /// For how long all processors are kept busy.
    private static let spinning = Nanoseconds.milliseconds(400)

    /// Watches this machine for a second: it sleeps first, and then keeps all allowed processors
    /// busy, because what others take shows only where it is wanted.
    ///
    /// - Throws: `LoadError.noThread`.
    package static func take() throws -> NoiseReading {
        let before = HostReading.now()
        let monitor = HiccupMonitor()
        try monitor.start()
        MonotonicClock().wait(until: before.instant + sleeping)
        let hiccups = monitor.stop()
        let between = HostReading.now()
        let stolen = try StolenTime.measure(for: spinning)
        let after = HostReading.now()

        let allowed = Processors.allowed()
        let facts = HostFacts(allowed: allowed)
        return NoiseReading(
            hiccupP99: hiccups.supportedValue(at: .p99), hiccupLongest: hiccups.longest,
            stolenShare: stolen.share.map { .success($0) }
                ?? .failure(Unreadable("no thread came to run on a processor of its own")),
            longestGap: stolen.gaps.longest,
            steal: HostChange(from: before, to: after).steal,
            pressure: HostChange(from: before, to: between).somePressure,
            loadPerProcessor: before.load.map { $0.oneMinute / Double(Processors.online()) },
            governor: facts.governor, turbo: facts.turbo, smt: facts.smt,
            hypervisor: facts.hypervisor, quota: ProcessorQuota.find(in: .real),
            processors: allowed.count)
    }
}
