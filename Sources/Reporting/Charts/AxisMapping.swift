import Glibc

/// An axis laid along pixels: the domain that is shown and where each value of it stands.
struct AxisMapping {
    /// The axis as described.
    let axis: Axis
    /// The values shown, in the axis's unit; above zero on a log axis.
    let domain: ClosedRange<Double>
    /// The pixel of the lower end; for a vertical axis it is the larger of the two.
    let start: Double
    /// The pixel of the upper end.
    let end: Double
    private let lower: Double
    private let span: Double

    /// Lays the axis from `start` to `end`, fitted to `values` where it has no domain of its own.
    init(_ axis: Axis, fitting values: [Double], from start: Double, to end: Double) {
        self.axis = axis
        self.start = start
        self.end = end
        domain = axis.domain ?? Self.fitted(axis, to: values)
        lower = Self.spread(domain.lowerBound, axis.scale)
        span = Self.spread(domain.upperBound, axis.scale) - lower
    }

    /// The pixel of a value, outside `start` and `end` for one outside the domain; nil for a
    /// value that the axis cannot show.
    func position(_ value: Double) -> Double? {
        guard axis.canShow(value) else { return nil }
        let share = (Self.spread(axis.raised(value), axis.scale) - lower) / span
        return start + share * (end - start)
    }

    /// Whether the value lies in the domain, but for rounding.
    func contains(_ value: Double) -> Bool {
        guard axis.canShow(value) else { return false }
        let share = (Self.spread(axis.raised(value), axis.scale) - lower) / span
        return share >= -1e-9 && share <= 1 + 1e-9
    }

    /// Pixels that one decade of a log axis takes.
    var pixelsPerDecade: Double { abs(end - start) / span }

    private static func spread(_ value: Double, _ scale: Axis.Scale) -> Double {
        scale == .linear ? value : Glibc.log10(value)
    }

    private static func fitted(_ axis: Axis, to values: [Double]) -> ClosedRange<Double> {
        let shown = values.filter(axis.canShow).map(axis.raised)
        let lowest = shown.min()
        let highest = shown.max()
        switch axis.scale {
        case .linear:
            var low = lowest ?? 0
            var high = highest ?? 1
            if axis.startsAtZero { (low, high) = (min(low, 0), max(high, 0)) }
            return linear(axis.unit, low, high)
        case .log10: return logarithmic(axis.unit, lowest ?? 1, highest ?? 10)
        }
    }

    private static func linear(
        _ unit: ValueUnit, _ low: Double, _ high: Double
    ) -> ClosedRange<Double> {
        // A spread below the ninth digit is noise, and its ticks would be equal as doubles.
        let least = max(1e-100, max(abs(low), abs(high)) * 1e-9)
        var (low, high) = (low, high)
        if high - low <= least {
            let room = abs(low) < 1e-90 ? 1 : abs(low) * 0.1
            (low, high) = (low - room, high + room)
        }
        let step = TickCandidates.step(unit, atLeast: (high - low) / 6)
        return (low / step).rounded(.down) * step...(high / step).rounded(.up) * step
    }

    /// The nearest round values around the given ones, at least a decade apart.
    private static func logarithmic(
        _ unit: ValueUnit, _ low: Double, _ high: Double
    ) -> ClosedRange<Double> {
        let slack = 1 + 1e-9
        let round = TickCandidates.logarithmic(unit, around: low / 10...high * 10)
            .filter { $0.rank < 3 }.map(\.value)
        var first = round.lastIndex { $0 <= low * slack } ?? 0
        var last = round.firstIndex { $0 * slack >= high } ?? round.count - 1
        while round[last] < round[first] * 9.99 {
            if last + 1 < round.count { last += 1 }
            if first > 0, round[last] < round[first] * 9.99 { first -= 1 }
        }
        return round[first]...round[last]
    }
}
