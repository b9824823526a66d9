import Foundation
import Regression
import Testing
import Units

/// A machine that others use as well, in virtual time: what rounds on it cost.
struct SharedMachine: Sendable, CustomTestStringConvertible {
    let name: String
    /// The standard deviation of the logarithm of how slow the machine is at a time.
    let drift: Double
    /// After how many rounds the machine has forgotten all but 1/e of how slow it was.
    let memory_rounds: Double
    /// The standard deviation of what is a round's own, of throughput and median; twice of the
    /// 99th percentile.
    let noise: Double
    /// The share of rounds upon which a neighbour falls.
    let slowShare: Double
    /// The mean of the logarithm of what that costs, exponentially distributed.
    let slowness: Double

    var testDescription: String { name }

    static let metrics: [Metric] = [.throughput, .serviceP50, .serviceP99]

    static let all = [
        SharedMachine(
            name: "bare metal", drift: 0.005, memory_rounds: 100, noise: 0.01, slowShare: 0.01,
            slowness: 0.1),
        SharedMachine(
            name: "shared host", drift: 0.05, memory_rounds: 40, noise: 0.02, slowShare: 0.03,
            slowness: 0.2),
        SharedMachine(
            name: "busy host", drift: 0.15, memory_rounds: 20, noise: 0.05, slowShare: 0.1,
            slowness: 0.3),
    ]
}

/// A machine at work, one round after the other.
struct MachineRun {
    private let machine: SharedMachine
    private var level: Double
    private var generator: SeededGenerator

    /// A machine met at any time of its life.
    init(_ machine: SharedMachine, seed: UInt64) {
        self.machine = machine
        generator = SeededGenerator(seed: seed)
        level = machine.drift * generator.normal()
    }

    /// What a round of an anchor measures.
    ///
    /// - Parameter cost: the anchor's own, 1 for the baseline.
    mutating func round(cost: Double) -> [Metric: Double] {
        // An AR(1) process keeps its variance where what is new has the share 1 − kept² of it.
        let kept = exp(-1 / machine.memory_rounds)
        level = kept * level + machine.drift * (1 - kept * kept).squareRoot() * generator.normal()
        return measured(cost: cost)
    }

    /// The same long after the last round: nothing of that is left.
    mutating func independentRound(cost: Double) -> [Metric: Double] {
        level = machine.drift * generator.normal()
        return measured(cost: cost)
    }

    private mutating func measured(cost: Double) -> [Metric: Double] {
        var common = level + log(cost)
        if Double.random(in: 0..<1, using: &generator) < machine.slowShare {
            common -= machine.slowness * log(1 - Double.random(in: 0..<1, using: &generator))
        }
        return [
            .throughput: 5_000 * exp(-common - machine.noise * generator.normal()),
            .serviceP50: 200_000 * exp(common + machine.noise * generator.normal()),
            .serviceP99: 700_000 * exp(common + 2 * machine.noise * generator.normal()),
        ]
    }
}

extension SeededGenerator {
    /// A standard normal variate (Box and Muller, 1958).
    mutating func normal() -> Double {
        let distance = (-2 * log(1 - Double.random(in: 0..<1, using: &self))).squareRoot()
        return distance * cos(2 * Double.pi * Double.random(in: 0..<1, using: &self))
    }
}
