import Foundation

/// What stands within the paragraphs of a Markdown file: its links, and its prose without them.
struct MarkdownInline {
    private(set) var links: [Markdown.Link] = []
    private(set) var undefined: [Markdown.Link] = []
    private(set) var prose: String

    /// Several backticks, or one, on one line or several of a paragraph.
    private static let code = Pattern(#"(?<!`)(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])+?(?<!`)\1(?!`)"#)
    private static let comment = Pattern(#"<!--[\s\S]*?-->"#)
    private static let definition = Pattern(#"^ {0,3}\[([^\]]+)\]:[ \t]*(\S+).*$"#)
    private static let inline = Pattern(
        #"!?\[((?:[^\[\]]|\[[^\[\]]*\])*)\]\(\s*<?([^()\s<>]*)>?(?:\s+"[^"]*")?\s*\)"#)
    private static let reference = Pattern(#"\[([^\[\]]*)\]\[([^\[\]]*)\]"#)
    private static let shortcut = Pattern(#"(?<![\]\[])\[([^\[\]]+)\](?![\[(:])"#)
    private static let address = Pattern(#"<?\b[a-z]+://[^\s<>)]+>?"#)
    private static let tag = Pattern(#"</?[A-Za-z][^<>\n]*>"#)

    /// Reads a text whose fences and indented code were left out.
    init(_ text: String) {
        // What is blanked keeps its place, so that lines stay what they are.
        prose = text
        for code in [Self.comment, Self.code] { prose = code.replacing(in: prose) { $0.blank } }
        var definitions: [String: String] = [:]
        for found in Self.definition.matches(in: prose) {
            definitions[Self.key(found.group)] = found.groups[1]
            links.append(Markdown.Link(line: found.line, target: found.groups[1]))
        }
        prose = Self.definition.replacing(in: prose) { $0.blank }
        takeInline()
        takeReferences(definitions)
        for other in [Self.address, Self.tag] { prose = other.replacing(in: prose) { $0.blank } }
        links.sort { $0.line < $1.line }
    }

    /// Keeps the targets of inline links, and their words. An image may be the words of a link.
    private mutating func takeInline() {
        for _ in 0..<2 {
            for found in Self.inline.matches(in: prose) {
                links.append(
                    Markdown.Link(
                        line: found.line, target: found.groups[1],
                        isImage: found.text.hasPrefix("!")))
            }
            prose = Self.inline.replacing(in: prose) { $0.words }
        }
    }

    private mutating func takeReferences(_ definitions: [String: String]) {
        for found in Self.reference.matches(in: prose) {
            let name = found.groups[1].isEmpty ? found.group : found.groups[1]
            if definitions[Self.key(name)] == nil {
                undefined.append(Markdown.Link(line: found.line, target: name))
            }
        }
        prose = Self.reference.replacing(in: prose) { $0.words }
        // In brackets stand other things than links, too.
        prose = Self.shortcut.replacing(in: prose) {
            definitions[Self.key($0.group)] == nil ? $0.text : $0.words
        }
    }

    private static func key(_ name: String) -> String {
        name.lowercased().split { $0.isWhitespace }.joined(separator: " ")
    }
}
