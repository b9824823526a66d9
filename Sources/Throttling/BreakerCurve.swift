import Units

/// The envelope of a breaker whose lockout l is longer than its window w.
///
/// A caller's turns are of two kinds: a trip gives θ operations and costs l, and stopping short of
/// one gives θ − 1 and costs w. The last turn costs nothing, whatever it gives. So the n-th
/// operation comes once the turns before have covered D = n − θ of them at the least cost. K turns
/// leave room for q = min(K, K θ − D) of the cheaper kind, and cost K l − q (l − w): where θ / l is
/// at least (θ − 1) / w the least K is best, and otherwise one of the two largest that make sense.
package struct BreakerCurve: Hashable, Sendable {
    /// θ in operations, at least 2.
    private let threshold: Double
    /// w in nanoseconds: whole numbers, which doubles hold exactly.
    private let window: Double
    /// l in nanoseconds, more than w.
    private let lockout: Double

    /// The curve of `threshold` operations, of which there are at least two.
    init(threshold: UInt64, window: Nanoseconds, lockout: Nanoseconds) {
        precondition(threshold >= 2 && lockout > window, "trips and stopping short both make sense")
        self.threshold = Double(threshold)
        self.window = Double(window.count)
        self.lockout = Double(lockout.count)
    }

    /// The first instant by which so many operations can have been admitted.
    package func earliest(_ operations: Double) -> Seconds {
        Seconds(cost(operations.rounded(.up) - threshold) / 1e9)
    }

    /// α(t): the most operations whose last comes before t.
    func admissions(within time: Seconds) -> Double {
        let end = time.value * 1e9
        // Every turn takes a window at least and gives θ at most.
        var (low, high) = (0.0, ((end / window).rounded(.up) + 1) * threshold)
        while high - low > 1 {
            let middle = ((low + high) / 2).rounded(.down)
            guard low < middle, middle < high else { break }
            if cost(middle) < end { low = middle } else { high = middle }
        }
        return threshold + low
    }

    /// Operations a second in the long run.
    var sustainedRate: Double {
        1e9 * max(threshold / lockout, (threshold - 1) / window)
    }

    /// Whether trips alone give more in the long run than stopping short of them.
    private var isTripping: Bool { threshold * window >= (threshold - 1) * lockout }

    /// The nanoseconds that turns take which give `covered` operations.
    private func cost(_ covered: Double) -> Double {
        guard covered > 0 else { return 0 }
        if isTripping {
            let turns = (covered / threshold).rounded(.up)
            let short = min(turns, turns * threshold - covered)
            return turns * lockout - short * (lockout - window)
        }
        // So many whole windows and a rest: another window, or a trip for each of the rest.
        let windows = (covered / (threshold - 1)).rounded(.up) - 1
        let rest = covered - windows * (threshold - 1)
        let trips = rest <= windows ? rest * (lockout - window) : window
        return windows * window + min(window, trips)
    }

    /// Where `cost(D)` − D / X is largest: it is piecewise linear in D, over the turns in each
    /// piece as well, so that only the ends of the pieces count, for the first and the last turns.
    func corners(below operations: Double) -> [Corner] {
        let last = operations.rounded(.up) - threshold
        var places: [Double] = [last]
        if isTripping {
            let turns = (last / threshold).rounded(.up)
            places += [1, (turns - 1) * threshold, (turns - 1) * threshold + 1]
        } else {
            let each = threshold - 1
            let most = ((last - 1) / each).rounded(.down)
            // With a rest of so many, another window is no dearer than a trip for each of them.
            let dear = (window / (lockout - window)).rounded(.up)
            for windows in [0, 1, dear - 1, dear, each - 1, each, most - 1, most]
            where windows >= 0 {
                let rests = [1, min(windows, dear - 1, each), min(windows + 1, dear, each)]
                places += rests.filter { $0 >= 1 }.map { windows * each + $0 }
            }
        }
        return places.filter { $0 >= 1 && $0 <= last }.map { place in
            Corner(admitted: place + threshold - 1, instant: cost(place) / 1e9)
        }
    }
}
