import Testing

@testable import Reporting

@Suite("Ticks of an axis")
struct TicksTests {
    private static func texts(_ axis: Axis, _ values: [Double], length: Double = 400) -> [String] {
        let mapping = AxisMapping(axis, fitting: values, from: 0, to: length)
        return Ticks(mapping) { _ in 26 }.labelled.map(\.text)
    }

    @Test("ticks ascend, lie in the domain and on the axis", arguments: Array(1...200))
    func areMonotone(seed: Int) {
        var size = 1e-9
        for _ in 0..<(seed * 7 % 23) { size *= 10 }
        let values = [size * Double(seed % 9 + 1) / 3, size * Double(seed * seed % 1_009 + 10)]
        for unit in ValueUnit.allCases {
            for scale in [Axis.Scale.linear, .log10] {
                let axis = Axis("", scale: scale, unit: unit)
                let mapping = AxisMapping(axis, fitting: values, from: 380, to: 10)
                let ticks = Ticks(mapping) { _ in 26 }
                let shown = ticks.labelled.map(\.value)
                #expect(
                    zip(shown, shown.dropFirst()).allSatisfy { $0 < $1 }, "seed \(seed) \(unit)")
                #expect(shown.allSatisfy { mapping.contains($0) }, "seed \(seed) \(unit) \(scale)")
                #expect(values.allSatisfy { mapping.contains($0) }, "seed \(seed) \(unit) \(scale)")
                #expect(shown.count >= 2, "seed \(seed) \(unit) \(scale) \(mapping.domain)")
                let places = ticks.labelled.map(\.position) + ticks.minor
                #expect(places.allSatisfy { $0 > 9.9 && $0 < 380.1 }, "seed \(seed) \(unit)")
            }
        }
    }

    @Test("ticks of durations fall where people count: seconds, minutes, hours, days, years")
    func fallAtHumanDurations() {
        let axis = Axis("", scale: .log10, unit: .duration)
        #expect(
            Self.texts(axis, [0.001, 3.1e9], length: 640) == [
                "1 ms", "10 ms", "100 ms", "1 s", "10 s", "1 min", "10 min", "1 h", "1 day",
                "7 days", "30 days", "1 year", "10 years", "100 years",
            ])
    }

    @Test("where decades are few, their halves and fifths are labelled too")
    func fillsShortRanges() {
        let axis = Axis("", scale: .log10, unit: .records)
        #expect(Self.texts(axis, [10_000, 90_000]) == ["10,000", "20,000", "50,000", "100,000"])
    }

    @Test("linear ticks are round and reach around the values")
    func areRound() {
        let axis = Axis("", unit: .plain, startsAtZero: true)
        #expect(
            Self.texts(axis, [3, 107_000]) == [
                "0", "20,000", "40,000", "60,000", "80,000", "100,000", "120,000",
            ])
    }

    @Test("given ticks are used, in order and once")
    func usesGivenTicks() {
        let axis = Axis("", scale: .log10, ticks: [16, 1, 2, 4, 8, 8, 64, 0, -1])
        #expect(Self.texts(axis, [1, 16]) == ["1", "2", "4", "8", "16"])
    }

    @Test(
        "values are written in the words of their unit",
        arguments: [
            (ValueUnit.plain, 1_234.0, "1,230"), (.prefixed, 10_000, "10k"),
            (.prefixed, 1.5e6, "1.5M"),
            (.records, 10_000, "10,000"), (.records, 1e6, "1 million"), (.bytes, 256, "256 B"),
            (.bytes, 4_096, "4 KiB"), (.duration, 0.01, "10 ms"), (.duration, 59.99, "1 min"),
            (.duration, 86_400, "1 day"), (.duration, 2_592_000, "30 days"),
            (.duration, 31_557_600e6, "1 million years"), (.duration, .infinity, "never"),
            (.percent, 0.05, "5 %"), (.plain, .infinity, "∞"),
        ])
    func writesValues(unit: ValueUnit, value: Double, text: String) {
        #expect(unit.text(value) == text)
    }
}
