import Units

/// The envelope of a tarpit: exact for the first thousand instants or so, and beyond them a line of
/// the true slope above whatever can follow.
///
/// The caller who takes every admission at the earliest instant, pausing where it is sooner had
/// with fewer in the window, is the best there is: with earlier admissions the window is never
/// fuller, so nobody else's n-th admission comes before. (Asking again at once is not that.)
package struct TarpitCurve: Hashable, Sendable {
    /// Instants at which more is admitted, with what was admitted before.
    private let head: [Corner]
    /// λ: seconds from one admission to the next in the long run.
    private let spacing: Double
    /// Beyond the head the n-th admission comes at λ n + offset at the earliest, in seconds.
    private let offset: Double

    /// The curve for operations of so many units.
    ///
    /// - Parameter instants: how many are followed exactly.
    init(_ tarpit: Tarpit, units: UInt64 = 1, instants: Int) {
        precondition(units >= 1 && instants >= 2, "something is admitted, and more later")
        let waits = TarpitWaits(tarpit, units: units)
        let runs = Self.runs(of: waits, instants: instants)
        var admitted = 0
        head = runs.map { run in
            defer { admitted += run.count }
            return Corner(admitted: Double(admitted), instant: Double(run.instant) / 1e9)
        }
        let spacing = waits.spacing
        self.spacing = spacing / 1e9
        offset = Self.offset(after: runs.dropLast(), spacing: spacing, of: waits) / 1e9
    }

    /// α(t).
    func admissions(within time: Seconds) -> Double {
        let end = head[head.count - 1]
        guard time.value <= end.instant else {
            return max(end.admitted, (time.value - offset) / spacing)
        }
        return head[index { $0.instant < time.value }].admitted
    }

    /// Operations a second in the long run.
    var sustainedRate: Double { 1 / spacing }

    /// All corners of the head, and the end of the line.
    func corners(below operations: Double) -> [Corner] {
        let corners = Array(head[..<index { $0.admitted < operations }])
        let onLine = Corner(admitted: operations, instant: spacing * operations + offset)
        guard corners.count == head.count, onLine.instant > corners[corners.count - 1].instant
        else { return corners }
        return corners + [onLine]
    }

    /// The first corner of which this is not true; it is true of those before and false after.
    private func index(after isBefore: (Corner) -> Bool) -> Int {
        var (low, high) = (0, head.count)
        while low < high {
            let middle = (low + high) / 2
            if isBefore(head[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

extension TarpitCurve {
    /// Operations that are admitted at one instant.
    private struct Run {
        let instant: Int64
        var count: Int
    }

    /// Every admission at its earliest, up to so many instants, of which the last may lack some.
    private static func runs(of waits: TarpitWaits, instants: Int) -> [Run] {
        // Whoever begins to count at an admission does not see the wait before it.
        var runs = [Run(instant: 0, count: max(1, waits.free))]
        var oldest = 0
        var recent = runs[0].count
        var now: Int64 = 0
        while runs.count < instants, now < TarpitWaits.longest {
            while runs[oldest].instant <= now - waits.window {
                recent -= runs[oldest].count
                oldest += 1
            }
            if recent < waits.free {
                runs[runs.count - 1].count += waits.free - recent
                recent = waits.free
            }
            // Begin to wait now, or once some of the window have left it.
            var (earliest, left) = (now + waits.wait(after: recent), recent)
            for run in runs[oldest...] {
                let pause = run.instant + waits.window
                guard pause < earliest else { break }
                left -= run.count
                earliest = min(earliest, pause + waits.wait(after: left))
            }
            runs.append(Run(instant: earliest, count: 1))
            recent += 1
            now = earliest
        }
        return runs
    }

    /// The largest c with which λ n + c is no later than the n-th admission, for every n to come.
    ///
    /// By induction over a_k = min over j of [max(a_{k−1}, a_{k−1−j} + w) + W(j)] a line that is
    /// not above the last `depth` admissions stays below, where W(depth) ≥ λ; and so does the line
    /// through zero at n = `depth`, where that is not before the first, for which nothing waited.
    private static func offset(
        after runs: ArraySlice<Run>, spacing: Double, of waits: TarpitWaits
    ) -> Double {
        let depth = max(1, waits.count(withWaitOf: spacing))
        var number = runs.reduce(0) { $0 + $1.count }
        let fromZero = -spacing * Double(depth)
        guard number >= depth else { return fromZero }
        let first = number - depth
        var offset = Double.infinity
        for run in runs.reversed() where offset == .infinity || number > first {
            offset = min(offset, Double(run.instant) - spacing * Double(number))
            number -= run.count
        }
        return max(fromZero, offset)
    }
}
