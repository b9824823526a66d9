/// Rules about code in the pages. The commands in blocks of `sh` are run by the tests of the
/// command; nothing that looks like one may stand where it would not be.
enum FenceRules {
    /// The languages of the pages: one name for each, so that `bash` is no way around the tests.
    static let languages: Set<String> = [
        "sh", "console", "text", "yaml", "ini", "json", "sql", "csv", "c", "java", "python",
    ]

    /// The most blocks that are shown and not run, in all pages.
    static let consolesMax = 10

    /// Code that is only indented, and fences whose language is not told.
    static func unnamed(in page: Markdown) -> [Finding] {
        let indented = page.indentedCode.map {
            Finding(path: page.path, line: $0, message: "code is indented: put it into a fence")
        }
        return indented
            + page.fences.compactMap { fence in
                fault(of: fence).map {
                    Finding(path: page.path, line: fence.line, message: $0)
                }
            }
    }

    private static func fault(of fence: Markdown.Fence) -> String? {
        if !fence.isClosed { return "the fence is never closed" }
        if !languages.contains(fence.language) {
            let names = languages.sorted().joined(separator: ", ")
            return "the fence is of '\(fence.language)': name one of \(names)"
        }
        let begin = fence.lines.first ?? ""
        if fence.language == "console", !begin.hasPrefix("$ "), !begin.hasPrefix("# ") {
            return "a console begins with the prompt '$ ', or '# ' of root"
        }
        return nil
    }

    /// Blocks that are shown and not run, beyond so many.
    static func consoles(in pages: [Markdown], most: Int = consolesMax) -> [Finding] {
        let all = pages.flatMap { page in
            page.fences.filter { $0.language == "console" }.map { (page.path, $0.line) }
        }
        return all.dropFirst(most).map { path, line in
            Finding(
                path: path, line: line,
                message: "the console is one of \(all.count), of at most \(most): make it run")
        }
    }
}
