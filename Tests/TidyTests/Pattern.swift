import Foundation

/// A regular expression that answers with lines.
struct Pattern: Sendable {
    /// The expression, in ICU syntax.
    let expression: String

    init(_ expression: String) { self.expression = expression }

    /// A match: the line it begins on, counted from 1, what matched, and its first group.
    struct Match: Equatable {
        let line: Int
        let text: String
        let group: String
    }

    /// Every match in `text`, in order.
    func matches(in text: String) -> [Match] {
        let regex: NSRegularExpression
        do {
            regex = try NSRegularExpression(pattern: expression, options: .anchorsMatchLines)
        } catch {
            preconditionFailure("'\(expression)' is no regular expression: \(error)")
        }
        let whole = text as NSString
        var (line, counted) = (1, 0)
        return regex.matches(in: text, range: NSRange(location: 0, length: whole.length)).map {
            let start = $0.range.location
            let between = whole.substring(
                with: NSRange(location: counted, length: start - counted))
            line += between.utf8.count { $0 == UInt8(ascii: "\n") }
            counted = start
            let group = $0.numberOfRanges > 1 ? $0.range(at: 1) : NSRange(location: 0, length: 0)
            return Match(
                line: line, text: whole.substring(with: $0.range),
                group: group.location == NSNotFound ? "" : whole.substring(with: group))
        }
    }
}
