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
    }

    private let servers: Mutex<Servers>
    private let stall_ns: Range<UInt64>?

    /// - Parameters:
    ///   - count: How many calls are served at a time.
    ///   - stall_ns: Instants between which every server stands still.
    init(servers count: Int, stall_ns: Range<UInt64>?) {
        servers = Mutex(Servers(free_ns: Array(repeating: 0, count: count)))
        self.stall_ns = stall_ns
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
        var first = 0
        for index in servers.free_ns.indices
        where servers.free_ns[index] < servers.free_ns[first] {
            first = index
        }
        let start_ns = max(arrival_ns, servers.free_ns[first])
        let end_ns = end(start_ns: start_ns, service_ns: service_ns)
        servers.free_ns[first] = end_ns
        return end_ns
    }

    /// The end of a service: a stall holds up what it finds under way and what would start in it.
    private func end(start_ns: UInt64, service_ns: UInt64) -> UInt64 {
        let end_ns = start_ns + service_ns
        guard let stall_ns, start_ns < stall_ns.upperBound, end_ns > stall_ns.lowerBound else {
            return end_ns
        }
        return start_ns < stall_ns.lowerBound
            ? end_ns + (stall_ns.upperBound - stall_ns.lowerBound)
            : stall_ns.upperBound + service_ns
    }
}
