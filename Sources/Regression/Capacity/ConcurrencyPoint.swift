import Latency
import Results

/// A closed load of the concurrency curve: so many callers, each calling again at once.
package struct ConcurrencyPoint: Codable, Equatable, Sendable {
    /// Callers, all processes together.
    package let callers: Int
    /// Worker processes that they are spread over.
    package let processes: Int
    /// Its rounds in order.
    package var rounds: [Round]

    /// A load of which nothing was measured yet.
    package init(callers: Int, processes: Int, rounds: [Round] = []) {
        (self.callers, self.processes, self.rounds) = (callers, processes, rounds)
    }

    /// The throughput of each valid round that had any, in calls a second.
    package var throughputs: [Double] {
        rounds.filter(\.verdict.isValid).map(\.throughput).filter { $0 > 0 }
    }

    /// Calls a second over the valid rounds; nil where there is none.
    package var throughput: Interval? { Interval(rounds: throughputs) }
}

extension [ConcurrencyPoint] {
    /// For each number of callers the number of processes that did most, from the fewest callers to
    /// the most: what can be had of the device is not bound to one process.
    package var best: [ConcurrencyPoint] {
        var best: [Int: (point: ConcurrencyPoint, rate: Double)] = [:]
        for point in self {
            guard let rate = point.throughput?.estimate else { continue }
            if let known = best[point.callers], known.rate >= rate { continue }
            best[point.callers] = (point, rate)
        }
        return best.sorted { $0.key < $1.key }.map(\.value.point)
    }

    /// The load that did most; nil where none did anything.
    package var peak: ConcurrencyPoint? {
        best.max { ($0.throughput?.estimate ?? 0) < ($1.throughput?.estimate ?? 0) }
    }
}
