import Throttling
import Units

extension Workload {
    /// A throttle in the path of every call, with the state that all its callers share.
    package struct Throttle: Sendable {
        let state: SharedState
        /// What one call is charged.
        let units: UInt64
        /// Client identities that the calls of a schedule come from in turn.
        let clients: Int
        /// Whether calls in flight are counted, and wait for one another.
        let hasSlots: Bool
        private let onLimit: OnLimit

        /// Binds calls to a throttle's state.
        ///
        /// - Parameters:
        ///   - units: what one call is charged.
        ///   - clients: identities that the calls of a schedule come from in turn. Callers of a
        ///     closed load have the first; attackers beside a load share the one after all of
        ///     these.
        package init(_ state: SharedState, units: UInt64 = 1, clients: Int = 1) {
            precondition(units > 0 && clients > 0, "a call comes from somebody and is charged")
            self.state = state
            self.units = units
            self.clients = clients
            hasSlots = state.policy.limit.slots != nil
            onLimit = state.policy.onLimit
        }

        /// The identity that the n-th call of the schedule comes from, whoever makes it.
        func client(ofCall number: UInt64) -> Int { Int(number % UInt64(clients)) }

        /// The identity that all attackers beside a load share.
        var attackerIdentity: Int { clients }

        /// How long a call may wait for a slot and its turn together.
        var patience: Nanoseconds {
            switch onLimit {
            case .wait(let longest): longest
            case .deny: .zero
            }
        }

        /// What becomes of a call over the limit that has waited so long already.
        func onLimit(after waited: Nanoseconds) -> OnLimit {
            guard case .wait(let longest) = onLimit else { return .deny }
            return .wait(atMost: max(longest - waited, .zero))
        }

        /// Gives back the slot of a call that is done, or that will not be made.
        func leave(_ client: Int) { if hasSlots { state.leave(client: client) } }
    }
}
