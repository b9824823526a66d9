import Foundation
import Results

/// The text files in which the kernel describes the machine.
struct SystemFiles: Sendable {
    private let read: @Sendable (String) -> String?

    /// This machine's.
    static let real = SystemFiles { try? String(contentsOfFile: $0, encoding: .utf8) }

    /// Files by their whole path; nil for what cannot be read.
    init(_ read: @escaping @Sendable (String) -> String?) { self.read = read }

    /// A file's text, or nil.
    func text(_ path: String) -> String? { read(path) }

    /// The first line of a file without the white space around it; nil where there is none.
    func line(_ path: String) -> String? {
        let line = read(path)?.split(separator: "\n").first?
            .trimmingCharacters(in: .whitespacesAndNewlines)
        return line.flatMap { $0.isEmpty ? nil : $0 }
    }

    /// The first line of a file as a fact.
    func fact(_ path: String) -> Fact {
        line(path).map(Fact.value) ?? .unavailable("\(path) cannot be read here")
    }

    /// The value of the first line `name: value`.
    func field(_ name: String, in path: String) -> Fact {
        guard let text = read(path) else { return .unavailable("\(path) cannot be read here") }
        for line in text.split(separator: "\n") {
            let pair = line.split(separator: ":", maxSplits: 1)
                .map { $0.trimmingCharacters(in: .whitespaces) }
            if pair.count == 2, pair[0] == name, !pair[1].isEmpty { return .value(pair[1]) }
        }
        return .unavailable("\(path) has no '\(name)'")
    }
}
