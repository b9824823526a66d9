import Foundation
import Testing
import Units

@testable import Latency

@Suite("Warm-up ends where MSER-5 says so")
struct WarmUpDetectorTests {
    @Test("calls that all last the same have no warm-up")
    func constant() {
        for calls in [100, 1_000, 50_000] {
            #expect(detect(calls) { _ in 20_000 } == .ends(afterCalls: 0), "\(calls) calls")
        }
        #expect(detect(500) { _ in 0 } == .ends(afterCalls: 0))
    }

    @Test("a slow beginning ends where the level begins, to the batch")
    func step() {
        for (slow, calls) in [(5, 100), (50, 1_000), (300, 1_000), (500, 1_000)] {
            let found = detect(calls) { $0 < slow ? 60_000 : 20_000 }
            #expect(found == .ends(afterCalls: slow), "\(slow) of \(calls)")
        }
        // Within a batch, the whole batch goes.
        #expect(detect(1_000) { $0 < 52 ? 60_000 : 20_000 } == .ends(afterCalls: 55))
    }

    @Test("a slow beginning is found under noise with stalls, over seeds")
    func noisyDecay() throws {
        for seed in 0..<20 as Range<UInt64> {
            var noise = Noise(seed: seed)
            let warmUp = detect(5_000) { noise.duration(20_000 * (1 + 3 * exp(-Double($0) / 150))) }
            let cut = try #require(end(of: warmUp), "seed \(seed)")
            // After 600 calls the decay is 1 % of the level, and a tenth of the noise.
            #expect((300...1_200).contains(cut), "seed \(seed): \(cut)")
        }
    }

    @Test("a decay in whole nanoseconds ends near where it stands still")
    func decay() throws {
        let durations = (0..<2_000).map { Int64(20_000 + 60_000 * exp(-Double($0) / 50)) }
        let still = try #require(durations.firstIndex(of: 20_000))
        let cut = try #require(end(of: detect(2_000) { durations[$0] }))
        #expect((200...still + 5).contains(cut), "\(cut), still from \(still)")
    }

    @Test("durations that only grow, only shrink, or jump after the half have no steady state")
    func unsteady() {
        #expect(detect(2_000) { 20_000 + 10 * Int64($0) } == .noSteadyState)
        #expect(detect(2_000) { 60_000 - 10 * Int64($0) } == .noSteadyState)
        #expect(detect(2_000) { $0 < 1_200 ? 60_000 : 20_000 } == .noSteadyState)
        #expect(detect(2_000) { $0 < 1_010 ? 60_000 : 20_000 } == .noSteadyState)
        for seed in 0..<10 as Range<UInt64> {
            var noise = Noise(seed: seed)
            let ramp = detect(5_000) { noise.duration(20_000 * (1 + Double($0) / 5_000)) }
            #expect(ramp == .noSteadyState, "seed \(seed)")
            let late = detect(5_000) { noise.duration($0 < 4_000 ? 20_000 : 40_000) }
            #expect(late == .noSteadyState, "seed \(seed)")
        }
    }

    @Test("white noise has next to no warm-up, with rare stalls or without")
    func whiteNoise() throws {
        for stalls in [0, 0.001, 0.01] {
            var cuts: [Int] = []
            for seed in 0..<30 as Range<UInt64> {
                var noise = Noise(seed: seed, stalls: stalls)
                let warmUp = detect(2_500) { _ in noise.duration(20_000) }
                cuts.append(try #require(end(of: warmUp), "seed \(seed), stalls \(stalls)"))
            }
            let middle = cuts.sorted()[15]
            #expect(middle <= 125, "half of the cuts exceed \(middle) of 2,500, stalls \(stalls)")
        }
    }

    @Test("the cut is the one that brute force finds")
    func bruteForce() {
        for seed in 0..<30 as Range<UInt64> {
            var noise = Noise(seed: seed)
            var detector = WarmUpDetector()
            // Without stalls and within the fences, so that they do not matter here.
            for call in 0..<600 {
                detector.record(Nanoseconds(call < 30 * Int(seed) ? 25_000 : 20_000))
                detector.record(Nanoseconds(noise.uniform(in: 20_000...22_000)))
            }
            let batches = detector.batches
            let errors = (0...batches.count * 9 / 10).map { cut in
                let rest = batches[cut...]
                let mean = rest.reduce(0, +) / Double(rest.count)
                let squares = rest.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
                return squares / Double(rest.count * rest.count)
            }
            let least = errors.min() ?? 0
            let best = errors.firstIndex { $0 <= least * (1 + 1e-9) } ?? 0
            let expected: WarmUp =
                2 * best > batches.count ? .noSteadyState : .ends(afterCalls: 5 * best)
            #expect(detector.warmUp == expected, "seed \(seed)")
        }
    }

    @Test("too few calls are not judged")
    func few() {
        #expect(WarmUpDetector().warmUp == .tooFewCalls)
        #expect(detect(WarmUpDetector.callsMin - 1) { _ in 1 } == .tooFewCalls)
        #expect(detect(WarmUpDetector.callsMin) { _ in 1 } == .ends(afterCalls: 0))
    }

    @Test("however many calls, 2,048 batches are the most, each of 5 · 2^k calls")
    func bounded() {
        var detector = WarmUpDetector()
        for call in 1...200_000 {
            detector.record(Nanoseconds(call <= 60_000 ? 90_000 : 20_000))
            // Whole batches, and no call that is in none but the last few.
            guard detector.batches.count < WarmUpDetector.batchesMax,
                detector.batches.count == call / detector.callsPerBatch
            else {
                Issue.record("\(detector.batches.count) batches after \(call) calls")
                return
            }
        }
        #expect(detector.calls == 200_000 && detector.callsPerBatch == 5 << 5)
        #expect(detector.warmUp == .ends(afterCalls: 60_000))
    }

    private func detect(_ calls: Int, _ duration: (Int) -> Int64) -> WarmUp {
        var detector = WarmUpDetector()
        for call in 0..<calls { detector.record(Nanoseconds(duration(call))) }
        return detector.warmUp
    }

    private func end(of warmUp: WarmUp) -> Int? {
        guard case .ends(let calls) = warmUp else { return nil }
        return calls
    }
}

/// Durations that scatter by a tenth, of which a few are stalls of fifty times the length.
private struct Noise {
    private var generator: SeededGenerator
    private let stalls: Double

    init(seed: UInt64, stalls: Double = 0.001) {
        generator = SeededGenerator(seed: seed)
        self.stalls = stalls
    }

    mutating func duration(_ level: Double) -> Int64 {
        // Three uniform numbers make one with a variance of 1 that is nearly normal.
        let parts = (0..<3).map { _ in Double.random(in: -1..<1, using: &generator) }
        let normal = parts[0] + parts[1] + parts[2]
        let stall = Double.random(in: 0..<1, using: &generator) < stalls ? 50.0 : 1
        return Int64(level * (1 + 0.1 * normal) * stall)
    }

    mutating func uniform(in range: ClosedRange<Int64>) -> Int64 {
        Int64.random(in: range, using: &generator)
    }
}
