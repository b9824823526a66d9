import Foundation
import Regression
import Results
import Units

/// The queue M/M/c, first come, first served, in virtual time.
struct WaitingQueue {
    let servers: Int
    /// Calls a second that one server does.
    let service: Double
    private var generator: SeededGenerator

    init(servers: Int, service: Double, seed: UInt64) {
        (self.servers, self.service) = (servers, service)
        generator = SeededGenerator(seed: seed)
    }

    /// What a step would count of it, from an empty queue on.
    mutating func counts(_ step: SearchStep, _ promise: Promise) -> LateCounts {
        counts(
            rate: step.rate.perSecond, slices: step.slices, slice: step.slice, promise)
    }

    mutating func counts(
        rate: Double, slices: Int, slice: Nanoseconds, _ promise: Promise
    ) -> LateCounts {
        var counts = LateCounts(slice: slice, slices: slices)
        var free = Array(repeating: 0.0, count: servers)
        let (width, limit) = (slice.seconds.value, promise.limit.seconds.value)
        var now = exponential(rate)
        while now < width * Double(slices) {
            var first = 0
            for server in free.indices where free[server] < free[first] { first = server }
            free[first] = max(now, free[first]) + exponential(service)
            let index = min(slices - 1, Int(now / width))
            counts.due[index] += 1
            if free[first] - now >= limit { counts.late[index] += 1 }
            now += exponential(rate)
        }
        return counts
    }

    private mutating func exponential(_ rate: Double) -> Double {
        -log(Double((generator.next() >> 11) + 1) * 0x1p-53) / rate
    }

    /// P(T > t), the tail of the response time by Erlang's C (Kleinrock, Queueing Systems 1, 1975).
    func tail(rate: Double, after time: Double) -> Double {
        let offered = rate / service
        guard offered < Double(servers) else { return 1 }
        var blocked = 1.0
        for server in 1...servers {
            blocked = offered * blocked / (Double(server) + offered * blocked)
        }
        let load = offered / Double(servers)
        let waits = blocked / (1 - load + load * blocked)
        let drain = Double(servers) * service - rate
        guard abs(drain - service) > 1e-9 * service else {
            return exp(-service * time) * (1 + waits * service * time)
        }
        let both = drain * exp(-service * time) - service * exp(-drain * time)
        return (1 - waits) * exp(-service * time) + waits * both / (drain - service)
    }

    /// The rate at which the promise is just kept.
    func capacity(_ promise: Promise) -> Double {
        var (low, high) = (0.0, Double(servers) * service)
        for _ in 0..<100 {
            let middle = (low + high) / 2
            let late = tail(rate: middle, after: promise.limit.seconds.value)
            if late < promise.allowedLateShare { low = middle } else { high = middle }
        }
        return low
    }
}
