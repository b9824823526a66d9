import Exposure
import Latency
import Results
import Testing
import Throttling
import Units

@Suite("Which load a thief would use")
struct ServiceRateTests {
    private let bucket = Policy.bucket(Rate(500), burst: 100)

    private func rates(_ cells: [CellResult], callers: Int = 16) -> MeasuredRates? {
        MeasuredRates(
            of: Runs.run(cells), mechanism: "aes-gcm", recordBytes: 256, callers: callers)
    }

    /// One load for each pair of a number of callers and a rate.
    private func rates(_ loads: [(callers: Int, rate: Double)], callers: Int) throws
        -> MeasuredRates
    {
        try #require(
            rates(
                loads.map { Runs.result(Runs.cell(callers: $0.callers), perSecond: [$0.rate]) },
                callers: callers))
    }

    @Test("the fastest load within the thief's callers is taken, over threads and processes")
    func withinCallers() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 1), perSecond: [100]),
            Runs.result(Runs.cell(callers: 4), perSecond: [250]),
            Runs.result(Runs.cell(callers: 4, processes: 2), perSecond: [300]),
            Runs.result(Runs.cell(callers: 8), perSecond: [280]),
            Runs.result(Runs.cell(callers: 16), perSecond: [900]),
        ]
        let expected = [(1, 1, 100.0), (3, 1, 100), (4, 4, 300), (8, 4, 300), (16, 16, 900)]
        for (callers, chosen, rate) in expected {
            let found = try #require(rates(cells, callers: callers)).best
            #expect(found.cell.callers == chosen && isClose(found.rate.estimate, rate))
        }
        #expect(rates(cells, callers: 0) == nil)
    }

    @Test("an invalid, a throttled, a baseline, a mixed or another record's cell is never taken")
    func onlyFitCells() throws {
        let good = Runs.result(Runs.cell(), perSecond: [100])
        let load = MixedLoad(legitimate: OpenRate(Rate(200), .poisson), attackers: 2)
        let others =
            [
                Runs.result(
                    Runs.cell(callers: 2), perSecond: [900],
                    verdict: Verdict(reasons: ["wrong plaintext"])),
                Runs.result(Runs.cell(callers: 2, throttle: bucket), perSecond: [900]),
                Runs.result(Runs.cell(callers: 2, isBaseline: true), perSecond: [900]),
                Runs.result(Runs.cell(callers: 2, recordBytes: 4_096), perSecond: [900]),
                Runs.result(Runs.cell(callers: 2, mechanism: "aes-cbc-pad"), perSecond: [900]),
                CellResult(Runs.cell(callers: 2)),
            ]
            + Runs.cell(callers: 2).classes(of: load).map { Runs.result($0, perSecond: [900]) }
        for other in others {
            let found = try #require(rates([other, good])).best
            #expect(found.cell == good.cell, "\(other.cell.classedKey)")
            #expect(rates([other]) == nil, "\(other.cell.classedKey)")
        }
    }

    @Test("the baseline is taken whatever its number of callers")
    func baseline() throws {
        let cells = [
            Runs.result(Runs.cell(), perSecond: [100]),
            Runs.result(Runs.cell(callers: 64, isBaseline: true), perSecond: [1_000]),
        ]
        let model = ExposureModel(Runs.run(cells, callers: 1))
        let baseline = try #require(model.projections.first?.baseline)
        #expect(isClose(baseline.rate.estimate, 1_000))
        let factor = try #require(
            model.projections.first?.theft(of: RecordCount(1_000)).anchorFactor)
        #expect(isClose(factor, 10))
    }

    @Test("k calls in flight leave the best rate of at most k callers, with m identities of m · k")
    func concurrency() throws {
        let loads = [(1, 100.0), (2, 180), (4, 300), (8, 240)]
        let rates = try rates(loads, callers: 16)
        // Three lie half-way between two and four; more than four are slower.
        for (slots, rate) in [(1, 100.0), (2, 180), (3, 240), (4, 300), (5, 300), (100, 300)] {
            let policy = Policy(.concurrency(RecordCount(UInt64(slots))))
            #expect(isClose(rates.service(under: policy).estimate, rate), "\(slots) in flight")
            #expect(isClose(rates.service(under: policy, identities: 9).estimate, rate))
        }
        for (identities, rate) in [(1, 100.0), (2, 180), (3, 240), (4, 300), (1_000, 300)] {
            let policy = Policy(.concurrency(RecordCount(1)), scope: .perClient)
            let found = rates.service(under: policy, identities: identities)
            #expect(isClose(found.estimate, rate), "\(identities) identities")
        }
        let most = Policy(.concurrency(RecordCount(.max)), scope: .perClient)
        #expect(isClose(rates.service(under: most, identities: .max).estimate, 300))
    }

    @Test("fewer calls in flight than were ever measured count as fast as the fewest that were")
    func belowTheFewest() throws {
        let rates = try rates([(4, 300.0), (8, 240)], callers: 16)
        for slots: UInt64 in [1, 2, 3, 4] {
            let found = rates.service(under: Policy(.concurrency(RecordCount(slots))))
            #expect(isClose(found.estimate, 300), "\(slots) in flight")
        }
    }

    @Test("a delay leaves the rate at which the thief's calls are in it or in service")
    func delay() throws {
        // One caller: half of the time in a delay of 1 ms, half of it in a call of 1 ms.
        let one = try rates([(1, 1_000.0)], callers: 1)
        #expect(isClose(one.service(under: .delayed(.milliseconds(1))).estimate, 500))
        // n + 10 ms · X(n) = 4 where X(n) = 100 + 200/3 · (n − 1): n = 2.2, X = 180.
        let four = try rates([(1, 100.0), (4, 300)], callers: 4)
        #expect(isClose(four.service(under: .delayed(.milliseconds(10))).estimate, 180))
        // At four callers the delay fits exactly; eight are slower.
        let falling = [(1, 100.0), (4, 400), (8, 200)]
        let eight = try rates(falling, callers: 8)
        #expect(isClose(eight.service(under: .delayed(.milliseconds(10))).estimate, 400))
        // Sixteen callers, a second each: no more than sixteen a second.
        let slow = try rates([(1, 20_000.0)], callers: 16)
        let rate = slow.service(under: .delayed(.seconds(1))).estimate
        #expect(isClose(rate, 16 / (1 + 1 / 20_000)))
    }

    @Test("a delay too short to hold anybody back changes nothing")
    func shortDelay() throws {
        let rates = try rates([(1, 100.0), (4, 300)], callers: 16)
        #expect(isClose(rates.service(under: .delayed(.milliseconds(1))).estimate, 300))
    }

    @Test("slots and a delay in one throttle hold both")
    func both() throws {
        let rates = try rates([(1, 100.0), (4, 400)], callers: 4)
        func policy(_ slots: UInt64) -> Policy {
            Policy(.all([.concurrency(RecordCount(slots)), .delay(.milliseconds(10))]))
        }
        // The delay alone leaves n = 2 and 200 a second.
        for (slots, rate) in [(1, 100.0), (2, 200), (3, 200), (16, 200)] {
            #expect(isClose(rates.service(under: policy(UInt64(slots))).estimate, rate))
        }
    }

    @Test("the solution holds for any curve: no feasible number of calls does better")
    func exhaustive() throws {
        for seed: UInt64 in 1...100 {
            var generator = SeededGenerator(seed: seed)
            let counts = Set((0..<4).map { _ in Int.random(in: 1...12, using: &generator) })
            let loads = counts.sorted().map { count in
                (count, Double.random(in: 10...1_000, using: &generator))
            }
            let most = try #require(counts.max())
            let callers = Int.random(in: most...24, using: &generator)
            let rates = try rates(loads, callers: callers)
            let slots = Int.random(in: 1...12, using: &generator)
            let delay = Double.random(in: 1e-4...0.1, using: &generator)
            let policy = Policy(
                .all([
                    .concurrency(RecordCount(UInt64(slots))),
                    .delay(Nanoseconds(Int64((delay * 1e9).rounded()))),
                ]))
            let found = rates.service(under: policy).estimate
            var best = 0.0
            for step in 0...12_000 {
                let n = Double(step) / 1_000
                let x = Self.rate(at: n, loads)
                if n <= Double(slots), n + delay * x <= Double(callers) { best = max(best, x) }
            }
            // A thousandth of a caller is worth no more than a call a second here.
            #expect(
                best <= found * (1 + 1e-9) && found - best <= 1,
                "seed \(seed): \(found) against \(best)")
        }
    }

    /// X(n) by hand: from nothing to one caller, level to the fewest measured, straight lines then.
    private static func rate(at n: Double, _ loads: [(Int, Double)]) -> Double {
        guard let first = loads.first, let last = loads.last else { return 0 }
        if n < 1 { return n * first.1 }
        if n <= Double(first.0) { return first.1 }
        for (left, right) in zip(loads, loads.dropFirst()) where n <= Double(right.0) {
            let share = (n - Double(left.0)) / Double(right.0 - left.0)
            return left.1 + share * (right.1 - left.1)
        }
        return n <= Double(last.0) ? last.1 : 0
    }

    @Test("the interval is the best load's own, and lies around the rate that a throttle leaves")
    func intervals() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 1), perSecond: [90, 110]),
            Runs.result(Runs.cell(callers: 4), perSecond: [290, 310]),
        ]
        let rates = try #require(self.rates(cells))
        #expect(rates.service(under: bucket) == rates.best.rate)
        for policy in [.delayed(.milliseconds(50)), Policy(.concurrency(RecordCount(2)))] {
            let found = rates.service(under: policy)
            let (low, high) = (try #require(found.low), try #require(found.high))
            #expect(low < found.estimate && found.estimate < high, "\(policy.keyForm)")
        }
        // One round has no interval, and neither has what leans on it.
        let mixed = [cells[0], Runs.result(Runs.cell(callers: 4), perSecond: [300])]
        let partly = try #require(self.rates(mixed)).service(under: .delayed(.seconds(1)))
        #expect(partly.low == nil && partly.high == nil)
    }
}
