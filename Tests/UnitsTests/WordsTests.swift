import Testing
import Units

@Suite("Numbers are written for people")
struct WordsTests {
    @Test(
        "lengths of time are told in the largest unit that fits",
        arguments: [
            (0, "0 seconds"), (1e-9, "1 ns"), (5e-10, "0.5 ns"), (4.5e-7, "450 ns"),
            (1e-6, "1 µs"), (6.35e-6, "6.35 µs"), (2.5e-3, "2.5 ms"), (0.25, "250 ms"),
            (1, "1 second"), (1.5, "1.5 seconds"), (42, "42 seconds"), (60, "1 minute"),
            (90, "1.5 minutes"), (3_600, "1 hour"), (5_040, "1.4 hours"), (86_400, "1 day"),
            (864_000, "10 days"), (31_557_600, "1 year"), (100_984_320, "3.2 years"),
            (31_557_600e6, "1,000,000 years"), (.infinity, "never"),
        ] as [(Double, String)])
    func lengths(value: Double, words: String) {
        #expect(Seconds(value).inWords == words)
    }

    @Test(
        "a length that rounds to the next unit is told in it",
        arguments: [
            (59.96, "1 minute"), (59.94, "59.9 seconds"), (3_597.6, "1 hour"), (0.9996, "1 second"),
            (0.0009996, "1 ms"), (86_250, "1 day"), (59.9999, "1 minute"),
            (3_599.99, "1 hour"), (86_399.9, "1 day"), (9.999e-7, "1 µs"),
        ])
    func nextUnit(value: Double, words: String) {
        #expect(Seconds(value).inWords == words)
    }

    @Test("no length is told as sixty of the unit below")
    func noSixty() {
        let shares = (0...500).map { 0.995 + Double($0) * 1e-5 }
        let told = [60.0, 3_600, 86_400].flatMap { unit in
            shares.map { Seconds(unit * $0).inWords }
        }
        #expect(Set(told).isDisjoint(with: ["60 seconds", "60 minutes", "24 hours"]))
    }

    @Test("what cannot be computed is not told as never")
    func notANumber() {
        #expect(Seconds(.nan).inWords != "never")
        #expect(!Seconds(.nan).isNever)
        #expect(Seconds.never.isNever)
    }

    @Test(
        "three significant digits",
        arguments: [
            (0, "0"), (1, "1"), (1.5, "1.5"), (12.34, "12.3"), (1_234.5, "1,230"),
            (0.04567, "0.0457"), (999, "999"), (999.4, "999"), (999.5, "1,000"), (0.9996, "1"),
            (9.996, "10"), (99.95, "100"), (1e-9, "0.000000001"), (123_456_789, "123,000,000"),
            (9.99e14, "999,000,000,000,000"), (9.999e14, "1e15"), (1e15, "1e15"),
            (1.234e15, "1.23e15"), (1e18, "1e18"), (1.5e300, "1.5e300"), (-1_234.5, "−1,230"),
            (-0.5, "−0.5"), (.infinity, "∞"), (-.infinity, "−∞"), (.nan, "n/a"), (100, "100"),
            (1e-3, "0.001"), (1e-6, "0.000001"), (0.1, "0.1"), (0.3, "0.3"),
        ] as [(Double, String)])
    func significant(value: Double, text: String) {
        #expect(Significant.text(value) == text)
    }

    @Test(
        "as many digits as asked for",
        arguments: [
            (1_234.5, 1, "1,000"), (1_234.5, 2, "1,200"), (1_234.5, 5, "1,234.5"),
            (0.123456, 4, "0.1235"), (0.96, 1, "1"), (2.5e20, 1, "3e20"), (12, 6, "12"),
        ])
    func digits(value: Double, digits: Int, text: String) {
        #expect(Significant.text(value, digits: digits) == text)
    }

    @Test("the text is within half a unit of the third digit", arguments: 1...400)
    func precision(seed: UInt64) throws {
        var generator = Generator(seed: seed)
        let exponent = Int.random(in: -12...14, using: &generator)
        var value = Double.random(in: 1..<10, using: &generator)
        for _ in 0..<abs(exponent) { value = exponent < 0 ? value / 10 : value * 10 }
        let text = Significant.text(value).filter { $0 != "," }
        let read = try #require(Double(text), "seed \(seed)")
        #expect(abs(read - value) <= value * 0.005_000_001, "seed \(seed)")
        #expect(text.filter(\.isNumber).drop { $0 == "0" }.count <= 15, "seed \(seed)")
        #expect(Significant.text(-value) == "−" + Significant.text(value), "seed \(seed)")
    }

    @Test("the smallest and the largest doubles are told without a crash")
    func extremes() async {
        await #expect(processExitsWith: .success) {
            for value in [
                Double.leastNonzeroMagnitude, .leastNormalMagnitude, .greatestFiniteMagnitude,
            ] {
                _ = Significant.text(value)
            }
        }
    }

    @Test("thousands are grouped by commas")
    func grouped() {
        #expect(Significant.grouped(0) == "0")
        #expect(Significant.grouped(999) == "999")
        #expect(Significant.grouped(1_000) == "1,000")
        #expect(Significant.grouped(123_456) == "123,456")
        #expect(Significant.grouped(.max) == "18,446,744,073,709,551,615")
    }
}
