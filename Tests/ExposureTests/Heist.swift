/// A theft played call by call in whole nanoseconds: what the closed forms are held against.
///
/// The thief keeps `servers` calls in flight. A call begins when a server is free and the throttle
/// lets it pass, and then occupies its server for the service time.
struct Heist {
    /// How many calls the device serves at a time.
    let servers: Int
    /// How long one call takes.
    let service_ns: Int
    /// What stands before the device.
    let gate: Gate

    enum Gate {
        case open
        /// `perSecond` tokens a second into a bucket of `burst`, full at first.
        case bucket(perSecond: Int, burst: Int)
        /// `limit` calls in each window; the thief begins where he likes in it.
        case window(limit: Int, length_ns: Int)
    }

    /// Time until `operations` calls are done, from the moment of the thief's choice.
    func time_ns(for operations: Int) -> Int {
        guard case .window(let limit, let length_ns) = gate else {
            return play(operations, guarded: firstGuard)
        }
        var phases = Array(stride(from: 1, to: length_ns, by: max(1, service_ns / 2)))
        phases.append(length_ns)
        return phases.map { phase in
            play(operations, guarded: WindowGuard(limit, length_ns, firstEdge_ns: phase))
        }.min() ?? 0
    }

    private var firstGuard: any Guard {
        if case .bucket(let perSecond, let burst) = gate {
            return BucketGuard(perSecond: perSecond, burst: burst)
        }
        return OpenGuard()
    }

    private func play(_ operations: Int, guarded: any Guard) -> Int {
        var free_ns = [Int](repeating: 0, count: servers)
        var guardian = guarded
        var (last_ns, end_ns) = (0, 0)
        for _ in 0..<operations {
            var first = 0
            for server in free_ns.indices where free_ns[server] < free_ns[first] { first = server }
            last_ns = guardian.pass(at: max(free_ns[first], last_ns))
            free_ns[first] = last_ns + service_ns
            end_ns = max(end_ns, free_ns[first])
        }
        return end_ns
    }
}

/// Lets one call after the other pass.
private protocol Guard {
    /// The instant at which a call that asks at `now_ns` passes; it waits at the gate until then.
    mutating func pass(at now_ns: Int) -> Int
}

private struct OpenGuard: Guard {
    func pass(at now_ns: Int) -> Int { now_ns }
}

/// Counts in billionths of a token, so that a nanosecond's refill is a whole number.
private struct BucketGuard: Guard {
    private static let token = 1_000_000_000
    private let perSecond: Int
    private let capacity: Int
    private var level: Int
    private var seen_ns = 0

    init(perSecond: Int, burst: Int) {
        self.perSecond = perSecond
        capacity = burst * Self.token
        level = capacity
    }

    mutating func pass(at now_ns: Int) -> Int {
        level = min(capacity, level + (now_ns - seen_ns) * perSecond)
        seen_ns = now_ns
        while level < Self.token {
            let wait_ns = (Self.token - level + perSecond - 1) / perSecond
            seen_ns += wait_ns
            level = min(capacity, level + wait_ns * perSecond)
        }
        level -= Self.token
        return seen_ns
    }
}

private struct WindowGuard: Guard {
    private let limit: Int
    private let length_ns: Int
    private var edge_ns: Int
    private var count = 0

    init(_ limit: Int, _ length_ns: Int, firstEdge_ns: Int) {
        (self.limit, self.length_ns, edge_ns) = (limit, length_ns, firstEdge_ns)
    }

    mutating func pass(at now_ns: Int) -> Int {
        while now_ns >= edge_ns { turn() }
        var instant_ns = now_ns
        if count == limit {
            instant_ns = edge_ns
            turn()
        }
        count += 1
        return instant_ns
    }

    private mutating func turn() {
        edge_ns += length_ns
        count = 0
    }
}
