import Exposure
import Foundation
import Results
import Testing
import Units

/// Thefts that were played call by call, against what the models say of the same thefts.
@Suite("Proof of the attacks")
struct ProofTests {
    private static let cases = 560

    /// Thefts a case, where more than the usual ones are asked for.
    private static let asked = ProcessInfo.processInfo.environment["ANCHORBENCH_PROOF"]
        .flatMap(Int.init)

    // 549 of 560 cases are compared, in up to seven figures each. Of what chance and whole calls
    // allow, the model is off by 0.43 at most with the usual thefts, and by 0.75 with 1,000 a case,
    // both times in one that is filled behind a delay.
    @Test("what the models say of 500 thefts behind throttles under alarms happens in play")
    func grid() throws {
        var compared = 0
        for number in 0..<Self.cases {
            let proof = ProofCase(number)
            guard let figures = try Self.figures(proof) else { continue }
            compared += 1
            #expect(figures.disagreements == [], "\(proof)")
        }
        #expect(compared >= 500)
    }

    /// The figures of a case held against the model's; nil where the two mean different thefts.
    private static func figures(_ proof: ProofCase) throws -> PlayedFigures? {
        // Two limits that stand in each other's way let nobody have as much as the model's bound.
        if proof.isBoundOnly, try proof.envelopeGap().upperBound > proof.wholeCalls { return nil }
        let usual = proof.strategy == .sprint ? 250 : 40
        return try figures(proof, thefts: asked ?? usual, draws: max(512, asked ?? 0))
    }

    private static func figures(
        _ proof: ProofCase, thefts: Int, draws: Int
    ) throws -> PlayedFigures? {
        let attack = try proof.attack(draws: draws)
        let dataset = RecordCount(UInt64(proof.dataset))
        let model = attack.containment(of: proof.strategy, datasets: [dataset])
        let k = Double(proof.recordsPerOperation)
        var generator = SeededGenerator(seed: UInt64(1_000_000 + proof.number))
        let outcomes = proof.theft.outcomes(thefts, using: &generator)
        var figures = PlayedFigures(
            outcomes, horizon: proof.horizon.seconds.value, dataset: Double(proof.dataset),
            slack: k * proof.slack, share: proof.isFilledThroughThrottle ? 0.1 : 0,
            isWatched: proof.isWatched, draws: draws)
        figures.compare(with: model)
        return figures
    }

    // The model lies between thefts with two calls more and two fewer in each count.
    @Test(
        "an alarm that the demand nearly raises by itself remembers what was before the theft",
        arguments: [(1, 1), (2, 2), (2, 3), (3, 4), (2, 5)])
    func remembers(datapoints: Int, periods: Int) throws {
        let horizon = Nanoseconds.seconds(300)
        let anchor = PlayedAnchor(servers: 1, service_ns: 200_000_000, policy: .none)
        let rule = AlarmSettings(
            period: .seconds(10), threshold: nil, evaluationPeriods: periods,
            datapointsToAlarm: datapoints, window: .wallClock
        ).rule(at: RecordCount(107))
        let proof = ProofCase(
            number: 10 * datapoints + periods, strategy: .sprint, anchor: anchor,
            flatOut: anchor.flatOut(until: Int(horizon.count)), rule: rule, means: [100],
            dispersion: 1, delays: DelaySettings(), horizon: horizon, confidence: 0.95,
            recordsPerOperation: 1, dataset: 1_000_000)
        let figures = try #require(
            try Self.figures(proof, thefts: 10_000, draws: 10_000))
        #expect(figures.disagreements == [], "\(proof)")
    }

    // Six cases, two mixtures each: the worst that was found is 9 % to 179 % above what was played.
    @Test("no mixture that is played loses more than the worst that a search found")
    func mixtures() throws {
        for number in Self.asked == nil ? [0] : [0, 11, 20, 33, 45, 51] {
            let proof = ProofCase(number)
            let dataset = RecordCount(UInt64(proof.dataset))
            let best = try proof.attack(draws: 256).containment(of: .best, datasets: [dataset])
            let worst = try #require(best.losses.first).records.mean
            for share in [0.1, 0.5] {
                var generator = SeededGenerator(seed: UInt64(number))
                let played = (0..<60).map { _ in
                    proof.theft.mixed(share, using: &generator).records
                }
                let mean = played.reduce(0, +) / 60
                let squares = played.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                let error = 4 * (squares / 59 / 60).squareRoot()
                #expect(mean <= worst + error + proof.wholeCalls * 7, "\(share) in \(proof)")
            }
        }
    }
}

extension ProofCase {
    /// Whether an alarm leads to the thief.
    fileprivate var isWatched: Bool { strategy == .sprint || strategy == .creep }

    /// Whether periods are filled through a throttle: what it lets by in one of them it may lack in
    /// the next, which the model does not follow, so that it says up to 7 % too much.
    fileprivate var isFilledThroughThrottle: Bool {
        (strategy == .fill || strategy == .pulse) && !anchor.policy.limit.members.isEmpty
    }

    /// Calls by which a model of fluids may be off: those in flight; of who fills periods, also one
    /// in each of them, or all in flight where they first wait.
    fileprivate var slack: Double {
        guard strategy == .fill || strategy == .pulse || strategy == .creep else {
            return wholeCalls
        }
        let periods = horizon.seconds.value / rule.period.seconds.value + 1
        return wholeCalls + (anchor.policy.limit.delay > .zero ? wholeCalls : 1) * periods
    }

    /// The models' side of the case.
    fileprivate func attack(draws: Int) throws -> Attack {
        Attack(
            try projection(), rule: rule, demand: profile, delays: delays, horizon: horizon,
            confidence: Probability(confidence), value: nil, draws: draws, seed: UInt64(number))
    }
}
