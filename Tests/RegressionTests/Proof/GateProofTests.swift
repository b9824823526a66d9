import Foundation
import Regression
import Testing
import Units

/// How often gates are right, played on machines that are never still.
@Suite("Proof of the gates")
struct GateProofTests {
    /// Gates a case, where more than the usual ones are asked for.
    private static let asked = ProcessInfo.processInfo.environment["ANCHORBENCH_PROOF"]
        .flatMap(Int.init)

    private static let costs = [1, 1.03, 1.05, 1.10, 1.20]

    /// How many of the gates of one kind, on one machine, came to which verdict on one cost.
    private struct Counts {
        let cost: Double
        let regressed: Int
        let passed: Int
        let of: Int

        init(_ gate: PlayedGate, _ machine: SharedMachine, cost: Double) {
            let count = asked ?? 40
            let verdicts = (0..<count).map { number in
                gate.verdict(on: machine, cost: cost, seed: UInt64(number) &* 1_000_003 &+ 17)
            }
            self.cost = cost
            regressed = verdicts.count { $0 == .regressed }
            passed = verdicts.count { $0 == .pass }
            of = count
        }

        /// Four standard errors above a chance of one in a hundred.
        var bound: Double {
            let one = GateRule.level * Double(of)
            return one + 4 * one.squareRoot()
        }
    }

    // Of 10,000 duels of identical anchors none was REGRESSED, and of 10,000 comparisons 9 at most,
    // on the busy host; of those that cost more by exactly the tolerance 0.8 % at most, and 0.07 %
    // at most passed. What costs 10 % more was found in 100, 99.5 and 27 % of the duels and in 96,
    // 13 and 2 % of the comparisons; what costs 20 % more in 100, 100 and 95 %, and 98, 86 and
    // 11 %.
    @Test(
        "neither do gates cry wolf nor let pass what costs more by the tolerance",
        arguments: [PlayedGate.duel, .compare], SharedMachine.all)
    func rare(gate: PlayedGate, machine: SharedMachine) {
        let counts = Self.costs.map { Counts(gate, machine, cost: $0) }
        for counts in counts {
            let place = "\(gate.rawValue) on a \(machine.name) at \(counts.cost)"
            if counts.cost == 1 {
                #expect(Double(counts.regressed) <= GateRule.level * Double(counts.of), "\(place)")
            }
            if counts.cost <= 1.05 {
                #expect(Double(counts.regressed) <= counts.bound, "\(place)")
            }
            if counts.cost >= 1.05 { #expect(Double(counts.passed) <= counts.bound, "\(place)") }
        }
        Self.show(gate, machine, counts)
    }

    @Test(
        "what costs much more is found, as far as the machine lets it be seen",
        arguments: [
            (PlayedGate.duel, 0, 1.1, 0.95), (.duel, 1, 1.1, 0.95), (.duel, 2, 1.2, 0.9),
            (.compare, 0, 1.1, 0.9), (.compare, 1, 1.2, 0.75),
        ])
    func found(gate: PlayedGate, machine: Int, cost: Double, share: Double) {
        let counts = Counts(gate, SharedMachine.all[machine], cost: cost)
        #expect(Double(counts.regressed) >= share * Double(counts.of), "\(counts)")
    }

    // Why a comparison wants the control, and a host that drifts a duel. Of 1,000 comparisons of
    // identical anchors 8.1 % were REGRESSED, and 14 % passed what costs more by exactly the
    // tolerance.
    @Test("rounds of runs in one go are not independent where the machine drifts, and mislead")
    func drift() {
        let machine = SharedMachine.all[1]
        let costs = Self.asked == nil ? [1] : Self.costs
        let counts = costs.map { Counts(.compareInOneGo, machine, cost: $0) }
        #expect(Double(counts[0].regressed) > 0.03 * Double(counts[0].of))
        Self.show(.compareInOneGo, machine, counts)
    }

    // Of 1,000 none was REGRESSED where both cost the same, on any of the machines, and none passed
    // what costs more by exactly the tolerance; what costs 20 % more was found in 97, 55 and 11 %.
    @Test(
        "the negative control tells a drift from the anchor's doing", arguments: SharedMachine.all)
    func control(machine: SharedMachine) {
        let costs = Self.asked == nil ? [1, 1.05] : Self.costs
        let counts = costs.map { Counts(.controlledCompare, machine, cost: $0) }
        for counts in counts where counts.cost <= 1.05 {
            #expect(Double(counts.regressed) <= counts.bound, "\(counts)")
        }
        for counts in counts where counts.cost >= 1.05 {
            #expect(Double(counts.passed) <= counts.bound, "\(counts)")
        }
        Self.show(.controlledCompare, machine, counts)
    }

    private static func show(_ gate: PlayedGate, _ machine: SharedMachine, _ counts: [Counts]) {
        guard asked != nil else { return }
        let cells = counts.map {
            String(
                format: "%6.2f %% / %6.2f %%", 100 * Double($0.regressed) / Double($0.of),
                100 * Double($0.passed) / Double($0.of))
        }
        print("| \(gate.rawValue), \(machine.name) | \(cells.joined(separator: " | ")) |")
    }
}
