/// The differences of all pairs of a value of one sample and a value of another, none of which is
/// kept: their matrix is sorted along both sides, so that counting takes one walk along its stairs.
struct PairDifferences: Sendable {
    private let minuends: [Double]
    private let subtrahends: [Double]

    /// The differences of two samples of finite values, none empty.
    init(of minuends: [Double], minus subtrahends: [Double]) {
        self.minuends = minuends.ascending()
        self.subtrahends = subtrahends.ascending()
    }

    /// How many there are.
    var count: Int { minuends.count * subtrahends.count }

    /// The middle one, or the mean of the middle two.
    var median: Double {
        let low = smallest((count + 1) / 2)
        guard count.isMultiple(of: 2) else { return low }
        return (low + next(after: low, place: count / 2 + 1)) / 2
    }

    /// How many are above a value.
    func count(above value: Double) -> Int { count - count(upTo: value) }

    /// How many are below a value.
    func count(below value: Double) -> Int { count(upTo: value.nextDown) }

    /// The one in a place, counted from 1 at the smallest.
    ///
    /// Bisection over the doubles themselves, in their order: at most 64 walks of as many steps as
    /// there are values in both samples, and no memory, whatever the values are.
    func smallest(_ place: Int) -> Double {
        precondition(place >= 1 && place <= count, "a place among the differences")
        var low = Self.key(minuends[0] - subtrahends[subtrahends.count - 1])
        var high = Self.key(minuends[minuends.count - 1] - subtrahends[0])
        while low < high {
            // The mean of the two, rounded down, without their sum.
            let middle = (low & high) + ((low ^ high) >> 1)
            if count(upTo: Self.value(middle)) >= place { high = middle } else { low = middle + 1 }
        }
        return Self.value(low) + 0
    }

    /// The one in a place of which it is known that the place before it has `value`.
    private func next(after value: Double, place: Int) -> Double {
        guard count(upTo: value) < place else { return value }
        var (smallest, next) = (Double.infinity, 0)
        for subtrahend in subtrahends {
            while next < minuends.count, minuends[next] - subtrahend <= value { next += 1 }
            guard next < minuends.count else { break }
            smallest = min(smallest, minuends[next] - subtrahend)
        }
        return smallest
    }

    /// How many are a value or below.
    ///
    /// A rounded difference never falls where the exact one rises, so that the stairs are sound.
    private func count(upTo value: Double) -> Int {
        var (total, next) = (0, 0)
        for subtrahend in subtrahends {
            while next < minuends.count, minuends[next] - subtrahend <= value { next += 1 }
            total += next
        }
        return total
    }

    /// A whole number for a double, in the same order.
    private static func key(_ value: Double) -> Int64 {
        let bits = Int64(bitPattern: value.bitPattern)
        return bits < 0 ? bits ^ .max : bits
    }

    private static func value(_ key: Int64) -> Double {
        Double(bitPattern: UInt64(bitPattern: key < 0 ? key ^ .max : key))
    }
}
