import Foundation

/// A regular expression that answers with lines.
struct Pattern: Sendable {
    /// The expression, in ICU syntax.
    let expression: String

    init(_ expression: String) { self.expression = expression }

    /// A match: the line it begins on, counted from 1, what matched, and its groups.
    struct Match: Equatable {
        let line: Int
        let text: String
        /// Empty where a group took no part.
        let groups: [String]

        /// The first group.
        var group: String { groups.first ?? "" }
        /// As many lines, and nothing on them.
        var blank: String { Self.lines(text) }
        /// The first group, on as many lines.
        var words: String {
            group + String(Self.lines(text).dropFirst(Self.lines(group).count))
        }

        private static func lines(_ text: String) -> String {
            String(repeating: "\n", count: text.utf8.count { $0 == UInt8(ascii: "\n") })
        }
    }

    /// Every match in `text`, in order.
    func matches(in text: String) -> [Match] { found(in: text as NSString).map(\.match) }

    /// The text with something else in the place of each match.
    func replacing(in text: String, with other: (Match) -> String) -> String {
        let whole = text as NSString
        var (kept, end) = ("", 0)
        for (match, range) in found(in: whole) {
            kept += whole.substring(
                with: NSRange(location: end, length: range.location - end))
            kept += other(match)
            end = range.location + range.length
        }
        return kept + whole.substring(from: end)
    }

    private func found(in whole: NSString) -> [(match: Match, range: NSRange)] {
        let regex: NSRegularExpression
        do {
            regex = try NSRegularExpression(pattern: expression, options: .anchorsMatchLines)
        } catch {
            preconditionFailure("'\(expression)' is no regular expression: \(error)")
        }
        var (line, counted) = (1, 0)
        let range = NSRange(location: 0, length: whole.length)
        return regex.matches(in: whole as String, range: range).map { found in
            let start = found.range.location
            let between = whole.substring(
                with: NSRange(location: counted, length: start - counted))
            line += between.utf8.count { $0 == UInt8(ascii: "\n") }
            counted = start
            let groups = (1..<max(1, found.numberOfRanges)).map { number in
                let group = found.range(at: number)
                return group.location == NSNotFound ? "" : whole.substring(with: group)
            }
            let match = Match(
                line: line, text: whole.substring(with: found.range), groups: groups)
            return (match, found.range)
        }
    }
}
