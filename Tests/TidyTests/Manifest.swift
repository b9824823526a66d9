/// The dependency lists of `Package.swift`, read as text and held against the import table.
struct Manifest {
    /// A target as the manifest declares it.
    struct Declaration: Equatable {
        let name: String
        let dependencies: [String]
        let line: Int
    }

    /// The targets that live in `Sources`, in the order of the manifest.
    let declarations: [Declaration]

    init(_ text: String) {
        let opening = Pattern(#"\.(?:executableTarget|target)\("#)
        declarations = opening.matches(in: text).compactMap { match in
            Self.declaration(on: match.line, of: text, opening: match.text)
        }
    }

    /// The dependencies that the import table does not allow.
    func findings() -> [Finding] {
        declarations.flatMap { target in
            target.dependencies.filter { !ImportTable.allows($0, in: target.name) }.map {
                Finding(
                    path: "Package.swift", line: target.line,
                    message: "the import table does not let \(target.name) depend on \($0)")
            }
        }
    }

    private static func declaration(
        on line: Int, of text: String, opening: String
    ) -> Declaration? {
        let rest = text.split(separator: "\n", omittingEmptySubsequences: false)
            .dropFirst(line - 1).joined(separator: "\n")
        guard let start = rest.firstRange(of: opening),
            let body = balanced(rest[start.upperBound...], close: ")"),
            let name = Pattern(#"name: "(\w+)""#).matches(in: body).first?.group,
            // The micro-benchmarks live outside Sources and measure whatever they like.
            !body.contains(#"path: "Benchmarks"#)
        else { return nil }
        var dependencies: [String] = []
        if let list = body.firstRange(of: "dependencies: ["),
            let inner = balanced(body[list.upperBound...], close: "]")
        {
            let entry = Pattern(
                #"(?:product\(\s*(?:name:\s*)?"(\w+)"[^)]*\)|"(\w+)")"#)
            dependencies = entry.matches(in: inner).map {
                $0.group.isEmpty ? $0.text.filter { $0 != "\"" } : $0.group
            }
        }
        return Declaration(name: name, dependencies: dependencies, line: line)
    }

    /// What stands before the bracket that closes the one just opened.
    private static func balanced(_ text: Substring, close: Character) -> String? {
        let open: Character = close == ")" ? "(" : "["
        var depth = 1
        for index in text.indices {
            if text[index] == open { depth += 1 }
            if text[index] == close { depth -= 1 }
            if depth == 0 { return String(text[..<index]) }
        }
        return nil
    }
}
