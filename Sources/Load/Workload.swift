import Latency
import Throttling
import Units

/// What callers do for a while: how many there are, when they call, and what stands before a call.
package struct Workload: Sendable {
    /// How many callers, each on a thread of its own.
    package var callers: Int
    /// What each caller calls before the release, unrecorded and past the throttle.
    package var warmUp: WarmUpLength
    /// From the release to the last moment at which a call may start.
    package var duration: Nanoseconds
    /// When the calls of an open load are due, whoever is free makes the next; nil for a closed
    /// load, in which each caller calls again as soon as its last call is done.
    package var arrivals: Schedule?
    /// The throttle and its shared state; nil for none.
    package var throttle: Throttle?
    /// What a denied caller of a closed load does; a denied call of an open load is lost.
    package var onDenied: OnDenied
    /// The load ends early after so many failed calls of this process, the warm-up's included.
    package var errorLimit: Int
    /// What protects the device: bounds on all calls, the warm-up's included.
    package var limits: CallLimits
    /// Whether a thread watches what the platform itself adds.
    package var watchesPlatform: Bool

    /// A load with its settings.
    package init(
        callers: Int, warmUp: WarmUpLength, duration: Nanoseconds, arrivals: Schedule? = nil,
        throttle: Throttle? = nil, onDenied: OnDenied = .backoff, errorLimit: Int = 100,
        limits: CallLimits = CallLimits(), watchesPlatform: Bool = false
    ) {
        precondition(callers > 0, "a load has a caller")
        self.callers = callers
        self.warmUp = warmUp
        self.duration = duration
        self.arrivals = arrivals
        self.throttle = throttle
        self.onDenied = onDenied
        self.errorLimit = errorLimit
        self.limits = limits
        self.watchesPlatform = watchesPlatform
    }

    /// Often enough to see a stall that would show, seldom enough not to be one where there are as
    /// many callers as cores.
    private static let watchPeriod = Nanoseconds.milliseconds(100)

    /// A policy with the state that all its callers share.
    package struct Throttle: Sendable {
        let policy: Policy
        let state: SharedState

        /// Binds a policy to its state.
        package init(_ policy: Policy, state: SharedState) {
            self.policy = policy
            self.state = state
        }
    }

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
        let callers = (0..<callers).map { number in
            Caller(number: number, load: self, gate: gate, cursor: cursor, clock: clock)
        }
        let monitor = HiccupMonitor(period: Self.watchPeriod)
        var threads: [Thread] = []
        do {
            for caller in callers { threads.append(try Thread { caller.run(operation) }) }
            if watchesPlatform { try monitor.start() }
        } catch {
            gate.cancel()
            threads.forEach { $0.join() }
            throw error
        }
        let areReady = gate.waitForAll(callers.count)
        let release = areReady ? awaitRelease() : nil
        if let release { gate.release(at: release) } else { gate.cancel() }
        threads.forEach { $0.join() }
        if let failure = callers.lazy.compactMap(\.failure).first {
            throw LoadError.preparation(failure)
        }
        guard release != nil else { return nil }
        return LoadRecord(
            callers: callers.map(\.record), hiccups: monitor.stop(),
            reachedErrorLimit: gate.reachedErrorLimit)
    }
}

/// What a load measured.
package struct LoadRecord: Sendable {
    /// What each caller recorded.
    package let callers: [CallerRecord]
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

/// Bounds on the calls of a load, whatever they are made for: a real device serves others too.
package struct CallLimits: Sendable {
    /// Paces all callers of all processes together; nil for no bound.
    package var pace: Workload.Throttle?
    /// The calls that all callers of all processes may make together, ever; nil for no bound.
    package var budget: Workload.Throttle?
    /// How much of the budget may be gone when a warm-up ends, so that it leaves something to be
    /// measured.
    package var warmUpPart: Policy

    /// Bounds; by default none.
    package init(
        pace: Workload.Throttle? = nil, budget: Workload.Throttle? = nil,
        warmUpPart: RecordCount? = nil
    ) {
        self.pace = pace
        self.budget = budget
        self.warmUpPart = warmUpPart.map(Policy.budget) ?? budget?.policy ?? .none
    }

    /// Whether there is any bound.
    var isLimiting: Bool { pace != nil || budget != nil }

    /// Waits until the device may be called, for as long as it takes: what prepares a load goes by
    /// the pace of all, too.
    package func awaitTurn(_ clock: some Clock) {
        guard let pace, case .wait(let opens) = pace.state.decide(pace.policy, at: clock.now())
        else { return }
        clock.wait(until: opens)
    }
}

extension Policy {
    /// A pace that nobody overtakes: one call at a time, each waiting for as long as it takes.
    package static func pace(_ rate: Rate) -> Policy {
        Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(1))),
            onLimit: .wait(atMost: .max))
    }

    /// So many calls and never one more; the state's word is how many were made.
    package static func budget(_ calls: RecordCount) -> Policy {
        Policy(.fixedWindow(FixedWindow(limit: calls, window: .max)), onLimit: .deny)
    }
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
