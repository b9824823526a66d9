import Latency
import Testing
import Throttling
import Units

@testable import Results

@Suite("What was admitted is held against what the envelope and the anchor allow")
struct EnvelopeComparisonTests {
    /// One round of a second with so many calls.
    private func result(
        _ cell: Cell, _ admitted: UInt64, reasons: [String] = [], seconds: Double = 1
    ) -> CellResult {
        var result = CellResult(cell)
        for number in 1...2 {
            result.add(
                Samples.round(number, seconds: seconds, operations: admitted, reasons: reasons),
                pooled: PooledHistograms())
        }
        return result
    }

    private func closed(_ callers: Int, _ throttle: Policy = .none, processes: Int = 1) -> Cell {
        Samples.cell(callers: callers, processes: processes, throttle: throttle)
    }

    /// The ratios of the last cell.
    private func ratios(_ cells: [CellResult]) -> [Double?] {
        var run = Samples.run(cells)
        run.compareThrottlesWithEnvelopes()
        return run.cells[cells.count - 1].rounds.map(\.admittedToEnvelope)
    }

    private func expect(
        _ expected: Double?, _ cells: [CellResult],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for ratio in ratios(cells) {
            guard let expected, let ratio else {
                #expect(ratio == expected, sourceLocation: sourceLocation)
                continue
            }
            #expect(abs(ratio / expected - 1) < 1e-9, "\(ratio)", sourceLocation: sourceLocation)
        }
    }

    @Test("a rate allows burst and refill, or what the same load did unthrottled if that is less")
    func rate() {
        let bucket = Samples.bucket  // 500/s, burst 100
        expect(0.9, [result(closed(4), 20_000), result(closed(4, bucket), 540)])
        expect(0.75, [result(closed(4), 400), result(closed(4, bucket), 300)])
        // Ten seconds.
        let long = [
            result(closed(4), 20_000, seconds: 10), result(closed(4, bucket), 5_100, seconds: 10),
        ]
        expect(1, long)
        expect(nil, [result(closed(2), 20_000), result(closed(4, bucket), 540)])
        expect(nil, [result(closed(4, processes: 2), 20_000), result(closed(4, bucket), 540)])
        expect(nil, [result(closed(4), 20_000), result(closed(4, bucket), 540, reasons: ["late"])])
    }

    @Test("a charge by bytes allows so many calls fewer")
    func charge() {
        var bucket = Samples.bucket
        // 272 bytes of ciphertext a record: two units.
        bucket.charge = .bytes(ByteCount(256))
        expect(1, [result(closed(4), 20_000), result(closed(4, bucket), 300)])
    }

    @Test("slots allow what so many callers did, measured or between two that were")
    func slots() {
        func slots(_ count: UInt64) -> Policy { Policy(.concurrency(RecordCount(count))) }
        let measured = [
            result(closed(1), 1_000), result(closed(2), 1_800), result(closed(4), 3_000),
        ]
        expect(0.5, measured + [result(closed(4, slots(1)), 500)])
        expect(0.5, measured + [result(closed(4, slots(2)), 900)])
        expect(0.5, measured + [result(closed(4, slots(3)), 1_200)])
        expect(0.5, measured + [result(closed(4, slots(9)), 1_500)])
        expect(nil, Array(measured.dropFirst()) + [result(closed(4, slots(1)), 500)])
        expect(nil, measured + [result(closed(8, slots(5)), 500)])
    }

    @Test("a delay allows what callers can do who wait before every call")
    func delay() {
        let policy = Policy(.delay(.milliseconds(3)))
        // A millisecond in the anchor and three before it: 4 / 4 ms.
        expect(0.5, [result(closed(4), 4_000), result(closed(4, policy), 500)])
        // One of the four is in a call at any time, and one alone does 1,000/s, whatever four do.
        let curve = [result(closed(1), 1_000), result(closed(4), 900)]
        expect(0.5, curve + [result(closed(4, policy), 500)])
        // Between one caller and four: n + X(n) / 1,000 = 4 at 3.07 callers.
        let short = Policy(.delay(.milliseconds(1)))
        expect(900 / (1_000 - 100 * 2 / 2.9), curve + [result(closed(4, short), 900)])
        // Behind two slots two of them wait and call: n + X(n) / 1,000 = 2 at one caller.
        let both = Policy(.all([.concurrency(RecordCount(2)), .delay(.milliseconds(1))]))
        expect(0.5, curve + [result(closed(4, both), 500)])
        expect(nil, [result(closed(4, policy), 600)])
    }

    @Test("the rate of callers who wait solves n + d X(n) = c, curve by curve")
    func waiting() throws {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var (callers, points) = (0, [UnthrottledRates.Point]())
            for _ in 0..<Int.random(in: 1...5, using: &generator) {
                callers += .random(in: 1...8, using: &generator)
                points.append(
                    .init(
                        callers: Double(callers),
                        rate: .random(in: 1...100_000, using: &generator)))
            }
            let rates = UnthrottledRates(points.shuffled(using: &generator))
            let delay = Nanoseconds(.random(in: 1...1 << 33, using: &generator))
            let asking = Int.random(in: 1...callers, using: &generator)
            let rate = try #require(rates.rate(of: asking, waiting: delay), "seed \(seed)")
            // Those who are in a call are the callers less those who wait.
            let inside = Double(asking) - delay.seconds.value * rate
            #expect(inside >= -1e-6 && inside <= Double(asking), "seed \(seed)")
            let ends = [UnthrottledRates.Point(callers: 0, rate: 0)] + points
            let on = zip(ends, ends.dropFirst()).contains { low, high in
                guard inside >= low.callers - 1e-6, inside <= high.callers + 1e-6 else {
                    return false
                }
                let share = (inside - low.callers) / (high.callers - low.callers)
                let expected = low.rate + share * (high.rate - low.rate)
                return abs(expected - rate) <= 1e-3 * max(1, high.rate, low.rate)
            }
            #expect(on, "seed \(seed)")
            #expect(rates.rate(of: callers + 1) == nil)
        }
    }

    /// Both classes of a mixed load, users first, with so many calls a second each.
    private func mixed(
        _ users: UInt64, _ attackers: UInt64, _ throttle: Policy = .none, reasons: [String] = []
    ) -> [CellResult] {
        let cells = Samples.cell(throttle: throttle).classes(
            of: MixedLoad(legitimate: OpenRate(Rate(200), .poisson)))
        return [result(cells[0], users), result(cells[1], attackers, reasons: reasons)]
    }

    /// The ratios of both classes in every round.
    private func expectBoth(
        _ expected: Double?, _ cells: [CellResult],
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        expect(expected, cells, sourceLocation: sourceLocation)
        let swapped = cells.dropLast(2) + [cells[cells.count - 1], cells[cells.count - 2]]
        expect(expected, Array(swapped), sourceLocation: sourceLocation)
    }

    @Test("of a mixed load both classes together are held against one envelope")
    func mixedGlobal() {
        let free = mixed(200, 20_000)
        expectBoth(1, free + mixed(200, 400, Samples.bucket))
        expectBoth(0.5, free + mixed(100, 200, Samples.bucket))
        expectBoth(nil, mixed(200, 400, Samples.bucket))
        expectBoth(nil, free + mixed(200, 400, Samples.bucket, reasons: ["late"]))
        // What both did unthrottled is the most of both.
        expectBoth(1, mixed(200, 250) + mixed(200, 250, Samples.bucket))
    }

    @Test("where each client has its own, the users' demand and the attackers' share add up")
    func mixedPerClient() {
        var bucket = Samples.bucket
        bucket.scope = .perClient
        expectBoth(1, mixed(200, 20_000) + mixed(200, 600, bucket))
        // A demand beyond what four clients may have.
        expectBoth(1, mixed(9_000, 20_000) + mixed(2_400, 600, bucket))
    }

    @Test("chance makes more calls fall due than unthrottled, and those may be admitted, too")
    func chance() {
        func users(_ throttle: Policy, _ scheduled: UInt64, _ operations: UInt64) -> CellResult {
            let cell = Samples.cell(throttle: throttle).classes(
                of: MixedLoad(legitimate: OpenRate(Rate(200), .poisson)))[0]
            var result = CellResult(cell)
            result.add(
                Round(
                    number: 1, order: 1, verdict: Verdict(), seconds: 1, operations: operations,
                    denied: 0, errors: [:], latency: PooledHistograms().figures,
                    admitted: operations, cpuNanosecondsPerOperation: nil,
                    open: OpenCounts(scheduled: scheduled, backlog: scheduled - operations)),
                pooled: PooledHistograms())
            return result
        }
        var bucket = Samples.bucket
        bucket.scope = .perClient
        let free = mixed(200, 20_000)[1]
        func thieves(_ admitted: UInt64) -> CellResult { mixed(0, admitted, bucket)[1] }
        // 230 fell due and 600 are the attackers' share; of their two rounds one has users.
        #expect(
            ratios([users(.none, 190, 190), free, users(bucket, 230, 230), thieves(600)]) == [
                1, nil,
            ])
        // Where the anchor serves half of the calls, it does so behind a throttle.
        #expect(
            ratios([users(.none, 400, 200), free, users(bucket, 440, 220), thieves(600)]) == [
                1, nil,
            ])
    }

    @Test("slots and a delay take from the attackers alone what one caller of them cannot do")
    func mixedSlots() {
        let free = mixed(200, 20_000)
        expectBoth(0.5, free + mixed(100, 10_000, Policy(.concurrency(RecordCount(4)))))
        // 50 µs in the anchor after 4.95 ms: 200/s beside the users' 200/s.
        expectBoth(0.5, free + mixed(100, 100, Policy(.delay(.microseconds(4_950)))))
    }
}
