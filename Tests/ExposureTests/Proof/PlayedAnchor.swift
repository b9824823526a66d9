import Throttling
import Units

/// A device behind a throttle, as a thief meets both: what a played theft calls.
struct PlayedAnchor {
    /// How many calls the device serves at a time.
    let servers: Int
    /// How long one call takes.
    let service_ns: Int
    /// The throttle's settings.
    let policy: Policy
    /// m: identities of the thief.
    var identities = 1
    /// c: calls that he holds open at a time.
    var callers = 16

    /// X: calls a second of the device, nothing in its way.
    var perSecond: Double { Double(min(servers, slots)) * 1e9 / Double(service_ns) }

    /// Calls that have begun and are not done: those who first wait do so side by side.
    var inFlight: Int { policy.limit.delay > .zero ? callers : servers }

    /// A play from a fresh throttle, by a thief who trips a breaker so many times.
    func play(trips: Int = 0, asking pace: Double = .infinity) -> Play {
        Play(
            servers: min(servers, slots), service_ns: service_ns, callers: callers,
            delay_ns: Int(policy.limit.delay.count),
            gates: (0..<holders).map { _ in gate(policy.limit, trips: trips, pace) })
    }

    /// When each call is done, in order, of a thief who calls as fast as he can until the horizon.
    ///
    /// A breaker has no one best play for every moment at which he may be stopped: there each call
    /// counts when the best of the plays for it has it done.
    func flatOut(until horizon_ns: Int) -> [Int] {
        var best_ns: [Int] = []
        for trips in plays(until: horizon_ns) {
            let done_ns = play(trips: trips).run(until: horizon_ns)
            for (index, instant_ns) in done_ns.enumerated() {
                if index == best_ns.count {
                    best_ns.append(instant_ns)
                } else if instant_ns < best_ns[index] {
                    best_ns[index] = instant_ns
                }
            }
        }
        return best_ns
    }

    /// How often the breaker is tripped in the play that is worth most in the long run.
    var lastingTrips: Int {
        guard let breaker = breakers.first else { return 0 }
        let careful = Double(breaker.threshold.count - 1) / Double(breaker.window.count)
        let tripping = Double(breaker.threshold.count) / Double(breaker.lockout.count)
        return tripping > careful ? .max : 0
    }

    private func plays(until horizon_ns: Int) -> [Int] {
        guard let breaker = breakers.first else { return [0] }
        // Who is shut out for less than is counted does best to trip it every time.
        guard breaker.lockout > breaker.window else { return [.max] }
        return Array(0...(horizon_ns / Int(breaker.lockout.count) + 1))
    }

    private var breakers: [Breaker] {
        policy.limit.members.compactMap { if case .breaker(let one) = $0 { one } else { nil } }
    }

    private var holders: Int { policy.scope == .perClient ? identities : 1 }

    private var slots: Int {
        policy.limit.slots.map { $0 * holders } ?? .max
    }

    private func gate(_ limit: Limit, trips: Int, _ pace: Double) -> any Gate {
        switch limit {
        case .none, .concurrency, .delay: OpenGate()
        case .tokenBucket(let bucket):
            BucketGate(
                count: Int(bucket.rate.count), period_ns: Int(bucket.rate.period.count),
                burst: Int(bucket.burst.count))
        case .fixedWindow(let fixed):
            windowGate(
                limit: Int(fixed.limit.count), length_ns: Int(fixed.window.count), pace)
        case .budget(let budget):
            windowGate(
                limit: Int(budget.quota.count), length_ns: Int(budget.period.length.count), pace)
        case .slidingWindow(let sliding):
            SlidingGate(limit: Int(sliding.limit.count), length_ns: Int(sliding.window.count))
        case .breaker(let breaker):
            BreakerGate(
                threshold: Int(breaker.threshold.count), length_ns: Int(breaker.window.count),
                lockout_ns: Int(breaker.lockout.count), trips: trips)
        case .tarpit(let tarpit):
            TarpitGate(
                free: Int(tarpit.free.count), first_ns: Int(tarpit.first.count),
                growth: tarpit.growth, longest_ns: Int(tarpit.longest.count),
                length_ns: Int(tarpit.window.count))
        case .all(let members): GateRow(members.map { gate($0, trips: trips, pace) })
        }
    }

    /// The thief begins as long before an edge as he or the device needs for all that one window
    /// lets by.
    private func windowGate(limit: Int, length_ns: Int, _ pace: Double) -> WindowGate {
        let needed_ns = Double(limit * holders) / min(perSecond, pace) * 1e9
        return WindowGate(
            limit: limit, length_ns: length_ns,
            first_ns: min(length_ns, max(1, Int(needed_ns.rounded(.up)))))
    }
}

/// Calls made one after another: each when a caller is free, through the gate, to a free server.
///
/// Everybody is served first come, first served, and every call takes the device equally long, so
/// that calls end in the order in which they began.
final class Play {
    /// When each call so far is done.
    private(set) var done_ns: [Int] = []
    private let servers: Int
    private let service_ns: Int
    private let callers: Int
    private let delay_ns: Int
    private let gates: [any Gate]
    private var asked_ns = 0
    private var passed_ns = 0

    init(servers: Int, service_ns: Int, callers: Int, delay_ns: Int, gates: [any Gate]) {
        (self.servers, self.service_ns, self.callers) = (servers, service_ns, callers)
        (self.delay_ns, self.gates) = (delay_ns, gates)
    }

    /// Makes the next call, at the earliest at an instant.
    ///
    /// - Returns: when it is done; nil where the throttle never lets it pass.
    func call(from instant_ns: Int) -> Int? {
        let number = done_ns.count
        let ready_ns = number < callers ? 0 : done_ns[number - callers]
        asked_ns = max(asked_ns, max(instant_ns, ready_ns) + delay_ns)
        // Identities take turns: the states of all of them are alike.
        let gate = gates[number % gates.count]
        guard let open_ns = gate.opening(from: asked_ns) else { return nil }
        gate.take(at: open_ns)
        passed_ns = max(passed_ns, open_ns)
        let start_ns = number < servers ? passed_ns : max(passed_ns, done_ns[number - servers])
        done_ns.append(start_ns + service_ns)
        return start_ns + service_ns
    }

    /// Calls without a pause.
    ///
    /// - Returns: when each call is done that is done by the horizon.
    func run(until horizon_ns: Int) -> [Int] {
        while let done = call(from: 0), done <= horizon_ns {}
        if let last = done_ns.last, last > horizon_ns { done_ns.removeLast() }
        return done_ns
    }
}
