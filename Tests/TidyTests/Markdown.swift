import Foundation

/// A Markdown file of the repository, read as far as its rules ask: fences, headings, links, prose.
///
/// It reads what the pages use: fences of backticks, headings of `#`, inline and reference links.
struct Markdown: Sendable {
    /// The path from the top of the repository.
    let path: String
    /// What stands between fences.
    let fences: [Fence]
    /// Where code begins that is only indented.
    let indentedCode: [Int]
    /// What `#fragment` can name, as GitHub makes it from the headings.
    let anchors: Set<String>
    /// Where it points to, in order.
    let links: [Link]
    /// References that have no definition.
    let undefined: [Link]
    /// The file without code, addresses and tags; its lines are the file's.
    let prose: String

    struct Fence: Sendable, Equatable {
        /// The line of the fence itself.
        let line: Int
        let language: String
        var lines: [String] = []
        var isClosed = false
    }

    struct Link: Sendable, Equatable {
        let line: Int
        let target: String
        var isImage = false
    }

    init(_ path: String, _ text: String) {
        let blocks = MarkdownBlocks(text)
        let inline = MarkdownInline(blocks.rest)
        self.path = path
        fences = blocks.fences
        indentedCode = blocks.indentedCode
        anchors = Self.anchors(of: blocks.headings)
        links = inline.links
        undefined = inline.undefined
        prose = inline.prose
    }

    /// Lower case, without marks, hyphens for spaces; what comes again is numbered.
    private static func anchors(of headings: [String]) -> Set<String> {
        var anchors: Set<String> = []
        for heading in headings {
            let kept = heading.lowercased().filter {
                $0.isLetter || $0.isNumber || " -_".contains($0)
            }
            let name = kept.replacing(" ", with: "-")
            var (anchor, count) = (name, 0)
            while !anchors.insert(anchor).inserted {
                count += 1
                anchor = "\(name)-\(count)"
            }
        }
        return anchors
    }
}

/// The lines of a Markdown file, sorted into code and everything else.
struct MarkdownBlocks {
    private(set) var fences: [Markdown.Fence] = []
    private(set) var indentedCode: [Int] = []
    /// The texts of the headings, as they are read and not as they are written.
    private(set) var headings: [String] = []
    /// The text with its code left empty.
    private(set) var rest = ""

    /// Where the text of the list item begins that is open, and of those around it.
    private var margins = [0]
    private var isInFence = false
    private var fence: Substring = ""
    private var isAfterBlank = true
    private var isInCode = false

    private static let item = Pattern(#"^ *(?:[*+-]|\d+[.)]) +"#)
    private static let heading = Pattern(#"^ {0,3}#{1,6} +(.*?)[ #]*$"#)
    private static let link = Pattern(#"!?\[([^\]]*)\](?:\([^)]*\)|\[[^\]]*\])"#)

    init(_ text: String) {
        let lines = text.split(separator: "\n", omittingEmptySubsequences: false)
        var kept: [Substring] = []
        for (offset, line) in lines.enumerated() {
            kept.append(take(line, number: offset + 1) ? line : "")
        }
        rest = kept.joined(separator: "\n")
    }

    /// Takes in a line; whether it is something else than code.
    private mutating func take(_ line: Substring, number: Int) -> Bool {
        let indent = line.prefix { $0 == " " }.count
        let content = line.dropFirst(indent)
        if isInFence {
            takeFenced(line, content)
            return false
        }
        if content.hasPrefix("```") {
            fence = content.prefix { $0 == "`" }
            let language = content.dropFirst(fence.count).trimmingCharacters(in: .whitespaces)
            fences.append(Markdown.Fence(line: number, language: language))
            isInFence = true
            isAfterBlank = false
            return false
        }
        if content.isEmpty {
            isAfterBlank = true
            return true
        }
        defer { isAfterBlank = false }
        if isIndentedCode(indent) {
            if !isInCode { indentedCode.append(number) }
            isInCode = true
            return false
        }
        isInCode = false
        if content.first.map({ "*+-".contains($0) || $0.isNumber }) == true,
            let found = Self.item.matches(in: String(line)).first
        {
            while let last = margins.last, last > indent { margins.removeLast() }
            margins.append(found.text.count)
        }
        if content.hasPrefix("#"), let found = Self.heading.matches(in: String(line)).first {
            headings.append(Self.link.replacing(in: found.group) { $0.group })
        }
        return true
    }

    private mutating func takeFenced(_ line: Substring, _ content: Substring) {
        let isEnd = content.hasPrefix(fence) && content.allSatisfy { $0 == "`" || $0 == " " }
        let last = fences.count - 1
        if isEnd {
            fences[last].isClosed = true
            isInFence = false
        } else {
            fences[last].lines.append(String(line))
        }
    }

    /// Four columns beyond the text around it, and not within a paragraph.
    private mutating func isIndentedCode(_ indent: Int) -> Bool {
        guard isAfterBlank || isInCode else { return false }
        if isAfterBlank {
            while let last = margins.last, last > indent { margins.removeLast() }
        }
        return indent >= (margins.last ?? 0) + 4
    }
}
