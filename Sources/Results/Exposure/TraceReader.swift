import Units

/// Reads a trace of demand from comma-separated text.
///
/// Either every line has the time of one operation, or the time at which a period began and the
/// operations in it: counts, where the first usable line has a whole number in its second field.
/// Another number there is refused, text is passed over. A first line without a time is a header,
/// unless it begins with a digit.
///
/// Lines are put in order by UTC, so that a change to summer time makes no gap. The trace's start
/// is told by the clock of its first line's offset, throughout; times without an offset are those
/// of a clock that is never changed.
package struct TraceReader {
    /// What the text is called in notes and errors.
    let source: String
    /// The period of the alarm.
    let period: Nanoseconds
    /// The period of counts; nil where it is the most usual step between their times.
    let countPeriod: Nanoseconds?

    /// The most periods that a trace may have.
    package static let mostPeriods = 1_000_000
    /// The most lines that are read.
    package static let mostLines = 20_000_000

    /// A reader of a text for an alarm's period, which is in whole seconds.
    package init(source: String, period: Nanoseconds, countPeriod: Nanoseconds? = nil) {
        (self.source, self.period, self.countPeriod) = (source, period, countPeriod)
    }

    /// The trace, in periods of the alarm.
    ///
    /// - Throws: `TraceError` where there is no usable line, or more than can be used, or where the
    ///   counts cannot be regrouped.
    package func read(_ text: String) throws(TraceError) -> DemandTrace {
        guard period.count > 0, period.count % 1_000_000_000 == 0 else {
            throw TraceError(source, "periods of \(period) are not whole seconds")
        }
        var records = TraceRecords(text)
        var lines = Lines(source: source)
        while let record = records.next() {
            guard record.line <= Self.mostLines else {
                throw TraceError(source, line: record.line, "more than 20 million lines")
            }
            try lines.add(record, records.bytes)
        }
        guard let kind = lines.kind else { throw lines.timeless(records.bytes) }
        lines.sort()
        return switch kind {
        case .times: try counted(lines)
        case .counts: try placed(lines).regrouped(to: period)
        }
    }

    /// Counts operations in periods that begin with the local clock.
    private func counted(_ lines: Lines) throws(TraceError) -> DemandTrace {
        let (entries, length) = (lines.entries, period.count / 1_000_000_000)
        let first = entries[0].time + lines.offset_s
        let start = first - Self.rest(first, length)
        let number = try periods(from: start - lines.offset_s, to: entries, length)
        var counts = [UInt32](repeating: 0, count: number)
        for entry in entries {
            counts[Int((entry.time + lines.offset_s - start) / length)] += 1
        }
        let read = "Read as the times of \(Self.number(entries.count, of: "call"))."
        var notes = [read] + lines.faults.notes
        var whole = 0..<number
        if number > 2 {
            // They began before the first operation or ended after the last.
            whole = 1..<number - 1
            notes.append(
                "The first and the last period are left out: not all of them was recorded.")
        }
        return DemandTrace(
            source: source, start_s: start + Int64(whole.lowerBound) * length, period: period,
            counts: counts[whole].map { $0 }, notes: notes)
    }

    /// Puts counts in their places, the missing ones nil.
    private func placed(_ lines: Lines) throws(TraceError) -> DemandTrace {
        var faults = lines.faults
        let length = try step(lines.entries)
        let phase = Self.mostUsual(lines.entries.lazy.map { Self.rest($0.time, length) }) ?? 0
        let entries = lines.entries.filter { entry in
            guard Self.rest(entry.time, length) != phase else { return true }
            faults.add(.offGrid, line: entry.line)
            return false
        }
        let start = entries[0].time
        let number = try periods(from: start, to: entries, length)
        var counts = [UInt32?](repeating: nil, count: number)
        var previous: Lines.Entry?
        for entry in entries {
            let index = Int((entry.time - start) / length)
            if let previous, previous.time == entry.time {
                faults.add(
                    previous.count == entry.count ? .identical : .differing, line: entry.line)
                if previous.count == entry.count { continue }
            } else if let previous, previous.time + length < entry.time {
                faults.add(.gap, line: entry.line)
            }
            let sum = UInt64(counts[index] ?? 0) + entry.count
            if sum > UInt32.max { faults.add(.tooLarge, line: entry.line) }
            counts[index] = UInt32(min(sum, UInt64(UInt32.max)))
            previous = entry
        }
        let counted = Self.number(entries.count, of: "count")
        let read = "Read as \(counted) of \(Nanoseconds.seconds(length))."
        let missing = counts.count { $0 == nil }
        let gaps = missing > 0 ? ["\(missing) of \(number) periods are missing."] : []
        return DemandTrace(
            source: source, start_s: start + lines.offset_s, period: .seconds(length),
            counts: counts, notes: [read] + faults.notes + gaps)
    }

    /// The period of the counts, in seconds.
    private func step(_ entries: [Lines.Entry]) throws(TraceError) -> Int64 {
        if let countPeriod {
            guard countPeriod.count > 0, countPeriod.count % 1_000_000_000 == 0 else {
                throw TraceError(source, "counts of \(countPeriod) are not of whole seconds")
            }
            return countPeriod.count / 1_000_000_000
        }
        let steps = zip(entries, entries.dropFirst()).lazy.map { $1.time - $0.time }
        guard let step = Self.mostUsual(steps.filter { $0 > 0 }) else {
            throw TraceError(
                source, line: entries[0].line, "one time tells no period: give the counts' period")
        }
        return step
    }

    /// The number of periods up to the last entry.
    private func periods(
        from start: Int64, to entries: [Lines.Entry], _ length: Int64
    ) throws(TraceError) -> Int {
        let last = entries[entries.count - 1]
        let number = (last.time - start) / length + 1
        guard number <= Self.mostPeriods else {
            throw TraceError(
                source, line: last.line,
                "\(number) periods of \(Nanoseconds.seconds(length)) since the first time, where a "
                    + "million are read: mend the time or leave lines out")
        }
        return Int(number)
    }

    /// `12,040 calls`.
    private static func number(_ count: Int, of what: String) -> String {
        "\(Significant.grouped(UInt64(count))) \(what)\(count == 1 ? "" : "s")"
    }

    /// What is left over from whole lengths, also before 1970.
    static func rest(_ time: Int64, _ length: Int64) -> Int64 {
        let rest = time % length
        return rest < 0 ? rest + length : rest
    }

    /// The most frequent value, the least of equally frequent ones.
    private static func mostUsual(_ values: some Sequence<Int64>) -> Int64? {
        var counts: [Int64: Int] = [:]
        for value in values { counts[value, default: 0] += 1 }
        return counts.max { ($0.value, $1.key) < ($1.value, $0.key) }?.key
    }
}

/// The usable lines of a trace.
private struct Lines {
    /// What its lines tell.
    enum Kind { case times, counts }

    /// A line.
    struct Entry {
        /// Seconds since 1970, UTC.
        let time: Int64
        let count: UInt64
        let line: Int
    }

    /// What the text is called.
    let source: String
    private(set) var kind: Kind?
    private(set) var entries: [Entry] = []
    private(set) var faults = TraceFaults()
    /// The offset from UTC of the first line, in seconds.
    private(set) var offset_s: Int64 = 0
    /// A first line that may be a header, and the first line without a time that is none.
    private var header: TraceRecords.Record?
    private var faulty: TraceRecords.Record?
    private var hasOffset = false
    private var isSorted = true

    init(source: String) { self.source = source }

    /// Takes a record.
    ///
    /// - Throws: `TraceError` where the first usable line has a number for a count that is none.
    mutating func add(_ record: TraceRecords.Record, _ bytes: [UInt8]) throws(TraceError) {
        if record.isOpen { faults.add(.openQuote, line: record.line) }
        guard let instant = TraceInstant(bytes, record.first) else {
            let isNumbered = bytes[record.first].first.map { 48...57 ~= $0 } ?? false
            if kind == nil, header == nil, faulty == nil, !isNumbered {
                header = record
            } else {
                faulty = faulty ?? record
                faults.add(.noTime, line: record.line)
            }
            return
        }
        let count = record.second.flatMap { Self.number(bytes, $0) }
        if kind == nil {
            if count == nil { try refuseNumber(in: record, bytes) }
            kind = count == nil ? .times : .counts
            (offset_s, hasOffset) = (instant.offset_s ?? 0, instant.offset_s != nil)
        }
        guard kind == .times || count != nil else {
            faults.add(.noCount, line: record.line)
            return
        }
        if (instant.offset_s ?? 0) != offset_s || (instant.offset_s != nil) != hasOffset {
            faults.add(.otherOffset, line: record.line)
        }
        if let last = entries.last, instant.seconds < last.time {
            faults.add(.disorder, line: record.line)
            isSorted = false
        }
        entries.append(Entry(time: instant.seconds, count: count ?? 1, line: record.line))
    }

    /// Refuses a number behind a time that is no count: it may be a list of times or one of counts.
    private func refuseNumber(
        in record: TraceRecords.Record, _ bytes: [UInt8]
    ) throws(TraceError) {
        guard let field = record.second else { return }
        let text = Self.text(bytes, field)
        guard let number = Double(text), number.isFinite else { return }
        throw TraceError(
            source, line: record.line,
            "'\(text)' is no count, which is a whole number not below 0: mend the line or leave it "
                + "out; where each line is the time of one call, leave the numbers out")
    }

    /// Why a text without any time is refused.
    func timeless(_ bytes: [UInt8]) -> TraceError {
        // Below a header stands the first line that should have a time.
        guard let record = faulty ?? header else {
            return TraceError(source, "no line with a time")
        }
        return TraceError(
            source, line: record.line,
            "'\(Self.text(bytes, record.first))' is no time: give ISO 8601, such as "
                + "2026-03-02T09:00:00Z, or seconds since 1970")
    }

    /// A field for a complaint, no more of it than fits in one.
    private static func text(_ bytes: [UInt8], _ field: Range<Int>) -> String {
        let text = String(decoding: bytes[field].prefix(40), as: UTF8.self)
        return text.replacing("\n", with: " ") + (field.count > 40 ? "…" : "")
    }

    /// Puts the lines in order.
    mutating func sort() {
        if !isSorted { entries.sort { ($0.time, $0.line) < ($1.time, $1.line) } }
    }

    /// A whole number, also written with zeros after a point; nil for anything else.
    private static func number(_ bytes: [UInt8], _ field: Range<Int>) -> UInt64? {
        var (value, digits, index) = (UInt64(0), 0, field.lowerBound)
        while index < field.upperBound, 48...57 ~= bytes[index] {
            guard digits < 18 else { return nil }
            value = value * 10 + UInt64(bytes[index] - 48)
            (digits, index) = (digits + 1, index + 1)
        }
        if index < field.upperBound, bytes[index] == UInt8(ascii: ".") {
            index += 1
            while index < field.upperBound, bytes[index] == 48 { index += 1 }
        }
        return digits > 0 && index == field.upperBound ? value : nil
    }
}
