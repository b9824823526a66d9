/// A table read from RFC 4180 text: a header line, then rows that have a field for every column.
package struct CSVRows: Hashable, Sendable {
    /// The header.
    package let columns: [String]
    /// The rows below it.
    package let rows: [Row]

    /// One row.
    package struct Row: Hashable, Sendable {
        /// The line of the text that it begins on, from 1.
        package let line: Int
        /// The fields in the order of the columns.
        package let fields: [String]
        private let positions: [String: Int]

        fileprivate init(line: Int, fields: [String], positions: [String: Int]) {
            (self.line, self.fields, self.positions) = (line, fields, positions)
        }

        /// The field of a column; nil where it is empty or there is no such column.
        package subscript(column: String) -> String? {
            guard let position = positions[column], !fields[position].isEmpty else { return nil }
            return fields[position]
        }
    }

    /// Reads a table; lines may end in LF alone, and the last one need not end.
    ///
    /// - Throws: `CSVError` with the line: a quote that is not closed or stands inside a bare
    ///   field, a row with another number of fields than the header, a column that stands twice,
    ///   bytes that are no UTF-8, no header.
    package init(parsing bytes: [UInt8]) throws(CSVError) {
        guard String(validating: bytes, as: UTF8.self) != nil else {
            throw CSVError(line: 1, reason: "the text is no UTF-8")
        }
        try self.init(validated: bytes)
    }

    /// Reads a table from text.
    package init(parsing text: String) throws(CSVError) {
        try self.init(validated: Array(text.utf8))
    }

    private init(validated bytes: [UInt8]) throws(CSVError) {
        var scanner = Scanner(bytes)
        guard let header = try scanner.nextRow() else {
            throw CSVError(line: 1, reason: "there is no header")
        }
        var positions: [String: Int] = [:]
        for (position, name) in header.fields.enumerated() {
            guard !name.isEmpty else {
                throw CSVError(line: 1, reason: "column \(position + 1) has no name")
            }
            guard positions.updateValue(position, forKey: name) == nil else {
                throw CSVError(line: 1, reason: "the column '\(name)' stands twice")
            }
        }
        var rows: [Row] = []
        while let (line, fields) = try scanner.nextRow() {
            guard fields.count == header.fields.count else {
                throw CSVError(
                    line: line,
                    reason: "\(fields.count) fields, but the header has \(header.fields.count)")
            }
            rows.append(Row(line: line, fields: fields, positions: positions))
        }
        (columns, self.rows) = (header.fields, rows)
    }
}

/// Why a text is no table.
package struct CSVError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The line, from 1.
    package let line: Int
    /// What is wrong there.
    package let reason: String

    package init(line: Int, reason: String) { (self.line, self.reason) = (line, reason) }

    package var description: String { "line \(line): \(reason)" }
}

/// Rows of fields, one after the other.
private struct Scanner {
    // Byte by byte: what separates fields is ASCII, which is part of no other character in UTF-8.
    private let bytes: [UInt8]
    private var position: Int
    private var line = 1

    private static let (comma, quote) = (UInt8(ascii: ","), UInt8(ascii: "\""))
    private static let (lf, cr) = (UInt8(ascii: "\n"), UInt8(ascii: "\r"))

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        // Spreadsheets begin a file with a byte order mark.
        position = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? 3 : 0
    }

    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    /// The next row with the line that it begins on; nil at the end.
    mutating func nextRow() throws(CSVError) -> (line: Int, fields: [String])? {
        guard position < bytes.count else { return nil }
        let first = line
        var fields: [String] = []
        while true {
            fields.append(current == Self.quote ? try quoted() : try bare())
            guard current == Self.comma else { break }
            position += 1
        }
        try endLine()
        return (first, fields)
    }

    private mutating func bare() throws(CSVError) -> String {
        let start = position
        while let byte = current, byte != Self.comma, byte != Self.lf, byte != Self.cr {
            guard byte != Self.quote else {
                throw CSVError(line: line, reason: "a quote stands inside a field without quotes")
            }
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    private mutating func quoted() throws(CSVError) -> String {
        let first = line
        var field: [UInt8] = []
        position += 1
        while let byte = current {
            position += 1
            if byte == Self.quote {
                guard current == Self.quote else { return String(decoding: field, as: UTF8.self) }
                position += 1
            }
            if byte == Self.lf { line += 1 }
            field.append(byte)
        }
        throw CSVError(line: first, reason: "a quote is opened and not closed")
    }

    private mutating func endLine() throws(CSVError) {
        if current == Self.cr { position += 1 }
        guard let byte = current else { return }
        guard byte == Self.lf else {
            throw CSVError(line: line, reason: "a field goes on after its closing quote, or a CR")
        }
        position += 1
        line += 1
    }
}
