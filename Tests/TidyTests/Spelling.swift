import Foundation

/// The words of the pages, held against a dictionary of British English and a list of our own.
struct Spelling: Sendable {
    /// A word in a page.
    struct Word: Sendable, Equatable {
        let path: String
        let line: Int
        let text: String
    }

    /// Names and terms of the field, that no dictionary has.
    let terms: [String]

    /// The list, one word a line.
    init(list: String) {
        terms = list.split(separator: "\n").map(String.init)
    }

    /// The words of a page's prose: letters, and apostrophes within. What has digits, lines under
    /// it or a full stop within is a name or a number.
    static func words(of page: Markdown) -> [Word] {
        let lines = page.prose.split(separator: "\n", omittingEmptySubsequences: false)
        return lines.enumerated().flatMap { offset, line in
            line.split { $0.isWhitespace }.filter { inner.matches(in: String($0)).isEmpty }
                .flatMap { $0.split { !isPart($0) } }.compactMap(word(in:))
                .map { Word(path: page.path, line: offset + 1, text: $0) }
        }
    }

    private static let inner = Pattern(#"\.\w"#)

    private static func isPart(_ character: Character) -> Bool {
        character.isLetter || character.isNumber || "'’_".contains(character)
    }

    private static func word(in run: Substring) -> String? {
        var run = run.replacing("’", with: "'")
        while let first = run.first, "'_".contains(first) { run.removeFirst() }
        while let last = run.last, "'_".contains(last) { run.removeLast() }
        if run.hasSuffix("'s") { run.removeLast(2) }
        let isPlain = run.allSatisfy { $0.isLetter || $0 == "'" }
        return isPlain && run.count > 1 ? String(run) : nil
    }

    /// The words that neither the dictionary nor the list has; `unknown` are the dictionary's.
    func misspelt(_ words: [Word], unknown: Set<String>) -> [Finding] {
        let known = Set(terms)
        return words.filter {
            unknown.contains($0.text) && known.isDisjoint(with: Self.forms(of: $0.text))
        }.map { Finding(path: $0.path, line: $0.line, message: $0.text) }
    }

    /// What is wrong with the list itself: its order, and what no page needs.
    func flaws(unknown: Set<String>) -> [Finding] {
        let needed = Set(unknown.flatMap(Self.forms(of:)))
        return terms.enumerated().compactMap { offset, term in
            let before = offset > 0 ? terms[offset - 1] : ""
            let flaw: String? =
                if !Self.isOrdered(before, term) {
                    "'\(term)' must stand before '\(before)', or once"
                } else if !needed.contains(term) {
                    "'\(term)' is in no page, or in the dictionary: take it out"
                } else {
                    nil
                }
            return flaw.map {
                Finding(path: "Tests/TidyTests/words.txt", line: offset + 1, message: $0)
            }
        }
    }

    /// By the bytes, as `LC_ALL=C sort -u` has it.
    private static func isOrdered(_ one: String, _ other: String) -> Bool {
        one.utf8.lexicographicallyPrecedes(other.utf8)
    }

    /// As it is written, and as it would be within a sentence: an entry in small letters is good
    /// for both.
    private static func forms(of word: String) -> [String] {
        [word, word.prefix(1).lowercased() + word.dropFirst()]
    }
}

/// The program that has the dictionary.
enum Aspell {
    /// Where it is; nil where it is not installed.
    static let path = ["/usr/bin/aspell", "/usr/local/bin/aspell"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    /// Those of some words that British English does not have.
    static func unknown(among words: Set<String>) throws -> Set<String> {
        let file = FileManager.default.temporaryDirectory.appending(path: "words-\(UUID())")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(words.sorted().joined(separator: "\n").utf8).write(to: file)
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path ?? "/usr/bin/aspell")
        process.arguments = [
            "list", "--master=en_GB-ise-w_accents", "--encoding=utf-8", "--ignore=1",
            "--home-dir=/nonexistent", "--dont-use-other-dicts",
        ]
        process.standardInput = try FileHandle(forReadingFrom: file)
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let said = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(code: process.terminationStatus)
        }
        return Set(said.split(separator: "\n").map(String.init))
    }

    /// It ended so, and said why on standard error.
    struct Failed: Error { let code: Int32 }
}
