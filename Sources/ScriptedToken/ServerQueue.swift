import Synchronization

/// A first come, first served queue before a number of equal servers: the queue whose answer is
/// known.
///
/// Because the service time of a call is known when it arrives, its end is too: the call books the
/// server that is free first and then waits for its own end. Nobody hands the server on, so that a
/// thread that wakes late delays no other, and bookings are made in the order of arrival.
final class ServerQueue: Sendable {
    private struct Servers {
        /// When each server has done all it was booked for, in nanoseconds.
        var free_ns: [UInt64]
        /// What the stall counts from; 0 until the first call where it counts from that.
        var origin_ns: UInt64
    }

    private let servers: Mutex<Servers>
    private let stall: Script.Stall?
    private let unsteadiness: Unsteadiness?

    /// - Parameters:
    ///   - count: How many calls are served at a time.
    ///   - stall: When every server stands still; nil for never.
    ///   - unsteadiness: How services lengthen and shorten with the clock; nil for not at all.
    ///   - origin_ns: The instant that a stall counts from, unless from the first call.
    init(
        servers count: Int, stall: Script.Stall?, unsteadiness: Unsteadiness?, origin_ns: UInt64
    ) {
        let isFromWork = stall?.isFromWork ?? false
        servers = Mutex(
            Servers(
                free_ns: Array(repeating: 0, count: count),
                origin_ns: isFromWork ? 0 : origin_ns))
        self.stall = stall
        self.unsteadiness = unsteadiness
    }

    /// Waits for a server and occupies it; returns when the service is done.
    func serve(_ service_ns: UInt64) {
        let end_ns = servers.withLock { servers in
            book(service_ns, arrival_ns: MonotonicClock.now_ns(), &servers)
        }
        MonotonicClock.wait(until: end_ns)
    }

    private func book(
        _ service_ns: UInt64, arrival_ns: UInt64, _ servers: inout Servers
    ) -> UInt64 {
        if servers.origin_ns == 0 { servers.origin_ns = arrival_ns }
        var first = 0
        for index in servers.free_ns.indices
        where servers.free_ns[index] < servers.free_ns[first] {
            first = index
        }
        let start_ns = max(arrival_ns, servers.free_ns[first])
        let service_ns = unsteadiness?.service_ns(service_ns, start_ns: start_ns) ?? service_ns
        let end_ns = end(
            start_ns: start_ns, service_ns: service_ns, origin_ns: servers.origin_ns)
        servers.free_ns[first] = end_ns
        return end_ns
    }

    /// The end of a service: a stall holds up what it finds under way and what would start in it.
    private func end(start_ns: UInt64, service_ns: UInt64, origin_ns: UInt64) -> UInt64 {
        let end_ns = start_ns + service_ns
        guard let stall else { return end_ns }
        let (begins_ns, ends_ns) = (
            origin_ns + stall.time_ns.lowerBound, origin_ns + stall.time_ns.upperBound
        )
        guard start_ns < ends_ns, end_ns > begins_ns else { return end_ns }
        return start_ns < begins_ns ? end_ns + (ends_ns - begins_ns) : ends_ns + service_ns
    }
}
