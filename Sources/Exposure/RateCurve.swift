import Units

/// X(n) over the number of calls in service: straight lines between the numbers that were measured.
///
/// No shape is assumed: a device may serve sixteen calls slower than four.
struct RateCurve: Hashable, Sendable {
    /// Operations a second at a number of calls in service.
    struct Point: Hashable, Sendable {
        /// n, which a delay may hold between two whole numbers.
        let callers: Double
        /// X(n) in operations a second.
        let rate: Double
    }

    private let points: [Point]

    /// A curve through measured points, ascending in callers.
    ///
    /// Below the fewest callers measured one counts as fast as those: the thief's best case. Below
    /// one it goes to nothing in proportion: no more than one call is in service for that share of
    /// the time.
    init(_ measured: [Point]) {
        var points = [Point(callers: 0, rate: 0)]
        if let first = measured.first, first.callers > 1 {
            points.append(Point(callers: 1, rate: first.rate))
        }
        self.points = points + measured
    }

    /// The best X(n) of a thief who holds at most c calls and of whose calls each first waits d.
    ///
    /// In the long run n calls are in service and d · X(n) in their delay (Little's law), so that
    /// n + d · X(n) ≤ c.
    ///
    /// - Parameters:
    ///   - most: the most calls in service at a time.
    ///   - delay: d.
    ///   - callers: c.
    func best(upTo most: Double, delay: Seconds, callers: Double) -> Double {
        zip(points, points.dropFirst()).reduce(0) { best, ends in
            let (left, right) = ends
            guard left.callers < most else { return best }
            let end = right.callers > most ? Self.point(at: most, between: left, right) : right
            return max(best, Self.best(from: left, to: end, delay: delay.value, callers: callers))
        }
    }

    private static func point(at callers: Double, between left: Point, _ right: Point) -> Point {
        let share = (callers - left.callers) / (right.callers - left.callers)
        return Point(callers: callers, rate: left.rate + share * (right.rate - left.rate))
    }

    /// Along a straight line n + d · X(n) is straight as well: the best lies at one of its ends, or
    /// where it meets c.
    private static func best(
        from left: Point, to right: Point, delay: Double, callers: Double
    ) -> Double {
        let held = (left.callers + delay * left.rate, right.callers + delay * right.rate)
        switch (held.0 <= callers, held.1 <= callers) {
        case (true, true): return max(left.rate, right.rate)
        case (false, false): return 0
        case (let isLeftWithin, _):
            let end = isLeftWithin ? left.rate : right.rate
            let rise = right.rate - left.rate
            guard rise != 0 else { return end }
            let slope = (right.callers - left.callers) / rise
            return max(end, left.rate + (callers - held.0) / (slope + delay))
        }
    }
}
