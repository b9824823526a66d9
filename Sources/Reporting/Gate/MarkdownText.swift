/// Text that stays text in GitHub's Markdown, whatever somebody named a folder or a token.
enum MarkdownText {
    private static let marks: Set<Character> = ["\\", "`", "*", "[", "]", "<", ">", "|", "~", "&"]

    /// The text on one line with its marks escaped.
    static func escaped(_ text: String) -> String {
        GateWording.oneLine(text).reduce(into: "") { result, character in
            if marks.contains(character) { result.append("\\") }
            result.append(character)
        }
    }

    /// The text as code, for a field of a table.
    ///
    /// The fence is longer than any run of backticks inside (CommonMark, code spans); a table's
    /// field ends at a pipe even inside code (GitHub Flavored Markdown, tables).
    static func code(_ text: String) -> String {
        let line = GateWording.oneLine(text)
        guard line.contains(where: { $0 != " " }) else { return "" }
        var (run, longest) = (0, 0)
        for character in line {
            run = character == "`" ? run + 1 : 0
            longest = max(longest, run)
        }
        let fence = String(repeating: "`", count: longest + 1)
        let room = line.hasPrefix("`") || line.hasSuffix("`") ? " " : ""
        return fence + room + line.replacing("|", with: "\\|") + room + fence
    }
}
