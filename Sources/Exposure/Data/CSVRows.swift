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
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw CSVError(line: 1, reason: "the text is no UTF-8")
        }
        try self.init(parsing: text)
    }

    /// Reads a table from text.
    package init(parsing text: String) throws(CSVError) {
        var scanner = Scanner(text)
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
    // Scalar by scalar: CR LF is one character, and so is a comma with a combining mark.
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var line = 1

    init(_ text: String) {
        let scalars = Array(text.unicodeScalars)
        // Spreadsheets begin a file with a byte order mark.
        self.scalars = scalars.first == "\u{FEFF}" ? Array(scalars.dropFirst()) : scalars
    }

    private var current: Unicode.Scalar? {
        position < scalars.count ? scalars[position] : nil
    }

    /// The next row with the line that it begins on; nil at the end.
    mutating func nextRow() throws(CSVError) -> (line: Int, fields: [String])? {
        guard position < scalars.count else { return nil }
        let first = line
        var fields: [String] = []
        while true {
            fields.append(current == "\"" ? try quoted() : try bare())
            guard current == "," else { break }
            position += 1
        }
        try endLine()
        return (first, fields)
    }

    private mutating func bare() throws(CSVError) -> String {
        var field = String.UnicodeScalarView()
        while let scalar = current, scalar != ",", scalar != "\n", scalar != "\r" {
            guard scalar != "\"" else {
                throw CSVError(line: line, reason: "a quote stands inside a field without quotes")
            }
            field.append(scalar)
            position += 1
        }
        return String(field)
    }

    private mutating func quoted() throws(CSVError) -> String {
        let first = line
        var field = String.UnicodeScalarView()
        position += 1
        while let scalar = current {
            position += 1
            if scalar == "\"" {
                guard current == "\"" else { return String(field) }
                position += 1
            }
            if scalar == "\n" { line += 1 }
            field.append(scalar)
        }
        throw CSVError(line: first, reason: "a quote is opened and not closed")
    }

    private mutating func endLine() throws(CSVError) {
        if current == "\r" { position += 1 }
        guard let scalar = current else { return }
        guard scalar == "\n" else {
            throw CSVError(line: line, reason: "a field goes on after its closing quote, or a CR")
        }
        position += 1
        line += 1
    }
}
