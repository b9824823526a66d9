import Foundation

/// A throttle before which a thief stands alone, decided call by call in whole nanoseconds.
///
/// The logic is written anew from what each policy promises; nothing of it is the tool's.
protocol Gate: AnyObject {
    /// The earliest instant from `now_ns` on at which one more call passes; nil for never.
    func opening(from now_ns: Int) -> Int?
    /// Lets a call pass at an instant that `opening` gave.
    func take(at instant_ns: Int)
}

/// Lets everything pass.
final class OpenGate: Gate {
    func opening(from now_ns: Int) -> Int? { now_ns }
    func take(at instant_ns: Int) {}
}

/// A bucket, full at first; a token is `period_ns` parts, of which each nanosecond adds `count`.
final class BucketGate: Gate {
    private let count: Int
    private let period_ns: Int
    private let capacity: Int
    private var level: Int
    private var seen_ns = 0

    init(count: Int, period_ns: Int, burst: Int) {
        (self.count, self.period_ns) = (count, period_ns)
        capacity = burst * period_ns
        level = capacity
    }

    private func level(at instant_ns: Int) -> Int {
        min(capacity, level + (instant_ns - seen_ns) * count)
    }

    func opening(from now_ns: Int) -> Int? {
        let missing = period_ns - level(at: now_ns)
        return missing <= 0 ? now_ns : now_ns + (missing + count - 1) / count
    }

    func take(at instant_ns: Int) {
        level = level(at: instant_ns) - period_ns
        seen_ns = instant_ns
    }
}

/// `limit` calls in each window of a clock whose first edge comes after `first_ns`.
final class WindowGate: Gate {
    private let limit: Int
    private let length_ns: Int
    private var edge_ns: Int
    private var taken = 0

    init(limit: Int, length_ns: Int, first_ns: Int) {
        (self.limit, self.length_ns, edge_ns) = (limit, length_ns, first_ns)
    }

    func opening(from now_ns: Int) -> Int? {
        now_ns < edge_ns && taken == limit ? edge_ns : now_ns
    }

    func take(at instant_ns: Int) {
        while instant_ns >= edge_ns { (edge_ns, taken) = (edge_ns + length_ns, 0) }
        taken += 1
    }
}

/// `limit` calls in any stretch of `length_ns`.
final class SlidingGate: Gate {
    private let length_ns: Int
    private var lately_ns: [Int]
    private var turn = 0

    init(limit: Int, length_ns: Int) {
        self.length_ns = length_ns
        lately_ns = [Int](repeating: -length_ns, count: limit)
    }

    func opening(from now_ns: Int) -> Int? { max(now_ns, lately_ns[turn] + length_ns) }

    func take(at instant_ns: Int) {
        lately_ns[turn] = instant_ns
        turn = turn + 1 == lately_ns.count ? 0 : turn + 1
    }
}

/// A breaker before a thief who trips it so many times, and from then on stops one call short.
final class BreakerGate: Gate {
    private let threshold: Int
    private let length_ns: Int
    private let lockout_ns: Int
    private var tripsLeft: Int
    private var shutUntil_ns = 0
    private var lately_ns: [Int] = []

    init(threshold: Int, length_ns: Int, lockout_ns: Int, trips: Int) {
        (self.threshold, self.length_ns, self.lockout_ns) = (threshold, length_ns, lockout_ns)
        // With a threshold of one there is no stopping short of it.
        tripsLeft = threshold == 1 ? .max : trips
    }

    func opening(from now_ns: Int) -> Int? {
        let open_ns = max(now_ns, shutUntil_ns)
        guard tripsLeft == 0, lately_ns.count >= threshold - 1 else { return open_ns }
        return max(open_ns, lately_ns[lately_ns.count - threshold + 1] + length_ns)
    }

    func take(at instant_ns: Int) {
        lately_ns.append(instant_ns)
        guard lately_ns.count >= threshold,
            lately_ns[lately_ns.count - threshold] > instant_ns - length_ns
        else { return }
        (shutUntil_ns, tripsLeft, lately_ns) = (instant_ns + lockout_ns, tripsLeft - 1, [])
    }
}

/// Waits that grow with what passed lately, before a thief who lets some of it be forgotten first
/// where that gets his call through sooner.
final class TarpitGate: Gate {
    private let free: Int
    private let first_ns: Int
    private let growth: Double
    private let longest_ns: Int
    private let length_ns: Int
    private var passed_ns: [Int] = []
    private var oldest = 0

    init(free: Int, first_ns: Int, growth: Double, longest_ns: Int, length_ns: Int) {
        (self.free, self.first_ns, self.growth) = (free, first_ns, growth)
        (self.longest_ns, self.length_ns) = (longest_ns, length_ns)
    }

    private func wait_ns(after count: Int) -> Int {
        guard count >= free else { return 0 }
        let grown = (Double(first_ns) * pow(growth, Double(count - free))).rounded()
        return grown < Double(longest_ns) ? Int(grown) : longest_ns
    }

    func opening(from now_ns: Int) -> Int? {
        // One waits after the other.
        var asked_ns = max(now_ns, passed_ns.last ?? 0)
        while oldest < passed_ns.count, passed_ns[oldest] <= asked_ns - length_ns { oldest += 1 }
        var remembered = oldest
        var best_ns = Int.max
        while asked_ns < best_ns {
            best_ns = min(best_ns, asked_ns + wait_ns(after: passed_ns.count - remembered))
            guard remembered < passed_ns.count else { break }
            asked_ns = passed_ns[remembered] + length_ns
            while remembered < passed_ns.count, passed_ns[remembered] <= asked_ns - length_ns {
                remembered += 1
            }
        }
        return best_ns
    }

    func take(at instant_ns: Int) { passed_ns.append(instant_ns) }
}

/// Several gates, all of which must be open at the same instant.
final class GateRow: Gate {
    private let gates: [any Gate]

    init(_ gates: [any Gate]) { self.gates = gates }

    func opening(from now_ns: Int) -> Int? {
        var instant_ns = now_ns
        while true {
            var latest_ns = instant_ns
            for gate in gates {
                guard let open_ns = gate.opening(from: latest_ns) else { return nil }
                latest_ns = open_ns
            }
            if latest_ns == instant_ns { return instant_ns }
            instant_ns = latest_ns
        }
    }

    func take(at instant_ns: Int) {
        for gate in gates { gate.take(at: instant_ns) }
    }
}
