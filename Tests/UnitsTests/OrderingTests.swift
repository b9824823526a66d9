import Testing
import Units

@Suite("Quantities are ordered by what they amount to")
struct OrderingTests {
    @Test("durations, counts, sizes and shares in rising order")
    func rising() throws {
        let durations = ["0s", "1ns", "999us", "1ms", "1s", "59s", "1m", "1h", "23h", "1d", "30d"]
        #expect(isRising(try durations.map { try Nanoseconds(parsing: $0) }))
        let counts = ["0", "1", "999", "1k", "1001", "1M", "1G", "1T", "1P"]
        #expect(isRising(try counts.map { try RecordCount(parsing: $0) }))
        #expect(isRising(try ["0B", "1023B", "1KiB", "1MiB"].map { try ByteCount(parsing: $0) }))
        #expect(isRising(try ["0", "0.1%", "0.5", "1"].map { try Probability(parsing: $0) }))
        #expect(isRising([Seconds.zero, Seconds(1e-9), Seconds(1e18), .never]))
    }

    @Test("rates of different periods are compared by what they amount to, without rounding")
    func rates() throws {
        let rising = ["1/d", "1/h", "25/d", "1/min", "59/min", "1/s", "61/min", "4k/h", "2/s"]
        #expect(isRising(try rising.map { try Rate(parsing: $0) }))
        // One operation a day apart at 10¹⁹ a day: equal as doubles.
        let large: UInt64 = 10_000_000_000_000_000_000
        #expect(
            Rate(large, per: .seconds(86_400)) < Rate(large + 1, per: .seconds(86_400)))
        #expect(Rate(.max, per: .seconds(86_400)) < Rate(.max))
    }

    @Test("the same rate over different periods is neither above nor below", arguments: 1...50)
    func equalRates(count: UInt64) {
        let (second, minute) = (Rate(count), Rate(count * 60, per: .seconds(60)))
        #expect(!(second < minute) && !(minute < second))
        #expect(second.perSecond == minute.perSecond)
    }

    @Test("the order of rates is the order of their exact fractions", arguments: 1...200)
    func rateOrder(seed: UInt64) {
        var generator = Generator(seed: seed)
        let (a, b) = (generator.count(below: 1 << 40) + 1, generator.count(below: 1 << 40) + 1)
        let p = Int64.random(in: 1...86_400, using: &generator)
        let q = Int64.random(in: 1...86_400, using: &generator)
        let less = Rate(a, per: .seconds(p)) < Rate(b, per: .seconds(q))
        #expect(less == (UInt128(a) * UInt128(q) < UInt128(b) * UInt128(p)), "seed \(seed)")
    }

    @Test("instants and lengths add and subtract exactly")
    func arithmetic() {
        let instant = Nanoseconds(9_007_199_254_740_993)
        #expect(instant + Nanoseconds(1) - instant == Nanoseconds(1))
        #expect(Nanoseconds.milliseconds(2) - .microseconds(500) == .microseconds(1_500))
        #expect(Nanoseconds.seconds(90).seconds == Seconds(90))
    }

    private func isRising(_ values: [some Comparable]) -> Bool {
        zip(values, values.dropFirst()).allSatisfy { $0 < $1 && !($1 < $0) && $0 != $1 }
    }
}
