import CCryptoki
import GateState
import Throttling

/// What a process obeys: the state, its identity's row in it, and how far its operations have got.
final class Guardian: Sendable {
    /// The state.
    let state: GateState
    /// The row of this process's identity.
    let row: Int
    /// Operations that are charged by bytes; nil where calls are.
    let operations: OperationTable?
    /// What a call gets that exceeds the throttle.
    let throttledCode: CK_RV
    /// What a call of a revoked identity gets.
    let revokedCode: CK_RV
    /// Whether encrypting and wrapping with a secret key is charged.
    let chargesEncryption: Bool
    /// Whether operations in flight are limited.
    let hasSlots: Bool
    /// Whether canaries are looked for.
    let hasCanaries: Bool
    /// Bytes of a unit; 0 where calls are charged.
    private let unit: UInt64

    init(_ state: GateState, row: Int) {
        self.state = state
        self.row = row
        throttledCode = CK_RV(state.configuration.throttledCode)
        revokedCode = CK_RV(state.configuration.revokedCode)
        chargesEncryption = state.configuration.chargesEncryption
        hasSlots = state.hasSlots
        hasCanaries = state.hasCanaries
        if case .bytes(let size) = state.configuration.policy.charge {
            (unit, operations) = (UInt64(size.count), OperationTable())
        } else {
            (unit, operations) = (0, nil)
        }
    }

    /// Units of so many bytes: as many as were started, at least one.
    @inline(__always)
    func units(_ bytes: CK_ULONG) -> UInt64 {
        unit == 0 || bytes <= unit ? 1 : (UInt64(bytes) - 1) / unit + 1
    }

    /// Charges the beginning of an operation.
    ///
    /// - Returns: the code with which it is refused; nil where it may go on.
    @inline(__always)
    func charge(_ function: GateFunction, bytes: CK_ULONG = 0) -> CK_RV? {
        code(state.charge(function, units: units(bytes), isCall: true, row: row))
    }

    /// Asks whether the identity may call at all.
    ///
    /// - Returns: the code with which it is refused; nil where it may go on.
    @inline(__always)
    func refusal(_ function: GateFunction) -> CK_RV? {
        state.admitsUncharged(function, row: row) ? nil : revokedCode
    }

    /// Charges what an operation is given beyond what it was charged already.
    ///
    /// - Returns: the code with which it is refused; nil where it may go on.
    @inline(__always)
    func charge(
        _ function: GateFunction, _ kind: OperationTable.Kind, of session: CK_SESSION_HANDLE,
        bytes: CK_ULONG
    ) -> CK_RV? {
        // Nothing opens nothing: the end of an operation, be there one or not, is free.
        guard let operations, bytes > 0 else { return refusal(function) }
        let (before, charged) = operations.progress(of: kind, session)
        let (total, overflow) = before.addingReportingOverflow(UInt64(bytes))
        let due = units(overflow ? .max : CK_ULONG(total))
        guard due > charged else { return refusal(function) }
        let outcome = state.charge(function, units: due - charged, isCall: false, row: row)
        if outcome == .admitted { operations.set(kind, session, charged: due) }
        return code(outcome)
    }

    /// Waits until a call may be one of those in flight; `leave` must follow.
    ///
    /// - Returns: the code with which it is refused; nil where it may go on.
    @inline(__always)
    func enter(_ function: GateFunction) -> CK_RV? {
        hasSlots ? code(state.enter(function, row: row)) : nil
    }

    /// Ends a call in flight.
    @inline(__always)
    func leave() { if hasSlots { state.leave(row: row) } }

    private func code(_ outcome: GateOutcome) -> CK_RV? {
        switch outcome {
        case .admitted: nil
        case .throttled: throttledCode
        case .revoked: revokedCode
        }
    }
}
