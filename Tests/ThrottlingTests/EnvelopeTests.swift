import Testing
import Throttling
import Units

@Suite("Exfiltration time follows from the envelope")
struct EnvelopeTests {
    private let bucket = Policy(
        .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))))
    private let window = Policy(
        .fixedWindow(FixedWindow(limit: RecordCount(1_000), window: .seconds(60))))

    @Test("500/s with a burst of 100 takes 1,999.8 s for a million records at 20,000/s")
    func workedTokenBucket() {
        let envelope = bucket.envelope(servedAt: 20_000)
        #expect(envelope.time(for: 1_000_000, servedAt: 20_000) == Seconds(1_999.8))
        for time in [0, 0.001, 0.005, 100.0 / 19_500, 0.01, 1, 60, 1_999.8] {
            let exact = min(20_000 * time, 100 + 500 * time)
            #expect(envelope.operations(within: Seconds(time), servedAt: 20_000) == exact)
        }
    }

    @Test("1,000 a minute begun at an edge takes 59,940.05 s for a million records")
    func workedFixedWindow() {
        let envelope = window.envelopeFromEpoch()
        #expect(envelope.time(for: 1_000_000, servedAt: 20_000) == Seconds(59_940.05))
        #expect(envelope.operations(within: Seconds(59_940.05), servedAt: 20_000) == 1_000_000)
    }

    @Test("at the thief's best phase it takes 59,880.10 s")
    func workedBestPhase() {
        let envelope = window.envelope(servedAt: 20_000)
        let time = envelope.time(for: 1_000_000, servedAt: 20_000)
        // To the last bit but one: 0.05 s is no binary fraction.
        #expect(abs(time.value - 59_880.10) <= Double(59_880.10).ulp)
    }

    @Test("no thief who begins at another phase is quicker than the best one")
    func bestPhaseIsBest() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = generator.magnitude(upTo: 10_000)
            let window = Double(Int.random(in: 1...1_000_000, using: &generator)) / 1_000
            let rate = Double.random(in: 1...100_000, using: &generator)
            let policy = Policy(
                .fixedWindow(
                    FixedWindow(
                        limit: RecordCount(limit), window: Nanoseconds(Int64(window * 1e9)))))
            let operations = Double(generator.magnitude(upTo: 1_000_000))
            let envelope = policy.envelope(servedAt: rate)
            guard case .staircase(_, let length, let phase) = envelope else {
                Issue.record("a fixed window has a staircase")
                return
            }
            let best = envelope.time(for: operations, servedAt: rate).value
            func theft(_ phase: Double) -> Double {
                self.theft(operations, rate, Double(limit), length.value, phase: phase)
            }
            #expect(abs(theft(phase.value) / best - 1) < 1e-9, "seed \(seed)")
            for share in 1...100 {
                let other = theft(Double(share) / 100 * length.value)
                #expect(other >= best * (1 - 1e-9), "seed \(seed), phase \(share) %")
            }
        }
    }

    /// What a theft really takes, window by window: an allowance that is not used up is lost.
    private func theft(
        _ operations: Double, _ rate: Double, _ limit: Double, _ window: Double, phase: Double
    ) -> Double {
        let first = min(limit, rate * phase)
        guard operations > first else { return operations / rate }
        let each = min(limit, rate * window)
        let whole = max(0, ((operations - first) / each - 1e-9).rounded(.up) - 1)
        return phase + whole * window + (operations - first - whole * each) / rate
    }

    @Test("E(t) is the least of α(u) + X (t − u), by brute force over every breakpoint")
    func convolution() {
        for seed in 0..<400 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let curve = Curve.random(&generator)
            let rate = Double(generator.magnitude(upTo: 1 << 16)) / 8
            for _ in 0..<10 {
                let time = Double(Int.random(in: 0...12_800, using: &generator)) / 64
                let least = curve.convolved(at: time, servedAt: rate)
                let found = curve.envelope.operations(within: Seconds(time), servedAt: rate)
                let message: Comment = "seed \(seed): \(curve.envelope), X \(rate), t \(time)"
                #expect(abs(found - least) <= 1e-9 * max(1, least), message)
            }
        }
    }

    @Test("T(N) is the first instant at which E reaches N")
    func firstInstant() {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let curve = Curve.random(&generator)
            let rate = Double(generator.magnitude(upTo: 1 << 16)) / 8
            let operations = Double(generator.magnitude(upTo: 1 << 24))
            let time = curve.envelope.time(for: operations, servedAt: rate)
            let message: Comment = "seed \(seed): \(curve.envelope), X \(rate), N \(operations)"
            #expect(!time.isNever && time > .zero, message)
            let slack = 1e-9 * time.value
            let after = curve.envelope.operations(
                within: Seconds(time.value + slack), servedAt: rate)
            let before = curve.envelope.operations(
                within: Seconds(time.value - slack), servedAt: rate)
            #expect(after >= operations * (1 - 1e-12), message)
            #expect(before < operations, message)
            // The same against the brute force, where it is cheap.
            guard time.value < 2_000 else { continue }
            let early = curve.convolved(at: time.value * (1 - 1e-6), servedAt: rate)
            let late = curve.convolved(at: time.value * (1 + 1e-6), servedAt: rate)
            #expect(early < operations && late >= operations * (1 - 1e-9), message)
        }
    }

    @Test("astronomic numbers of records take the time that they take", arguments: [1e15, 1e18])
    func astronomic(_ operations: Double) {
        let slow = bucket.envelope(servedAt: 20_000).time(for: operations, servedAt: 20_000)
        #expect(abs(slow.value / ((operations - 100) / 500) - 1) < 1e-12)
        let stepwise = window.envelopeFromEpoch().time(for: operations, servedAt: 20_000)
        #expect(abs(stepwise.value / (operations / 1_000 * 60) - 1) < 1e-9)
        let free = Policy.none.envelope(servedAt: 20_000).time(for: operations, servedAt: 20_000)
        #expect(free.value == operations / 20_000)
        let daily = TokenBucket(rate: Rate(1, per: .seconds(86_400)), burst: RecordCount(1))
        let ages = Policy(.tokenBucket(daily)).envelope(servedAt: 20_000)
        let time = ages.time(for: operations, servedAt: 20_000)
        #expect(abs(time.value / (operations * 86_400) - 1) < 1e-9)
    }

    @Test("nothing takes no time, and a device that does nothing never ends")
    func edges() {
        for envelope in [
            Envelope.unbounded, .affine(burst: 5, rate: 1),
            .staircase(step: 5, window: Seconds(1), phase: Seconds(1)),
        ] {
            #expect(envelope.time(for: 0, servedAt: 10) == .zero)
            #expect(envelope.time(for: 1, servedAt: 0) == .never)
            #expect(envelope.operations(within: .zero, servedAt: 10) == 0)
            #expect(envelope.admissions(within: .zero) == 0)
        }
        #expect(Envelope.affine(burst: 5, rate: 0).time(for: 6, servedAt: 10) == .never)
        #expect(Envelope.affine(burst: 5, rate: 0).time(for: 5, servedAt: 10) == Seconds(0.5))
    }

    @Test("m identities hold m times the envelope only where each has a state of its own")
    func identities() {
        let perClient = Policy(bucket.limit, scope: .perClient)
        #expect(
            perClient.envelope(servedAt: 20_000, identities: 3)
                == .affine(burst: 300, rate: 1_500))
        #expect(
            bucket.envelope(servedAt: 20_000, identities: 3) == .affine(burst: 100, rate: 500))
        let windows = Policy(window.limit, scope: .perClient)
        #expect(
            windows.envelope(servedAt: 20_000, identities: 2)
                == .staircase(step: 2_000, window: Seconds(60), phase: Seconds(0.1)))
    }

    @Test("α is left-continuous: an edge admits only what comes after it")
    func leftContinuous() {
        let envelope = Envelope.staircase(step: 10, window: Seconds(4), phase: Seconds(1))
        let expected: [(Double, Double)] = [
            (0, 0), (0.5, 10), (1, 10), (1.25, 20), (5, 20), (5.25, 30), (9, 30),
        ]
        for (time, admissions) in expected {
            #expect(envelope.admissions(within: Seconds(time)) == admissions, "t \(time)")
        }
    }
}
