import Foundation
import Units

extension HistogramLog {
    /// Reads a log of ours or of another HdrHistogram tool: with or without tags, legend, start
    /// and base time, its lines ending as on Unix or as on Windows.
    ///
    /// Where a log states a start but no base time, rows that lie more than a year before the
    /// start are counted from it, as the other readers do.
    ///
    /// - Throws: `HistogramLogError` naming the first line that is damaged.
    package init(parsing text: String) throws(HistogramLogError) {
        var reader = HistogramLogReader()
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, bytes) in lines.enumerated() {
            let line = Substring(bytes.last == UInt8(ascii: "\r") ? bytes.dropLast() : bytes)
            do throws(Damage) {
                try reader.read(line)
            } catch {
                throw HistogramLogError(line: index + 1, reason: error.reason)
            }
        }
        self = reader.log
    }
}

/// The line of a histogram log that cannot be read, and why.
package struct HistogramLogError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The line, counted from 1.
    package let line: Int
    /// What is wrong with it.
    package let reason: String

    package var description: String { "line \(line) of the histogram log: \(reason)" }
}

/// What is wrong with a line.
private struct Damage: Error {
    let reason: String
}

/// What has been read so far, with the times that the next row is counted from.
private struct HistogramLogReader {
    private(set) var log = HistogramLog(start: nil, unit: nil)
    private var start: Nanoseconds?
    private var base: Nanoseconds?
    private let year = Nanoseconds.seconds(365 * 24 * 3_600)

    mutating func read(_ line: Substring) throws(Damage) {
        switch line.first {
        case nil, "\"": return
        case "#": try readComment(line.dropFirst())
        default: try readRow(line)
        }
    }

    private mutating func readComment(_ comment: Substring) throws(Damage) {
        if let value = Self.value(of: "StartTime", in: comment) {
            start = try Self.seconds(value.prefix { $0 != " " && $0 != "]" }, of: "start time")
            if log.start == nil { log.start = start }
        } else if let value = Self.value(of: "BaseTime", in: comment) {
            base = try Self.seconds(value.prefix { $0 != " " && $0 != "]" }, of: "base time")
        } else if let value = Self.value(of: "Unit", in: comment) {
            try readUnit(ValueUnit(String(value.prefix { $0 != "]" })))
        } else if !comment.hasPrefix("[Histogram log format version ") {
            log.comments.append(String(comment))
        }
    }

    private mutating func readUnit(_ unit: ValueUnit) throws(Damage) {
        if let known = log.unit, known != unit {
            throw Damage(reason: "the unit was \(known) and is \(unit) from here on: split the log")
        }
        guard log.unit != nil || log.rows.isEmpty else {
            throw Damage(reason: "the unit \(unit) must be stated before the first histogram")
        }
        log.unit = unit
    }

    private mutating func readRow(_ line: Substring) throws(Damage) {
        var fields = line.split(separator: ",", omittingEmptySubsequences: false)[...]
        let tag = try Self.tag(takenFrom: &fields)
        guard fields.count == 4, let payload = fields.last else {
            throw Damage(
                reason: "\(fields.count) fields, but a row has four: start, length, highest value"
                    + " and histogram, and a tag before them")
        }
        fields.removeLast()
        let times = [fields.removeFirst(), fields.removeFirst()]
        let offset = try Self.seconds(times[0], of: "start")
        let length = try Self.seconds(times[1], of: "length")
        guard let highest = fields.first, Double(highest)?.isFinite == true else {
            throw Damage(reason: "the highest value '\(fields.first ?? "")' is no number")
        }
        let row = HistogramLog.Row(
            tag: tag, start: try absolute(offset), length: length,
            histogram: try Self.histogram(payload, unit: log.unit))
        do {
            try log.append(row)
        } catch {
            throw Damage(reason: error.description)
        }
    }

    /// The start of a row since 1970.
    private mutating func absolute(_ offset: Nanoseconds) throws(Damage) -> Nanoseconds {
        let start = self.start ?? offset
        self.start = start
        let base = self.base ?? (offset < start - year ? start : .zero)
        self.base = base
        let (sum, overflow) = base.count.addingReportingOverflow(offset.count)
        guard !overflow else { throw Damage(reason: "the start lies beyond the year 2262") }
        return Nanoseconds(sum)
    }
}

extension HistogramLogReader {
    private static func tag(
        takenFrom fields: inout ArraySlice<Substring>
    ) throws(Damage) -> HistogramTag? {
        guard let first = fields.first, first.hasPrefix("Tag=") else { return nil }
        fields.removeFirst()
        do {
            return try HistogramTag(String(first.dropFirst(4)))
        } catch {
            throw Damage(reason: error.description)
        }
    }

    private static func histogram(
        _ payload: Substring, unit: ValueUnit?
    ) throws(Damage) -> PortableHistogram {
        do {
            return try HistogramEncoding.decode(base64: payload, unit: unit)
        } catch {
            throw Damage(reason: "the histogram cannot be read: \(error)")
        }
    }

    /// What follows `[<key>:` in a comment.
    private static func value(of key: String, in comment: Substring) -> Substring? {
        let mark = "[\(key):"
        guard comment.hasPrefix(mark) else { return nil }
        return comment.dropFirst(mark.count).drop { $0 == " " }
    }

    /// A number of seconds, in decimals and without a sign; cut at the nanosecond.
    private static func seconds(
        _ text: Substring, of name: String
    ) throws(Damage) -> Nanoseconds {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        let decimals = parts.count == 2 ? parts[1].prefix(9) : "0"
        let padded = decimals + String(repeating: "0", count: 9 - decimals.count)
        let digitsOnly = parts.allSatisfy { $0.utf8.allSatisfy { (48...57).contains($0) } }
        guard parts.count <= 2, digitsOnly, !parts[0].isEmpty, let whole = Int64(parts[0]),
            let rest = Int64(padded)
        else { throw Damage(reason: "the \(name) '\(text)' is no number of seconds") }
        let (scaled, overflow) = whole.multipliedReportingOverflow(by: 1_000_000_000)
        let (count, beyond) = scaled.addingReportingOverflow(rest)
        guard !overflow, !beyond else {
            throw Damage(reason: "the \(name) of \(text) s is more than 292 years")
        }
        return Nanoseconds(count)
    }
}
