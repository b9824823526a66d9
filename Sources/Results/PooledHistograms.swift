import Latency

/// Histograms by what was measured: of a round, or of a cell with its callers, processes and rounds
/// merged. A kind that was not measured is absent.
package struct PooledHistograms: Sendable {
    /// The histograms there are.
    package private(set) var all: [LatencyKind: LatencyHistogram]

    /// A set with service times alone, and none of those yet.
    package init() { all = [.service: LatencyHistogram()] }

    /// A set of histograms; nil is a kind that was not measured.
    package init(_ histograms: [LatencyKind: LatencyHistogram?]) {
        all = histograms.compactMapValues { $0 }
    }

    /// The histogram of a kind; nil where it was not measured.
    package subscript(kind: LatencyKind) -> LatencyHistogram? {
        get { all[kind] }
        set { all[kind] = newValue }
    }

    /// Service times; empty where there are none.
    package var service: LatencyHistogram {
        get { all[.service] ?? LatencyHistogram() }
        set { all[.service] = newValue }
    }

    /// Adds what another set recorded.
    package mutating func merge(_ other: PooledHistograms) {
        for (kind, histogram) in other.all {
            if all[kind] == nil {
                all[kind] = histogram
            } else {
                all[kind]?.merge(histogram)
            }
        }
    }

    /// The figures of every histogram.
    package var figures: [LatencyKind: LatencyFigures] { all.mapValues(LatencyFigures.init) }
}

/// Percentiles of a histogram, each only where enough calls support it.
package struct LatencyFigures: Codable, Equatable, Sendable {
    /// How many calls were recorded.
    package let count: UInt64
    /// Mean in nanoseconds; nil where nothing was recorded.
    package let mean: Double?
    /// Median in nanoseconds.
    package let p50: Int64?
    /// 90th percentile in nanoseconds.
    package let p90: Int64?
    /// 99th percentile in nanoseconds.
    package let p99: Int64?
    /// 99.9th percentile in nanoseconds.
    package let p999: Int64?
    /// The longest in nanoseconds.
    package let longest: Int64?

    /// The figures of a histogram.
    package init(_ histogram: LatencyHistogram) {
        count = histogram.count
        mean = histogram.mean
        p50 = histogram.supportedValue(at: .p50)?.count
        p90 = histogram.supportedValue(at: .p90)?.count
        p99 = histogram.supportedValue(at: .p99)?.count
        p999 = histogram.supportedValue(at: .p999)?.count
        longest = histogram.longest?.count
    }
}
