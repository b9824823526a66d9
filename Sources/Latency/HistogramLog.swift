import Foundation
import Units

/// An HdrHistogram log, format 1.3: comment lines, a legend, and a row for each histogram.
///
/// Text in, text out; the tools of the other languages read it. Ours say `#[Unit: ns]`, which
/// those tools take for a comment. Format: the documentation of HdrHistogram's
/// `HistogramLogWriter` and `HistogramLogReader`.
package struct HistogramLog: Equatable, Sendable {
    /// One histogram: what was recorded, under which tag, in which stretch of time.
    package struct Row: Hashable, Sendable {
        /// What it is of; nil where the log does not say.
        package let tag: HistogramTag?
        /// When recording began, since the beginning of 1970 (UTC).
        package let start: Nanoseconds
        /// How long it went on.
        package let length: Nanoseconds
        /// What was recorded.
        package let histogram: PortableHistogram

        /// A histogram with its tag and its time.
        package init(
            tag: HistogramTag?, start: Nanoseconds, length: Nanoseconds,
            histogram: PortableHistogram
        ) {
            self.tag = tag
            self.start = start
            self.length = length
            self.histogram = histogram
        }
    }

    /// The unit of all values; nil where the log does not say, which is read as nanoseconds.
    package internal(set) var unit: ValueUnit?
    /// When the whole began, since the beginning of 1970 (UTC); nil where the log does not say.
    package var start: Nanoseconds?
    /// Comment lines without their mark, other than those that this type writes itself.
    package var comments: [String]
    /// The histograms in the order of the log.
    package private(set) var rows: [Row] = []

    /// A log without a histogram.
    package init(
        start: Nanoseconds?, unit: ValueUnit? = .nanoseconds, comments: [String] = []
    ) {
        self.start = start
        self.unit = unit
        self.comments = comments
    }

    /// Adds a histogram.
    ///
    /// - Throws: `HistogramMergeError.units` where it names another unit than the log.
    package mutating func append(_ row: Row) throws(HistogramMergeError) {
        unit = try ValueUnit.common(unit, row.histogram.unit)
        rows.append(row)
    }

    /// Adds the rows of another log; its start and its comments are left out.
    ///
    /// - Throws: `HistogramMergeError.units` where it names another unit; nothing is then added.
    package mutating func append(_ other: HistogramLog) throws(HistogramMergeError) {
        unit = try ValueUnit.common(unit, other.unit)
        rows += other.rows
    }

    /// One row a tag, in the order in which the tags first appear: its histograms merged, from
    /// the first start to the last end.
    ///
    /// - Throws: `HistogramMergeError` where histograms of one tag are not alike.
    package func merged() throws(HistogramMergeError) -> [Row] {
        var merged: [Row] = []
        var places: [HistogramTag?: Int] = [:]
        for row in rows {
            guard let place = places[row.tag] else {
                places[row.tag] = merged.count
                merged.append(row)
                continue
            }
            var histogram = merged[place].histogram
            try histogram.merge(row.histogram)
            let start = min(merged[place].start, row.start)
            merged[place] = Row(
                tag: row.tag, start: start, length: max(merged[place].end, row.end) - start,
                histogram: histogram)
        }
        return merged
    }

    /// The log as it is written to a file.
    package var text: String {
        let base = ([start].compactMap(\.self) + rows.map(\.start)).min() ?? .zero
        var lines = ["#[Histogram log format version 1.3]"]
        if let unit { lines.append("#[Unit: \(unit)]") }
        if let start {
            let date = Date(timeIntervalSince1970: Double(start.count) / 1e9).formatted(.iso8601)
            lines.append("#[StartTime: \(start.asLogged) (seconds since epoch), \(date)]")
        }
        lines.append("#[BaseTime: \(base.asLogged) (seconds since epoch)]")
        lines += comments.flatMap { $0.split(whereSeparator: \.isNewline) }.map { "#\($0)" }
        lines.append(Self.legend)
        lines += rows.map { $0.line(since: base) }
        return lines.joined(separator: "\n") + "\n"
    }

    private static let legend =
        #""StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram""#
}

extension HistogramLog.Row {
    /// When recording ended; the last instant that can be told where it lies beyond.
    var end: Nanoseconds {
        let (end, overflow) = start.count.addingReportingOverflow(length.count)
        return overflow ? .max : Nanoseconds(end)
    }

    /// The row as the log writes it, with its start counted from the log's base time.
    fileprivate func line(since base: Nanoseconds) -> String {
        let tagged = tag.map { "Tag=\($0)," } ?? ""
        let perMillisecond = (histogram.unit ?? .nanoseconds).perMillisecond ?? 1e6
        let highest = String(format: "%.6f", Double(histogram.highest ?? 0) / perMillisecond)
        let times = "\((start - base).asLogged),\(length.asLogged)"
        return "\(tagged)\(times),\(highest),\(HistogramEncoding.base64(histogram))"
    }
}

extension Nanoseconds {
    /// Seconds with three decimals, and with more of them only where they say something.
    fileprivate var asLogged: String {
        let (seconds, rest) = count.magnitude.quotientAndRemainder(dividingBy: 1_000_000_000)
        var decimals = String(String(1_000_000_000 + rest).dropFirst())
        while decimals.count > 3, decimals.hasSuffix("0") { decimals.removeLast() }
        return "\(count < 0 ? "-" : "")\(seconds).\(decimals)"
    }
}
