/// The records of comma-separated text (RFC 4180) as ranges of its bytes.
///
/// Fields may also be parted by semicolons or tabs. Blank lines and lines that begin with # are
/// passed over, and so is a byte order mark.
struct TraceRecords {
    /// One record.
    struct Record {
        /// The line on which it begins, from 1.
        let line: Int
        /// Its first two fields without quotation marks and blanks around them.
        let first: Range<Int>
        let second: Range<Int>?
        /// Whether a quotation mark is never closed.
        let isOpen: Bool
    }

    let bytes: [UInt8]
    private var position = 0
    private(set) var line = 0

    private static let newline = UInt8(ascii: "\n")
    private static let carriageReturn = UInt8(ascii: "\r")
    private static let quote = UInt8(ascii: "\"")

    init(_ text: String) {
        bytes = Array(text.utf8)
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { position = 3 }
    }

    /// The next record; nil at the end.
    mutating func next() -> Record? {
        while position < bytes.count {
            line += 1
            let begin = line
            skipBlanks()
            guard position < bytes.count else { return nil }
            if bytes[position] == UInt8(ascii: "#") {
                skipLine()
            } else if !endLine() {
                return record(from: begin)
            }
        }
        return nil
    }

    private mutating func record(from begin: Int) -> Record {
        var (first, second, number, isOpen) = (0..<0, Range<Int>?.none, 0, false)
        while true {
            let (field, open) = field()
            if number == 0 { first = field }
            if number == 1 { second = field }
            number += 1
            isOpen = isOpen || open
            if position >= bytes.count || endLine() { break }
            position += 1
        }
        return Record(line: begin, first: first, second: second, isOpen: isOpen)
    }

    /// Reads a field up to its separator or the line's end.
    private mutating func field() -> (Range<Int>, isOpen: Bool) {
        skipBlanks()
        guard position < bytes.count, bytes[position] == Self.quote else {
            let begin = position
            skipToSeparator()
            var end = position
            while end > begin, bytes[end - 1] == UInt8(ascii: " ") { end -= 1 }
            return (begin..<end, false)
        }
        position += 1
        let begin = position
        while position < bytes.count {
            if bytes[position] == Self.quote {
                guard position + 1 < bytes.count, bytes[position + 1] == Self.quote else { break }
                position += 1
            }
            // A quoted field may hold a line break.
            if bytes[position] == Self.newline { line += 1 }
            position += 1
        }
        let (end, isOpen) = (position, position == bytes.count)
        skipToSeparator()
        return (begin..<end, isOpen)
    }

    private mutating func skipToSeparator() {
        while position < bytes.count {
            switch bytes[position] {
            case UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\t"), Self.newline,
                Self.carriageReturn:
                return
            default: position += 1
            }
        }
    }

    private mutating func skipBlanks() {
        while position < bytes.count, bytes[position] == UInt8(ascii: " ") { position += 1 }
    }

    private mutating func skipLine() {
        while position < bytes.count, !endLine() { position += 1 }
    }

    /// Steps over a line's end; false elsewhere.
    private mutating func endLine() -> Bool {
        guard bytes[position] == Self.newline || bytes[position] == Self.carriageReturn else {
            return false
        }
        let isPair = bytes[position] == Self.carriageReturn && position + 1 < bytes.count
        position += isPair && bytes[position + 1] == Self.newline ? 2 : 1
        return true
    }
}
