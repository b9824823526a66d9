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
        /// `limit` calls in any stretch of time of this length.
        case sliding(limit: Int, length_ns: Int)
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
        switch gate {
        case .bucket(let perSecond, let burst): BucketGuard(perSecond: perSecond, burst: burst)
        case .sliding(let limit, let length_ns): SlidingGuard(limit, length_ns)
        case .open, .window: OpenGuard()
        }
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

/// Keeps the instants of the last `limit` calls.
private struct SlidingGuard: Guard {
    private let length_ns: Int
    private var lately_ns: [Int]
    private var turn = 0

    init(_ limit: Int, _ length_ns: Int) {
        self.length_ns = length_ns
        lately_ns = [Int](repeating: -length_ns, count: limit)
    }

    mutating func pass(at now_ns: Int) -> Int {
        let instant_ns = max(now_ns, lately_ns[turn] + length_ns)
        lately_ns[turn] = instant_ns
        turn = (turn + 1) % lately_ns.count
        return instant_ns
    }
}

/// A theft behind a throttle that delays each call: the thief's callers wait side by side, then
/// stand in line before the device.
struct DelayedHeist {
    /// c: concurrent calls that the thief holds open.
    let callers: Int
    /// How many calls the device serves at a time.
    let servers: Int
    /// How long one call takes.
    let service_ns: Int
    /// d.
    let delay_ns: Int

    /// Time until `operations` calls are done.
    func time_ns(for operations: Int) -> Int {
        var ready_ns = [Int](repeating: delay_ns, count: callers)
        var free_ns = [Int](repeating: 0, count: servers)
        var end_ns = 0
        for _ in 0..<operations {
            let caller = ready_ns.indices.min { ready_ns[$0] < ready_ns[$1] } ?? 0
            let server = free_ns.indices.min { free_ns[$0] < free_ns[$1] } ?? 0
            let done_ns = max(ready_ns[caller], free_ns[server]) + service_ns
            free_ns[server] = done_ns
            ready_ns[caller] = done_ns + delay_ns
            end_ns = max(end_ns, done_ns)
        }
        return end_ns
    }
}
