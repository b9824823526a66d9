/// The first words of commands: a block that a test can run begins each with one that it knows.
enum FirstWords {
    /// Ours, those of Debian that the tests install, and what every shell has.
    static let known: Set<String> = Set(
        """
        anchorbench swift git make apt-get
        softhsm2-util pkcs11-tool p11-kit certutil symkeyutil openssl curl python3 jq
        awk cat chmod cp cut date diff du env find grep gzip head id ln ls mkdir mktemp mv od ps rm
        rmdir sed seq sha256sum sleep sort tail tar tee timeout touch tr uname uniq wc xargs
        . : [ break case cd command continue declare echo eval exec exit export false for jobs kill
        local printf pwd read readonly return set shift source test trap true type ulimit umask
        unset wait { } ( ) done esac fi
        """.split { " \n".contains($0) }.map(String.init))

    /// Words after which a command begins.
    private static let openers: Set<String> = [
        "if", "then", "else", "elif", "while", "until", "do", "!", "time",
    ]

    /// Folders whose programs are called by their paths.
    private static let folders = ["Scripts/", "Benchmarks/", ".build/", "./", "$", "\"$"]

    /// The words that begin a command in a block and are none that is known, each with its line.
    static func strangers(in block: Page.Block) -> [(line: Int, word: String)] {
        var defined: Set<String> = []
        var found: [(line: Int, word: String)] = []
        var reader = CommandReader()
        for (offset, line) in block.lines.enumerated() {
            guard let word = reader.firstWord(of: line, after: openers) else { continue }
            if word.hasSuffix("()") {
                defined.insert(String(word.dropLast(2)))
            } else if !known.contains(word), !defined.contains(word),
                !folders.contains(where: word.hasPrefix)
            {
                found.append((block.line + offset, word))
            }
        }
        return found
    }
}

/// Reads lines of a shell as far as it takes to find where commands begin.
private struct CommandReader {
    /// The line goes on from the one before.
    private var isContinued = false
    private var quote: Character?
    /// What ends the text that a command is given.
    private var terminator: String?
    private var isInCase = false

    /// The first word of the command that begins with this line; nil where none does.
    mutating func firstWord(of line: String, after openers: Set<String>) -> String? {
        if let terminator {
            if line == terminator { self.terminator = nil }
            return nil
        }
        let isNew = !isContinued && quote == nil
        let words = words(of: line)
        guard isNew else { return nil }
        if isInCase {
            isInCase = words.first != "esac"
            return nil
        }
        let first = words.first { !Self.isAssignment($0) && !openers.contains($0) }
        isInCase = first == "case" && !words.contains("esac")
        return first
    }

    private static func isAssignment(_ word: String) -> Bool {
        guard let equals = word.firstIndex(of: "="), equals != word.startIndex else { return false }
        return word[..<equals].allSatisfy { $0 == "_" || $0.isLetter || $0.isNumber }
    }

    /// The words of a line, quotes kept; how the line ends decides what the next one is.
    private mutating func words(of line: String) -> [String] {
        var words: [String] = []
        var word = ""
        var isEscaped = false
        isContinued = false
        for (at, character) in zip(line.indices, line) {
            if isEscaped {
                isEscaped = false
            } else if let open = quote {
                if character == open { quote = nil }
                isEscaped = character == "\\" && open == "\""
            } else if character == "\\" {
                isEscaped = true
            } else if character == "'" || character == "\"" {
                quote = character
            } else if character == "#", word.isEmpty {
                break
            } else if character == " " {
                if !word.isEmpty { words.append(word) }
                word = ""
                continue
            } else if line[at...].hasPrefix("<< "), !line[..<at].hasSuffix("<") {
                terminator = line[at...].filter(\.isLetter)
            }
            word.append(character)
        }
        isContinued = isEscaped
        return word.isEmpty ? words : words + [word]
    }
}
