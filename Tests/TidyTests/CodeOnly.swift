/// Reduces Swift source to what the compiler reads as code, so that a rule about code cannot be
/// broken by a sentence that talks about it.
///
/// Comments become nothing and string literals become `""`; code inside `\( )` stays, and so does
/// every line break, so that line numbers hold. A regex literal is known only in its `#/…/#` form.
struct CodeOnly {
    private enum Context {
        /// Code; inside an interpolation with the number of parentheses still open.
        case code(open: Int?)
        /// A string literal with this many `#` before its quotation mark.
        case string(hashes: Int, multiline: Bool)
    }

    private let bytes: [UInt8]
    private var position = 0
    private var output: [UInt8] = []
    private var contexts: [Context] = [.code(open: nil)]

    /// The code of `source`.
    static func text(of source: String) -> String {
        var reader = CodeOnly(bytes: Array(source.utf8))
        return reader.run()
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    private mutating func run() -> String {
        while position < bytes.count, let context = contexts.last {
            switch context {
            case .code(let open): readCode(open: open)
            case .string(let hashes, let multiline): readString(hashes, multiline: multiline)
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    private mutating func readCode(open: Int?) {
        if sees("//") {
            while position < bytes.count, bytes[position] != UInt8(ascii: "\n") { position += 1 }
        } else if sees("/*") {
            skipBlockComment()
        } else if !startLiteral() {
            let byte = bytes[position]
            keep(byte)
            guard let open else { return }
            switch byte {
            case UInt8(ascii: "("): setContext(.code(open: open + 1))
            case UInt8(ascii: ")") where open == 1: contexts.removeLast()
            case UInt8(ascii: ")"): setContext(.code(open: open - 1))
            default: break
            }
        }
    }

    private mutating func readString(_ hashes: Int, multiline: Bool) {
        let pounds = String(repeating: "#", count: hashes)
        let quotes = multiline ? "\"\"\"" : "\""
        if sees("\\" + pounds + "(") {
            position += 1 + hashes
            keep(bytes[position])
            contexts.append(.code(open: 1))
        } else if sees("\\" + pounds) {
            position += min(2 + hashes, bytes.count - position)
        } else if sees(quotes + pounds) {
            position += quotes.utf8.count + hashes
            output.append(UInt8(ascii: "\""))
            contexts.removeLast()
        } else if bytes[position] == UInt8(ascii: "\n") {
            keep(bytes[position])
            // A literal that should have ended on its line: keep the mistake to that line.
            if !multiline { contexts.removeLast() }
        } else {
            position += 1
        }
    }

    /// Steps over the opening of a string or the whole of a regex literal; false at other code.
    private mutating func startLiteral() -> Bool {
        let hashes = bytes[position...].prefix { $0 == UInt8(ascii: "#") }.count
        let after = position + hashes
        guard after < bytes.count else { return false }
        if bytes[after] == UInt8(ascii: "\"") {
            position = after
            let multiline = opensManyLines()
            position += multiline ? 3 : 1
            output.append(UInt8(ascii: "\""))
            contexts.append(.string(hashes: hashes, multiline: multiline))
            return true
        }
        guard hashes > 0, bytes[after] == UInt8(ascii: "/") else { return false }
        position = after + 1
        let end = "/" + String(repeating: "#", count: hashes)
        skip(until: end)
        position = min(position + end.utf8.count, bytes.count)
        return true
    }

    /// Three quotation marks open a literal of many lines only where the line ends behind them.
    private func opensManyLines() -> Bool {
        guard sees("\"\"\"") else { return false }
        let rest = bytes[(position + 3)...].drop { $0 == UInt8(ascii: " ") }
        return rest.first == UInt8(ascii: "\n")
    }

    private mutating func skipBlockComment() {
        var depth = 0
        repeat {
            if sees("/*") {
                (depth, position) = (depth + 1, position + 2)
            } else if sees("*/") {
                (depth, position) = (depth - 1, position + 2)
            } else {
                skipOne()
            }
        } while depth > 0 && position < bytes.count
    }

    private mutating func skip(until end: String) {
        while position < bytes.count, !sees(end) { skipOne() }
    }

    private mutating func skipOne() {
        if bytes[position] == UInt8(ascii: "\n") { output.append(bytes[position]) }
        position += 1
    }

    private mutating func keep(_ byte: UInt8) {
        output.append(byte)
        position += 1
    }

    private mutating func setContext(_ context: Context) { contexts[contexts.count - 1] = context }

    private func sees(_ text: String) -> Bool {
        var index = position
        for byte in text.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
