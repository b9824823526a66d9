import Results
import Throttling
import Units

/// Both classes of one mixed cell, measured at one time: what an attack did to the others.
package struct MixedPair: Sendable {
    /// The load.
    package let load: MixedLoad
    /// The calls that fell due.
    package let legitimate: CellResult
    /// Those of the thief.
    package let attacker: CellResult

    /// The throttle before both.
    package var throttle: Policy { attacker.cell.throttle }
    /// D: legitimate calls that fall due a second.
    package var demand: Double { load.legitimate.rate.perSecond }
    /// Whether both classes gave figures that may be used.
    package var isValid: Bool { legitimate.verdict.isValid && attacker.verdict.isValid }
}

extension Run {
    /// The mixed cells in the order of the plan, each with both its classes.
    package var mixedPairs: [MixedPair] {
        cells.compactMap { result in
            guard let load = result.cell.mixed, result.cell.callerClass == .legitimate,
                let attacker = cells.first(where: {
                    $0.cell.callerClass == .attacker && $0.cell.key == result.cell.key
                })
            else { return nil }
            return MixedPair(load: load, legitimate: result, attacker: attacker)
        }
    }

    /// p: how often a second a thief asks that a throttle refuses.
    ///
    /// One who comes back at the instant that a refusal names is there before any other, as if by
    /// asking without end; one who hammers asks as often as was measured.
    package func attempts(of attacker: CellResult) -> Double {
        guard scenario.onDenied == "spin" else { return .infinity }
        return attacker.attemptsPerSecond ?? .infinity
    }
}

extension CellResult {
    /// Admitted calls a second over the valid rounds; nil without one.
    package var admittedPerSecond: Double? { perSecond { Double($0.admitted) } }

    /// Right calls a second over the valid rounds; nil without one. Not the geometric mean of the
    /// throughput, which would not go with the other rates here.
    package var rightPerSecond: Double? { perSecond { Double($0.operations) } }

    /// Admitted and denied calls a second over the valid rounds; nil without one.
    package var attemptsPerSecond: Double? {
        perSecond { Double($0.admitted) + Double($0.denied) }
    }

    /// Denied calls over all that the throttle answered in the valid rounds; nil where it answered
    /// none.
    package var deniedShare: Double? {
        let rounds = usable
        let denied = rounds.reduce(0) { $0 + Double($1.denied) }
        let answered = rounds.reduce(denied) { $0 + Double($1.admitted) }
        return answered > 0 ? denied / answered : nil
    }

    /// Mean length of the valid rounds; nil without one.
    package var meanSeconds: Seconds? {
        let rounds = usable
        let seconds = rounds.reduce(0) { $0 + $1.seconds }
        return seconds > 0 ? Seconds(seconds / Double(rounds.count)) : nil
    }

    private func perSecond(_ count: (Round) -> Double) -> Double? {
        let rounds = usable
        let seconds = rounds.reduce(0) { $0 + $1.seconds }
        return seconds > 0 ? rounds.reduce(0) { $0 + count($1) } / seconds : nil
    }
}
