import Throttling
import Units

/// Bounds on the calls of a load, whatever they are made for: a real device serves others too.
package struct CallLimits: Sendable {
    /// Paces all callers of all processes together; nil for no bound.
    package var pace: SharedState?
    /// The calls that all callers of all processes may make together, ever; nil for no bound.
    package var budget: CallAllowance?

    /// Bounds; by default none.
    package init(pace: SharedState? = nil, budget: CallAllowance? = nil) {
        self.pace = pace
        self.budget = budget
    }

    /// Whether there is any bound.
    var isLimiting: Bool { pace != nil || budget != nil }

    /// Waits until the device may be called, for as long as it takes: what prepares a load goes by
    /// the pace of all, too.
    package func awaitTurn(_ clock: some Clock) {
        guard let pace, case .wait(let opens) = pace.decide(at: clock.now()) else { return }
        clock.wait(until: opens)
    }
}

/// Calls that may be made, counted in one state by all processes.
package struct CallAllowance: Sendable {
    private let state: SharedState
    private let calls: RecordCount
    private let warmUpPart: RecordCount

    /// An allowance by its state, whose policy is that of `Policy.calls(_:)`.
    ///
    /// - Parameters:
    ///   - calls: how many may be made in all.
    ///   - warmUpPart: how many may be gone when a warm-up ends, so that it leaves something to be
    ///     measured; nil for all.
    package init(_ state: SharedState, of calls: RecordCount, warmUpPart: RecordCount? = nil) {
        self.state = state
        self.calls = calls
        self.warmUpPart = warmUpPart.map { min($0, calls) } ?? calls
    }

    /// Takes one call; false where none is left.
    func spend() -> Bool { state.spend(upTo: calls) }

    /// Takes one call of the warm-up's part; false where none is left.
    func spendOnWarmUp() -> Bool { state.spend(upTo: warmUpPart) }
}

extension Policy {
    /// A pace that nobody overtakes: one call at a time, each waiting for as long as it takes.
    package static func pace(_ rate: Rate) -> Policy {
        Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(1))),
            onLimit: .wait(atMost: .max))
    }

    /// So many calls and never one more: one window that does not end.
    package static func calls(_ most: RecordCount) -> Policy {
        Policy(.fixedWindow(FixedWindow(limit: most, window: .max)), onLimit: .deny)
    }
}
