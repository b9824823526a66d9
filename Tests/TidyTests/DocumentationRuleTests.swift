import Foundation
import Testing

@Suite("Each rule of the documentation can fail")
struct DocumentationRuleTests {
    private func lines(_ findings: [Finding]) -> [Int] { findings.map(\.line) }

    private let files = LinkedFiles(
        files: ["README.md", "docs/A.md", "docs/B.md", "docs/a b.md", "results/c.svg", "d.swift"],
        pages: [
            Markdown("README.md", "# Top\n[a](docs/A.md)\n"),
            Markdown(
                "docs/A.md", "## One `two`, *three*\n\n## Again\n\n## Again\n\n[b][]\n\n[b]: B.md\n"
            ),
            Markdown("docs/B.md", "# [Linked](A.md) & co.\n"),
        ])

    @Test(
        "a link to what is there is no finding",
        arguments: [
            "A.md", "./A.md", "../README.md#top", "A.md#one-two-three", "A.md#again-1",
            "B.md#linked--co", "../results", "../results/", "..", "a%20b.md", "<B.md>",
            "../results/c.svg", "https://example.org/x", "mailto:a@b.c", "B.md \"A title\"",
        ])
    func goodLinks(target: String) {
        let page = Markdown("docs/C.md", "See [this\npage](\(target)).\n")
        #expect(page.links.count == 1)
        #expect(LinkRules.broken(in: page, among: files).isEmpty)
    }

    @Test(
        "a link to what is not there is found",
        arguments: [
            "C.md", "a.md", "../docs/C.md", "A.md#again-2", "A.md#One-two-three", "#none",
            "../../x/README.md", "/README.md", "../d.swift#L3", "", "../result",
        ])
    func brokenLinks(target: String) {
        let page = Markdown("docs/C.md", "# Some\n\nSee [this](\(target)).\n")
        #expect(lines(LinkRules.broken(in: page, among: files)) == [3])
    }

    @Test("links are found by reference, around an image and in tables, and not in code")
    func kindsOfLinks() {
        let text = """
            [one][two] and [two], [![three](four.svg)](five.md)
            [none][six] [5m, 30m] `[a](b.md)`
            | [`c`](d.md) |

            ```text
            [e](f.md)
            ```

            [two]: seven.md "Title"
            """
        let page = Markdown("A.md", text)
        #expect(page.links.map(\.target) == ["five.md", "four.svg", "d.md", "seven.md"])
        #expect(page.links.map(\.isImage) == [false, true, false, false])
        #expect(page.links.map(\.line) == [1, 1, 3, 9])
        #expect(page.undefined.map(\.target) == ["six"])
    }

    @Test(
        "an image that cannot be looked at is found",
        arguments: [
            ("<svg xmlns=\"http://www.w3.org/2000/svg\"><g/></svg>", true),
            ("<svg><g></svg>", false), ("<html/>", false), ("", false), ("a picture", false),
        ])
    func images(content: String, isImage: Bool) {
        let page = Markdown("docs/C.md", "\n![A chart](../results/c.svg)\n")
        let findings = LinkRules.images(in: page, among: files) { _ in Data(content.utf8) }
        #expect(lines(findings) == (isImage ? [] : [2]))
    }

    @Test("a picture of another kind is found, one of PNG by its first bytes")
    func otherImages() {
        let files = LinkedFiles(files: ["a.png", "b.gif"], pages: [])
        let page = Markdown("C.md", "![a](a.png)\n![b](b.gif)\n")
        let signature = Data([0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0])
        #expect(lines(LinkRules.images(in: page, among: files) { _ in signature }) == [2])
        #expect(lines(LinkRules.images(in: page, among: files) { _ in Data() }) == [1, 2])
    }

    @Test("a page that only itself is linked from is found")
    func unreachable() {
        let pages = ["docs/A.md", "docs/B.md", "docs/a b.md"]
        let findings = LinkRules.unreachable(from: "README.md", among: files, pages: pages)
        #expect(findings.map(\.path) == ["docs/a b.md"])
    }

    @Test("code that is indented is found, and what goes on in a list is none")
    func indentation() {
        let text = """
            Text:

                code

                more of it
            * A list

              goes on

                  with code
            * Another
              1. within

                 goes on

            Text
                of one paragraph.
            """
        #expect(lines(FenceRules.unnamed(in: Markdown("A.md", text))) == [3, 10])
    }

    @Test(
        "a fence without a language of ours is found",
        arguments: ["", "bash", "shell", "Sh", "sh {.x}"])
    func languages(name: String) {
        let text = "```text\n```\n\n```\(name)\nls\n```\n"
        #expect(lines(FenceRules.unnamed(in: Markdown("A.md", text))) == [4])
    }

    @Test("a fence that is never closed is found, and a console without its prompt")
    func otherFences() {
        let text = "```console\n$ a\nb\n```\n```console\na\n```\n````sh\n```\n"
        #expect(lines(FenceRules.unnamed(in: Markdown("A.md", text))) == [5, 8])
    }

    @Test("consoles beyond so many are found")
    func consoles() {
        let text = "```console\n$ a\n```\n```sh\n```\n```console\n$ b\n```\n"
        let pages = [Markdown("A.md", text), Markdown("B.md", text)]
        #expect(FenceRules.consoles(in: pages, most: 4).isEmpty)
        #expect(lines(FenceRules.consoles(in: pages, most: 3)) == [6])
    }

    @Test("words are of the prose alone, with their lines")
    func words() {
        let text = """
            # The `--option` of [our links](other.md)
            ```sh
            command
            ```
            A _thief's_ <b>don’t</b>, `many
            words` p99 SoftHSM2's CKR_OK a/report.md
            https://example.org/address <!-- a
            comment --> end-of ‘line’
            """
        let words = Spelling.words(of: Markdown("A.md", text))
        #expect(
            words.map(\.text) == [
                "The", "of", "our", "links", "thief", "don't", "end", "of", "line",
            ])
        #expect(words.map(\.line) == [1, 1, 1, 1, 5, 5, 8, 8, 8])
    }

    @Test("a word that is in neither list is found, and so is a term that nobody needs")
    func spelling() {
        let words = ["colour", "Tarpit", "HSM", "hsm", "recieve"].enumerated().map {
            Spelling.Word(path: "A.md", line: $0.offset + 1, text: $0.element)
        }
        let unknown: Set = ["Tarpit", "HSM", "hsm", "recieve"]
        let spelling = Spelling(list: "HSM\ntarpit\n")
        #expect(lines(spelling.misspelt(words, unknown: unknown)) == [4, 5])
        #expect(spelling.flaws(unknown: unknown).isEmpty)
        #expect(lines(spelling.flaws(unknown: ["HSM"])) == [2])
        #expect(lines(Spelling(list: "tarpit\nHSM\nHSM\n").flaws(unknown: unknown)) == [2, 3])
    }

    @Test(
        "the dictionary is of British English, and has no names",
        .enabled(if: Aspell.path != nil, "no aspell is here, so the spelling was not checked"))
    func dictionary() throws {
        let words: Set = [
            "colour", "color", "organise", "organize", "don't", "café", "HSM", "recieve",
        ]
        #expect(try Aspell.unknown(among: words) == ["color", "organize", "HSM", "recieve"])
    }
}
