import Latency
import Throttling
import Units

/// What callers do for a while: how many there are, when they call, and what stands before a call.
package struct Workload: Sendable {
    /// How many callers, each on a thread of its own.
    package var callers: Int
    /// How many more there are beside them who call again at once, whatever the load: all share
    /// one identity, which is none of the others'.
    package var attackers: Int
    /// What each caller calls before the release, unrecorded and past the throttle.
    package var warmUp: WarmUpLength
    /// From the release to the last moment at which a call may start.
    package var duration: Nanoseconds
    /// When the calls of an open load are due, whoever is free makes the next; nil for a closed
    /// load, in which each caller calls again as soon as its last call is done.
    package var arrivals: Schedule?
    /// What the calls of an open load are held against, one by one; nil where nobody asks.
    package var promise: Promise?
    /// The throttle and its shared state; nil for none.
    package var throttle: Throttle?
    /// What a denied caller of a closed load does; a denied call of an open load is lost.
    package var onDenied: OnDenied
    /// Codes with which an operation says that a throttle of the anchor itself denied it. Such a
    /// call is no failure, and its caller comes again at once: nobody says when it would be let in.
    package var denialCodes: Set<UInt>
    /// The load ends early after so many failed calls of this process, the warm-up's included.
    package var errorLimit: Int
    /// What protects the device: bounds on all calls, the warm-up's included.
    package var limits: CallLimits
    /// Whether a thread watches what the platform itself adds.
    package var watchesPlatform: Bool

    /// A load with its settings.
    package init(
        callers: Int, attackers: Int = 0, warmUp: WarmUpLength, duration: Nanoseconds,
        arrivals: Schedule? = nil, promise: Promise? = nil, throttle: Throttle? = nil,
        onDenied: OnDenied = .backoff, denialCodes: Set<UInt> = [], errorLimit: Int = 100,
        limits: CallLimits = CallLimits(), watchesPlatform: Bool = false
    ) {
        precondition(callers > 0 && attackers >= 0, "a load has a caller")
        self.callers = callers
        self.attackers = attackers
        self.warmUp = warmUp
        self.duration = duration
        self.arrivals = arrivals
        self.promise = promise
        self.throttle = throttle
        self.onDenied = onDenied
        self.denialCodes = denialCodes
        self.errorLimit = errorLimit
        self.limits = limits
        self.watchesPlatform = watchesPlatform
    }

    /// Often enough to see a stall that would show, seldom enough not to be one where there are as
    /// many callers as cores.
    private static let watchPeriod = Nanoseconds.milliseconds(100)

    /// Runs the load: makes every caller's operation in its own thread, warms up, waits for the
    /// release, calls until the time is over.
    ///
    /// - Parameters:
    ///   - operation: makes the operation of one caller, given its number.
    ///   - awaitRelease: called once all callers are ready; gives the instant of the release on
    ///     `clock`, or nil to call the load off.
    /// - Returns: what each caller recorded, in the callers' order, and what the platform added;
    ///   nil where it was called off.
    /// - Throws: `LoadError.preparation` with the first caller's reason.
    package func run<Call: Operation & ~Copyable, Time: Clock>(
        clock: Time, operation: @escaping @Sendable (Int) throws -> Call,
        awaitRelease: () -> Nanoseconds?
    ) throws(LoadError) -> LoadRecord? {
        let (gate, cursor) = (StartGate(), arrivals.map(ScheduleCursor.init))
        let all = (0..<callers + attackers).map { number in
            Caller(number: number, load: self, gate: gate, cursor: cursor, clock: clock)
        }
        let monitor = HiccupMonitor(period: Self.watchPeriod)
        var threads: [Thread] = []
        do {
            for caller in all { threads.append(try Thread { caller.run(operation) }) }
            if watchesPlatform { try monitor.start() }
        } catch {
            gate.cancel()
            threads.forEach { $0.join() }
            throw error
        }
        let areReady = gate.waitForAll(all.count)
        let release = areReady ? awaitRelease() : nil
        if let release { gate.release(at: release) } else { gate.cancel() }
        threads.forEach { $0.join() }
        if let failure = all.lazy.compactMap(\.failure).first {
            throw LoadError.preparation(failure)
        }
        guard release != nil else { return nil }
        return LoadRecord(
            callers: all.prefix(callers).map(\.record),
            attackers: all.dropFirst(callers).map(\.record), hiccups: monitor.stop(),
            reachedErrorLimit: gate.reachedErrorLimit)
    }
}

/// What a load measured.
package struct LoadRecord: Sendable {
    /// What each caller recorded.
    package let callers: [CallerRecord]
    /// What each attacker beside them recorded.
    package let attackers: [CallerRecord]
    /// How late a thread woke that only slept, from before the release to the end; empty where
    /// nobody watched.
    package let hiccups: LatencyHistogram
    /// Whether too many calls failed, which ended the load before its time.
    package let reachedErrorLimit: Bool
}

/// How callers warm up.
package enum WarmUpLength: Hashable, Sendable {
    /// Until the service times of each caller have settled, judged by MSER-5.
    case automatic
    /// For so long.
    case lasting(Nanoseconds)
}

/// What a denied caller of a closed load does.
package enum OnDenied: String, Codable, CaseIterable, Sendable {
    /// Sleeps until the throttle would admit it.
    case backoff
    /// Asks again at once: the thief who hammers.
    case spin
}

/// Why a load did not run.
package enum LoadError: Error {
    /// The system gave no thread.
    case noThread(reason: String)
    /// A caller could not prepare its operation.
    case preparation(any Error)
}
