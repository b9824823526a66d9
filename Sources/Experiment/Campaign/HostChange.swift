import Units

/// What happened on the machine between two readings, as shares of that time.
package struct HostChange: Equatable, Sendable {
    /// The time between the two.
    package let elapsed: Nanoseconds
    /// Share of all processors' time that the hypervisor took away, 0...1.
    package let steal: Result<Double, Unreadable>
    /// Share of all processors' time in which somebody ran, this process included, 0...1.
    package let busy: Result<Double, Unreadable>
    /// Share of the time in which some task waited for a processor, 0...1.
    package let somePressure: Result<Double, Unreadable>
    /// Share of the time in which every task waited, 0...1.
    package let fullPressure: Result<Double, Unreadable>

    /// What happened from `earlier` to `later`.
    package init(from earlier: HostReading, to later: HostReading) {
        let elapsed = later.instant - earlier.instant
        self.elapsed = elapsed
        steal = Self.ticks(earlier, later) { $0.steal }
        busy = Self.ticks(earlier, later) { $0.idle }.map { 1 - $0 }
        somePressure = Self.stall(earlier, later, elapsed) { .success($0.some) }
        fullPressure = Self.stall(earlier, later, elapsed) { pressure in
            guard let full = pressure.full else {
                return .failure(Unreadable("/proc/pressure/cpu has no line 'full' on this kernel"))
            }
            return .success(full)
        }
    }

    private static func ticks(
        _ earlier: HostReading, _ later: HostReading, _ part: (ProcessorTicks) -> UInt64
    ) -> Result<Double, Unreadable> {
        earlier.processor.flatMap { before in
            later.processor.flatMap { after in
                guard after.total > before.total else {
                    return .failure(
                        Unreadable("the clock of /proc/stat did not move between the readings"))
                }
                // The kernel lets single figures step back a little.
                let grown = Double(part(after)) - Double(part(before))
                return .success(
                    min(max(grown / Double(after.total - before.total), 0), 1))
            }
        }
    }

    private static func stall(
        _ earlier: HostReading, _ later: HostReading, _ elapsed: Nanoseconds,
        _ line: (ProcessorPressure) -> Result<ProcessorPressure.Line, Unreadable>
    ) -> Result<Double, Unreadable> {
        earlier.pressure.flatMap(line).flatMap { before in
            later.pressure.flatMap(line).flatMap { after in
                guard elapsed > .zero else {
                    return .failure(Unreadable("no time passed between the readings"))
                }
                let grown = Double((after.total - before.total).count)
                return .success(min(max(grown / Double(elapsed.count), 0), 1))
            }
        }
    }
}
