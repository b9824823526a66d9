import Foundation
import Testing
import Units

@testable import Latency

@Suite("Histograms travel to the other HdrHistogram tools and back")
struct PeerTests {
    @Test("a log that Python's package wrote is read as that package reads it")
    func reading() throws {
        let (log, json) = try Peer.written()
        try expect(try HistogramLog(parsing: log), toHold: try Peer.decode(json))
    }

    @Test("a log that it wrote once, with every layout, is read as it was read then")
    func golden() throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let log = folder.appending(path: "python.hlog")
        let json = folder.appending(path: "python.json")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            let written = try Peer.written()
            try Data(written.log.utf8).write(to: log)
            try written.json.write(to: json)
            Issue.record("recorded \(log.path); review it, then run without RECORD_GOLDEN")
            return
        }
        let text = try String(contentsOf: log, encoding: .utf8)
        let rows = try Peer.decode(try Data(contentsOf: json))
        #expect(rows.count == 6)
        try expect(try HistogramLog(parsing: text), toHold: rows)
    }

    @Test("a log of ours holds the same counts, percentiles, times and tags for Python's package")
    func writing() throws {
        var generator = SeededGenerator(seed: 5)
        let start = Nanoseconds(1_441_812_279_474_000_000)
        var log = HistogramLog(start: start, comments: ["[Logged with anchorbench]"])
        var histograms: [LatencyHistogram] = []
        for (place, kind) in LatencyKind.allCases.enumerated() {
            // A multiple of 1,000: the package rounds a rank to the nearest, we round it up.
            let histogram = LatencyHistogram(recording: generator.latencies(1_000 * place))
            histograms.append(histogram)
            try log.append(
                HistogramLog.Row(
                    tag: try HistogramTag(cell: "aes-gcm-256/256B/closed-4/none", kind: kind),
                    start: start + .seconds(Int64(place)), length: .milliseconds(500),
                    histogram: PortableHistogram(histogram)))
        }
        let rows = try Peer.rows(of: log.text)
        try expect(log, toHold: rows)
        for (row, histogram) in zip(rows, histograms) where histogram.count > 0 {
            for (value, percentile) in zip(row.percentiles, Peer.percentiles) {
                let ours = try #require(histogram.value(at: percentile))
                #expect(isNear(ours, Nanoseconds(Int64(value))), "\(ours) for \(value)")
            }
            #expect(histogram.longest == Nanoseconds(Int64(row.longest)))
            #expect(row.counts.map { $0[1] } == histogram.bucketCounts.filter { $0 > 0 })
        }
        #expect(try HistogramLog(parsing: log.text) == log)
    }

    @Test(
        "a percentile distribution is the text of Python's package, with its deviation scaled",
        arguments: [1, 1_000_000])
    func distribution(_ ratio: Int) throws {
        var generator = SeededGenerator(seed: 9)
        var histograms = [0, 1, 10, 1_000].map {
            PortableHistogram(LatencyHistogram(recording: generator.latencies($0)))
        }
        var often = LatencyHistogram(recording: generator.latencies(50))
        often.record(.microseconds(20), count: 1 << 40)
        histograms.append(PortableHistogram(often))
        histograms += try HistogramLog(parsing: try Peer.written().log).rows.map(\.histogram)
        let distributions = try Peer.distributions(of: histograms, ratio: ratio)
        #expect(distributions.count == histograms.count)
        for (histogram, theirs) in zip(histograms, distributions) {
            let ours = histogram.percentileDistribution(dividedBy: Double(ratio))
            #expect(unscaled(ours) == unscaled(theirs), "\(histogram.layout)")
            let expected = try #require(deviation(in: theirs)) / Double(ratio)
            let scaled = try #require(deviation(in: ours))
            #expect(abs(scaled - expected) <= pow(0.1, Double(histogram.layout.digits)))
            if ratio == 1 { #expect(ours == theirs) }
        }
    }

    /// The text without the deviation and the blanks before it.
    private func unscaled(_ text: String) -> String {
        text.replacing(#/StdDeviation   =[^\]]*/#, with: "")
    }

    private func deviation(in text: String) -> Double? {
        text.firstMatch(of: #/StdDeviation   = *([\d.]+)/#).flatMap { Double($0.output.1) }
    }

    private func expect(_ log: HistogramLog, toHold rows: [Peer.Row]) throws {
        #expect(log.rows.count == rows.count)
        for (ours, theirs) in zip(log.rows, rows) {
            let histogram = ours.histogram
            let name = theirs.tag ?? "a row without tag"
            #expect(ours.tag?.text == theirs.tag)
            #expect(milliseconds(ours.start) == theirs.startMilliseconds, "\(name)")
            #expect(milliseconds(ours.end) == theirs.endMilliseconds, "\(name)")
            #expect(
                histogram.layout
                    == BucketLayout(
                        lowest: theirs.lowest, highest: theirs.highest, digits: theirs.digits),
                "\(name)")
            #expect(histogram.count == theirs.count, "\(name)")
            let counts = histogram.buckets.map {
                [histogram.layout.values(in: $0.index).lowerBound, $0.count]
            }
            #expect(counts == theirs.counts, "\(name)")
            #expect((histogram.highest ?? 0) == theirs.longest, "\(name)")
            #expect((histogram.mean ?? 0) == theirs.mean, "\(name)")
            let deviation = histogram.standardDeviation ?? 0
            #expect(abs(deviation - theirs.deviation) <= 1e-9 * deviation, "\(name)")
            let values = Peer.percentiles.map { histogram.value(at: $0) ?? 0 }
            #expect(values == theirs.percentiles, "\(name)")
        }
    }

    private func milliseconds(_ time: Nanoseconds) -> Int64 { (time.count + 500_000) / 1_000_000 }
}
