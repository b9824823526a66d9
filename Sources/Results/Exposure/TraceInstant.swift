/// An instant as a trace writes it.
struct TraceInstant: Hashable {
    /// Whole seconds since 1970, UTC; local where no offset is written.
    let seconds: Int64
    /// What the local clock is ahead of UTC, in seconds; nil where it is not written.
    let offset_s: Int64?

    /// Reads ISO 8601 (`2026-03-01T12:00:00+01:00`, the date alone, a blank for the T, seconds,
    /// fractions and offset left out) or a number of seconds since 1970, or of milli-, micro- or
    /// nanoseconds, which are told apart by their size: nil where it is none of them.
    init?(_ bytes: [UInt8], _ field: Range<Int>) {
        var reader = Reader(bytes: bytes, position: field.lowerBound, end: field.upperBound)
        let digits = reader.digits()
        guard digits.count > 0 else { return nil }
        if digits.count == 4, reader.take("-") {
            guard let (seconds, offset) = Self.calendar(year: digits.value, &reader) else {
                return nil
            }
            (self.seconds, offset_s) = (seconds, offset)
        } else {
            if reader.take("."), reader.digits().count == 0 { return nil }
            guard reader.isAtEnd, digits.count <= 19 else { return nil }
            // 1e11 seconds are the year 5138, as many milliseconds 1973.
            let scales: [(Int64, Int64)] = [
                (100_000_000_000, 1), (100_000_000_000_000, 1_000),
                (100_000_000_000_000_000, 1_000_000), (.max, 1_000_000_000),
            ]
            let scale = scales.first { digits.value < $0.0 }?.1 ?? 1
            // The nineteenth digit of nanoseconds was not kept.
            let isCut = digits.count == 19
            (seconds, offset_s) = (digits.value / (isCut ? 100_000_000 : scale), 0)
        }
    }

    private static func calendar(
        year: Int64, _ reader: inout Reader
    ) -> (seconds: Int64, offset: Int64?)? {
        guard let month = reader.pair(1...12), reader.take("-"), let day = reader.pair(1...31),
            day <= length(ofMonth: month, year)
        else { return nil }
        let midnight = days(year, month, day) * 86_400
        guard !reader.isAtEnd else { return (midnight, nil) }
        guard reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.pair(0...23), reader.take(":"), let minute = reader.pair(0...59)
        else { return nil }
        var second: Int64 = 0
        if reader.take(":") {
            // A leap second counts as the one after it.
            guard let pair = reader.pair(0...60) else { return nil }
            second = pair
            if reader.take(".") || reader.take(","), reader.digits().count == 0 { return nil }
        }
        let local = midnight + hour * 3_600 + minute * 60 + second
        _ = reader.take(" ")
        guard !reader.isAtEnd else { return (local, nil) }
        guard let offset = offset(&reader), reader.isAtEnd else { return nil }
        return (local - offset, offset)
    }

    private static func offset(_ reader: inout Reader) -> Int64? {
        if reader.take("Z") || reader.take("z") { return 0 }
        let isBehind = reader.take("-")
        guard isBehind || reader.take("+"), let hours = reader.pair(0...18) else { return nil }
        var minutes: Int64 = 0
        if !reader.isAtEnd {
            _ = reader.take(":")
            guard let pair = reader.pair(0...59) else { return nil }
            minutes = pair
        }
        return (isBehind ? -1 : 1) * (hours * 3_600 + minutes * 60)
    }

    private static func length(ofMonth month: Int64, _ year: Int64) -> Int64 {
        let isLeap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
        return switch month {
        case 2: isLeap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Days since 1970 of a date of the Gregorian calendar (Fliegel and Van Flandern, A machine
    /// algorithm for processing calendar dates, 1968, with March as the first month).
    private static func days(_ year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let years = month > 2 ? year : year - 1
        let months = month > 2 ? month - 3 : month + 9
        let leaps = years / 4 - years / 100 + years / 400
        return years * 365 + leaps + (153 * months + 2) / 5 + day - 1 - 719_468
    }

    /// Reads bytes one after another.
    private struct Reader {
        let bytes: [UInt8]
        var position: Int
        let end: Int

        var isAtEnd: Bool { position >= end }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard position < end, bytes[position] == UInt8(ascii: character) else { return false }
            position += 1
            return true
        }

        /// All digits that follow; 18 of them count.
        mutating func digits() -> (value: Int64, count: Int) {
            var (value, count) = (Int64(0), 0)
            while position < end, 48...57 ~= bytes[position] {
                if count < 18 { value = value * 10 + Int64(bytes[position] - 48) }
                count += 1
                position += 1
            }
            return (value, count)
        }

        mutating func pair(_ range: ClosedRange<Int64>) -> Int64? {
            guard position + 2 <= end, 48...57 ~= bytes[position], 48...57 ~= bytes[position + 1]
            else { return nil }
            let value = Int64(bytes[position] - 48) * 10 + Int64(bytes[position + 1] - 48)
            position += 2
            return range.contains(value) ? value : nil
        }
    }
}
