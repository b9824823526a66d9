import Latency
import Results
import Throttling
import Units

@testable import Regression

/// A capacity built in code, every figure and every fact of it fixed.
enum FixedCapacity {
    static let promise = Promise(percentileMillionths: 99_000_000, limit: .milliseconds(20))
    private static let settings = SearchSettings(start: Rate(100), largest: Rate(2_400))

    /// A search that found both ends.
    static let found: CapacityRun = {
        var result = CapacityResult(
            promise: promise, settings: settings, finding: .found, steps: steps)
        (result.capacity, result.lowestFailing) = (Rate(1_190), Rate(1_270))
        result.errorChance = 0.0289
        return run(result, shares)
    }()

    /// The late share at each rate, and how many calls an hour are answered in what time.
    private static let shares: [(rate: UInt64, late: Double, purpose: SearchStep.Purpose)] = [
        (100, 0, .ramp), (200, 0, .ramp), (400, 0, .ramp), (800, 0.0005, .ramp),
        (1_600, 0.7, .ramp), (1_131, 0.002, .bisection), (1_345, 0.12, .bisection),
        (1_233, 0.0093, .bisection), (1_190, 0.004, .confirmation), (1_270, 0.031, .confirmation),
    ]

    private static var steps: [FinishedStep] {
        shares.enumerated().map { index, share in step(index + 1, share) }
    }

    static func step(
        _ number: Int, _ share: (rate: UInt64, late: Double, purpose: SearchStep.Purpose)
    ) -> FinishedStep {
        let length = Nanoseconds.seconds(share.purpose == .confirmation ? 20 : 5)
        let step = SearchStep(
            number: number, rate: Rate(share.rate), length: length,
            slice: .milliseconds(100), purpose: share.purpose, level: 0.0125)
        var counts = LateCounts(slice: step.slice, slices: step.slices)
        for index in counts.due.indices {
            counts.due[index] = share.rate / 10
            // Spread as evenly as whole calls go.
            let before = UInt64(share.late * Double(share.rate) / 10 * Double(index))
            let after = UInt64(share.late * Double(share.rate) / 10 * Double(index + 1))
            counts.late[index] = min(after - before, share.rate / 10)
        }
        let judgement = StepJudgement(of: counts, promise: promise, level: step.level)
        return FinishedStep(step: step, judgement: judgement, invalidReason: nil)
    }

    /// A round of a rate: what is answered, and in what time.
    static func round(_ rate: UInt64, late: Double, seconds: Double) -> Round {
        let answered = min(rate, 1_310)
        var response = LatencyHistogram()
        let typical = Int64(1_000_000 / max(0.02, 1 - Double(answered) / 1_330))
        for part in 1...100 {
            let time = part == 100 && late > 0 ? 2 * typical * 4 : typical * Int64(part) / 60
            response.record(Nanoseconds(time), count: UInt64(Double(answered) * seconds / 100))
        }
        let operations = UInt64(Double(answered) * seconds)
        return Round(
            number: 1, order: 1, verdict: Verdict(), seconds: seconds, operations: operations,
            denied: 0, errors: [:],
            latency: [
                .service: LatencyFigures(response), .response: LatencyFigures(response),
                .lateness: LatencyFigures(response),
            ], admitted: operations, cpuNanosecondsPerOperation: nil,
            open: OpenCounts(
                scheduled: UInt64(Double(rate) * seconds),
                backlog: UInt64(Double(rate - answered) * seconds)))
    }

    static func run(
        _ result: CapacityResult?,
        _ shares: [(rate: UInt64, late: Double, purpose: SearchStep.Purpose)] = []
    ) -> CapacityRun {
        let provenance = FixedRun.whole.provenance
        var scenario = FixedRun.whole.scenario
        scenario.exposure.demand = .profile(
            ProfileSettings(mean: Rate(200), dispersion: 5, shape: .diurnal))
        var cell = FixedRun.cell(callers: 16, processes: 2)
        cell.anchor = "softhsm"
        var run = CapacityRun(
            scenario: scenario, seed: 7, provenance: provenance, cell: cell, result: result,
            partial: nil)
        run.rounds = shares.enumerated().map { index, share in
            CapacityRound(
                step: index + 1,
                round: round(
                    share.rate, late: share.late,
                    seconds: share.purpose == .confirmation ? 20 : 5))
        }
        run.concurrency = concurrency
        return run
    }

    /// Closed loads by the law of scalability with α = 0.08 and β = 0.004, a percent of noise.
    private static var concurrency: [ConcurrencyPoint] {
        [1, 2, 4, 8, 16].flatMap { callers in
            [1, 2].filter { $0 <= callers }.map { processes in
                let count = Double(callers)
                let law = 420 * count / (1 + 0.08 * (count - 1) + 0.004 * count * (count - 1))
                let rounds = [0.99, 1, 1.012].enumerated().map { index, noise in
                    closed(law * noise * (processes == 1 ? 0.8 : 1), number: index + 1)
                }
                return ConcurrencyPoint(callers: callers, processes: processes, rounds: rounds)
            }
        }
    }

    private static func closed(_ rate: Double, number: Int) -> Round {
        Round(
            number: number, order: number, verdict: Verdict(), seconds: 1,
            operations: UInt64(rate), denied: 0, errors: [:], latency: [:],
            admitted: UInt64(rate), cpuNanosecondsPerOperation: nil)
    }
}
