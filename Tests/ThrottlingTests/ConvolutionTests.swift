import Testing
import Units

@testable import Throttling

@Suite("E and T of limits that rise unevenly follow from α by brute force")
struct ConvolutionTests {
    /// An envelope that rises at whole seconds alone, or in straight lines between two of them.
    private struct Case {
        let envelope: Envelope
        let rate: Double

        init(_ generator: inout SeededGenerator) {
            func seconds(_ most: Int64) -> Nanoseconds {
                .seconds(.random(in: 1...most, using: &generator))
            }
            func limit() -> Limit {
                let count = RecordCount(.random(in: 1...9, using: &generator))
                switch Int.random(in: 0..<5, using: &generator) {
                case 0:
                    return .tokenBucket(TokenBucket(rate: Rate(1, per: seconds(9)), burst: count))
                case 1: return .slidingWindow(SlidingWindow(limit: count, window: seconds(20)))
                case 2:
                    let first = seconds(5)
                    let tarpit = Tarpit(
                        free: count, first: first, growth: 2, longest: first + seconds(20),
                        window: seconds(30))
                    return tarpit.map { .tarpit($0) } ?? .none
                default:
                    return .breaker(
                        Breaker(threshold: count, window: seconds(20), lockout: seconds(60)))
                }
            }
            let members = (0..<Int.random(in: 1...3, using: &generator)).map { _ in limit() }
            let identities = Int.random(in: 1...4, using: &generator)
            rate = Double(Int.random(in: 1...100, using: &generator)) / 16
            envelope = Policy(.all(members), scope: .perClient)
                .envelope(servedAt: rate, identities: identities)
        }

        /// inf over u of α(u) + X (t − u), u over every whole second and both ends.
        func operations(within time: Double) -> Double {
            (stride(from: 0, to: time, by: 1) + [time]).map {
                envelope.admissions(within: Seconds($0)) + rate * (time - $0)
            }.reduce(.infinity, min)
        }
    }

    @Test("E(t) is the least of α(u) + X (t − u)")
    func operations() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let example = Case(&generator)
            for _ in 0..<5 {
                let time = Double(Int.random(in: 1...1_600, using: &generator)) / 16
                let found = example.envelope.operations(
                    within: Seconds(time), servedAt: example.rate)
                #expect(
                    abs(found - example.operations(within: time)) <= 1e-9 * found,
                    "seed \(seed): \(example), t \(time)")
            }
        }
    }

    @Test("T(n) is the first instant at which E reaches n, and E(T(n)) is n")
    func time() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let example = Case(&generator)
            let count = Double(generator.magnitude(upTo: 60))
            let time = example.envelope.time(for: count, servedAt: example.rate).value
            let message: Comment = "seed \(seed): \(example), n \(count), T \(time)"
            #expect(example.operations(within: time * (1 - 1e-6)) < count, message)
            #expect(example.operations(within: time * (1 + 1e-6)) >= count * (1 - 1e-9), message)
            let done = example.envelope.operations(within: Seconds(time), servedAt: example.rate)
            #expect(abs(done - count) <= 1e-9 * count, message)
        }
    }

    @Test("T is the inverse of E for counts and limits of every magnitude")
    func inverse() {
        for seed in 0..<600 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let policy = Policy(generator.limit())
            let rate = 1e9 / Double(generator.length(near: policy.limit.typicalSpacing).count)
            let envelope = policy.envelope(servedAt: rate)
            let count = Double(generator.magnitude(upTo: 1 << 50))
            let time = envelope.time(for: count, servedAt: rate)
            let done = envelope.operations(within: time, servedAt: rate)
            let message: Comment = "seed \(seed): \(policy), X \(rate), n \(count)"
            #expect(abs(done / count - 1) < 1e-6, message)
            let before = envelope.operations(
                within: Seconds(time.value * (1 - 1e-6)), servedAt: rate)
            #expect(before < count, message)
        }
    }
}
