import Units

/// What operations of so many units wait in a tarpit, in whole nanoseconds.
///
/// An operation waits as long as its units would one after the other, all counted at its beginning.
struct TarpitWaits {
    /// Operations that need not wait when nothing else was admitted lately.
    let free: Int
    /// w.
    let window: Int64
    /// The waits with `free` and more operations in the window; from the last on they are alike.
    private let waits: [Int64]

    /// No wait and no window counts as longer than this, 36 years: so sums stay within the clock,
    /// and the bound above.
    static let longest: Int64 = 1 << 60

    init(_ tarpit: Tarpit, units: UInt64) {
        free = Int(tarpit.free.count / units)
        window = min(tarpit.window.count, Self.longest)
        var before = tarpit.free.count / units * units
        var waits: [Int64] = []
        while before < tarpit.depth || waits.isEmpty {
            waits.append(min(tarpit.wait(after: before, units: units).count, Self.longest))
            before += units
        }
        waits.append(min(tarpit.wait(after: before, units: units).count, Self.longest))
        self.waits = waits
    }

    /// The wait of an operation with so many others admitted in the window.
    func wait(after operations: Int) -> Int64 {
        guard operations >= free else { return 0 }
        return waits[min(operations - free, waits.count - 1)]
    }

    /// The mean time between admissions in the long run, in nanoseconds.
    ///
    /// λ = min over j of max(W(j), (w + W(j)) / (j + 1)): evenly spaced by λ, admissions satisfy
    /// a_k = min over j of [max(a_{k−1}, a_{k−1−j} + w) + W(j)], which is how each comes about at
    /// the earliest, and which moves no two sequences apart, so that all have the same mean.
    /// Never more than that, and less by a millionth at most.
    var spacing: Double {
        let length = Double(window)
        func mean(_ count: Int, upTo last: Int) -> Double {
            let waited = Double(wait(after: count))
            return max(waited, (length + waited) / (Double(last) + 1))
        }
        // Beyond this many in the window the wait alone decides, and it only grows.
        var reach = 1
        while Double(wait(after: free + reach)) * Double(free + reach) < length { reach *= 2 }
        var best = mean(free + reach, upTo: free + reach)
        if free > 0 { best = min(best, length / Double(free)) }
        var least = best
        var blocks = [(free, free + reach)]
        while let (first, last) = blocks.popLast() {
            // In a block no wait is shorter than the first, no count larger than the last.
            let bound = mean(first, upTo: last)
            guard bound < best else { continue }
            best = min(best, mean(first, upTo: first))
            guard first < last, bound < best * (1 - 1e-6) else {
                least = min(least, bound)
                continue
            }
            let middle = (first + last) / 2
            blocks += [(middle + 1, last), (first, middle)]
        }
        return min(least, best)
    }

    /// The least number of admissions after which a wait is no shorter than this.
    func count(withWaitOf nanoseconds: Double) -> Int {
        var (low, high) = (0, free + 1)
        while Double(wait(after: high)) < nanoseconds { high *= 2 }
        while low < high {
            let middle = (low + high) / 2
            if Double(wait(after: middle)) >= nanoseconds {
                high = middle
            } else {
                low = middle + 1
            }
        }
        return low
    }
}
