import Glibc

/// A value that may carry a tick, with its rank among the round values.
struct Tick: Equatable {
    /// The value in the axis's own unit.
    let value: Double
    /// 0 for the roundest; 1 and 2 may be labelled where there is room, 3 never.
    let rank: Int

    init(_ value: Double, _ rank: Int) {
        self.value = value
        self.rank = rank
    }
}

/// The round values of a unit: where ticks may fall, before anyone asks whether there is room.
enum TickCandidates {
    /// A year of 365.25 days, as in `Seconds.inWords`.
    private static let year = 31_557_600.0

    /// Durations that people use between one second and a year, in seconds.
    private static let human: [Tick] = [
        Tick(1, 0), Tick(2, 3), Tick(5, 2), Tick(10, 1), Tick(20, 3), Tick(30, 2),
        Tick(60, 0), Tick(120, 3), Tick(300, 2), Tick(600, 1), Tick(1_800, 2),
        Tick(3_600, 0), Tick(7_200, 3), Tick(10_800, 2), Tick(21_600, 3), Tick(43_200, 2),
        Tick(86_400, 0), Tick(172_800, 3), Tick(604_800, 1), Tick(1_209_600, 3),
        Tick(2_592_000, 0), Tick(7_776_000, 2), Tick(15_552_000, 3), Tick(year, 0),
    ]

    /// Round values for a log axis, ascending, from below `range` to above it.
    ///
    /// `range` must lie above zero.
    static func logarithmic(_ unit: ValueUnit, around range: ClosedRange<Double>) -> [Tick] {
        switch unit {
        case .plain, .prefixed, .records, .percent: return decades(around: range)
        case .bytes: return powersOfTwo(around: range)
        case .duration:
            let short = decades(around: range).filter { $0.value < 0.95 }
            let long = decades(
                around: range.lowerBound / year...max(range.lowerBound, range.upperBound) / year
            ).filter { $0.value > 1.5 }.map { Tick($0.value * year, $0.rank) }
            return short + human + long
        }
    }

    /// The distance between neighbouring ticks of a linear axis: the smallest round distance of
    /// the unit that is at least `least`.
    static func step(_ unit: ValueUnit, atLeast least: Double) -> Double {
        switch unit {
        case .plain, .prefixed, .records, .percent: return decimalStep(atLeast: least)
        case .bytes: return pow(2, log2(least).rounded(.up))
        case .duration:
            if let step = human.first(where: { $0.value >= least && least > 0.5 }) {
                return step.value
            }
            return least > 1
                ? decimalStep(atLeast: least / year) * year : decimalStep(atLeast: least)
        }
    }

    private static func decimalStep(atLeast least: Double) -> Double {
        let exponent = Int(log10(least).rounded(.down))
        for factor in [1.0, 2, 5] where ten(exponent, times: factor) >= least * 0.999_999 {
            return ten(exponent, times: factor)
        }
        return ten(exponent + 1)
    }

    private static func decades(around range: ClosedRange<Double>) -> [Tick] {
        let first = Int(log10(range.lowerBound).rounded(.down)) - 1
        let last = Int(log10(range.upperBound).rounded(.up)) + 1
        return (first...last).flatMap { exponent -> [Tick] in
            (1...9).map { factor -> Tick in
                Tick(ten(exponent, times: Double(factor)), rank(of: factor, exponent))
            }
        }
    }

    /// Thousands are rounder than tens, tens than twos and fives.
    private static func rank(of factor: Int, _ exponent: Int) -> Int {
        if factor == 1 { return exponent % 3 == 0 ? 0 : 1 }
        return factor == 2 || factor == 5 ? 2 : 3
    }

    private static func powersOfTwo(around range: ClosedRange<Double>) -> [Tick] {
        let first = Int(log2(range.lowerBound).rounded(.down)) - 2
        let last = Int(log2(range.upperBound).rounded(.up)) + 2
        return (first...last).map { exponent -> Tick in
            let odd = exponent % 2 == 0 ? 1 : 2
            let rank = exponent % 10 == 0 ? 0 : odd
            return Tick(pow(2.0, Double(exponent)), rank)
        }
    }

    /// `factor · 10^exponent`, divided rather than multiplied below one, so that 0.001 is exactly
    /// the double that a literal would be.
    private static func ten(_ exponent: Int, times factor: Double = 1) -> Double {
        exponent < 0 ? factor / pow(10, Double(-exponent)) : factor * pow(10, Double(exponent))
    }
}
