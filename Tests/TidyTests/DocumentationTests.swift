import Testing

@Suite("The documentation is tidy")
struct DocumentationTests {
    private static let folder = "Sources/anchorbench/anchorbench.docc/"

    private let files: LinkedFiles
    private let pages: [Markdown]

    init() throws {
        files = try Repository.pages.get()
        pages = files.pages.values.sorted { $0.path < $1.path }
    }

    /// Pages that somebody wrote; the others are reports that a command wrote.
    private var written: [Markdown] {
        pages.filter {
            $0.path.hasPrefix(Self.folder) || $0.path.hasSuffix("README.md")
                || $0.path == "CHANGELOG.md"
        }
    }

    private func report(_ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation) {
        for finding in findings {
            Issue.record("\(finding.description)", sourceLocation: sourceLocation)
        }
    }

    @Test("every link leads to a file, a folder or a heading that is there")
    func links() {
        #expect(pages.count > 10 && pages.flatMap(\.links).count > 50)
        report(pages.flatMap { LinkRules.broken(in: $0, among: files) })
    }

    @Test("every image is a picture")
    func images() {
        report(
            pages.flatMap { LinkRules.images(in: $0, among: files, data: Repository.data(of:)) })
    }

    @Test("links lead from README.md to every page of the command")
    func reachable() {
        let names = pages.map(\.path).filter { $0.hasPrefix(Self.folder) }
        #expect(!names.isEmpty)
        report(LinkRules.unreachable(from: "README.md", among: files, pages: names))
    }

    @Test("every block of code names its language, so that no command escapes being run")
    func fences() {
        report(written.flatMap(FenceRules.unnamed))
    }

    @Test("blocks that are shown and not run are rare")
    func consoles() {
        report(FenceRules.consoles(in: written))
    }

    @Test(
        "every word is in the dictionary of British English or in words.txt",
        .enabled(if: Aspell.path != nil, "no aspell is here, so the spelling was not checked"))
    func spelling() throws {
        // Reports of runs are made of the same sentences again and again.
        let read = pages.filter { !$0.path.hasSuffix("/report.md") }
        let words = read.flatMap(Spelling.words)
        #expect(words.count > 10_000)
        let unknown = try Aspell.unknown(among: Set(words.map(\.text)))
        let spelling = Spelling(list: try Repository.text(of: "Tests/TidyTests/words.txt"))
        report(spelling.misspelt(words, unknown: unknown))
        report(spelling.flaws(unknown: unknown))
    }
}
