import Latency
import Throttling
import Units

/// A closed load: each caller calls again as soon as its last call is done.
package struct ClosedLoad: Sendable {
    /// How many callers, each on a thread of its own.
    package var callers: Int
    /// How long each caller calls before the release, unrecorded and past the throttle.
    package var warmUp: Nanoseconds
    /// From the release to the last moment at which a call may start.
    package var duration: Nanoseconds
    /// The throttle and its shared state; nil for none.
    package var throttle: Throttle?
    /// What a denied caller does.
    package var onDenied: OnDenied
    /// The load ends early after so many failed calls of this process.
    package var errorLimit: Int

    /// A load with its settings.
    package init(
        callers: Int, warmUp: Nanoseconds, duration: Nanoseconds, throttle: Throttle? = nil,
        onDenied: OnDenied = .backoff, errorLimit: Int = 100
    ) {
        precondition(callers > 0, "a load has a caller")
        self.callers = callers
        self.warmUp = warmUp
        self.duration = duration
        self.throttle = throttle
        self.onDenied = onDenied
        self.errorLimit = errorLimit
    }

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
    /// - Returns: what each caller recorded, in the callers' order; nil where it was called off.
    /// - Throws: `LoadError.preparation` with the first caller's reason.
    package func run<Call: Operation & ~Copyable, Time: Clock>(
        clock: Time, operation: @escaping @Sendable (Int) throws -> Call,
        awaitRelease: () -> Nanoseconds?
    ) throws(LoadError) -> [CallerRecord]? {
        let gate = StartGate()
        let callers = (0..<callers).map { number in
            Caller(number: number, load: self, gate: gate, clock: clock)
        }
        var threads: [Thread] = []
        do {
            for caller in callers { threads.append(try Thread { caller.run(operation) }) }
        } catch {
            gate.cancel()
            threads.forEach { $0.join() }
            throw error
        }
        let areReady = gate.waitForAll(callers.count, clock)
        let release = areReady ? awaitRelease() : nil
        if let release { gate.release(at: release) } else { gate.cancel() }
        threads.forEach { $0.join() }
        if let failure = callers.lazy.compactMap(\.failure).first {
            throw LoadError.preparation(failure)
        }
        return release == nil ? nil : callers.map(\.record)
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
