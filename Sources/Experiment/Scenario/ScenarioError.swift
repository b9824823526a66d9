/// A scenario that cannot be run, in one sentence: where, what was given, what to do.
package struct ScenarioError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether the command line is at fault, and not a file.
    package let isUsage: Bool

    /// An error from its sentence.
    ///
    /// - Parameter isUsage: by default whether the sentence begins with a flag, or with the
    ///   built-in scenario, of which only flags can make a bad one.
    package init(_ description: String, isUsage: Bool? = nil) {
        self.description = description
        self.isUsage =
            isUsage
            ?? ["--", "the built-in scenario"].contains { description.hasPrefix($0) }
    }
}

/// The known word nearest to a mistyped one, by edit distance (Levenshtein, 1966).
package func nearestWord(to word: String, among known: [String]) -> String? {
    let ranked = known.map { (word: $0, distance: editDistance(Array(word), Array($0))) }
    guard let best = ranked.min(by: { $0.distance < $1.distance }) else { return nil }
    // Beyond a third of its letters another word is no likely meaning.
    return best.distance <= max(2, word.count / 3) ? best.word : nil
}

private func editDistance(_ left: [Character], _ right: [Character]) -> Int {
    var row = Array(0...right.count)
    for (i, letter) in left.enumerated() {
        var diagonal = row[0]
        row[0] = i + 1
        for (j, other) in right.enumerated() {
            let substitution = diagonal + (letter == other ? 0 : 1)
            diagonal = row[j + 1]
            row[j + 1] = min(substitution, row[j] + 1, row[j + 1] + 1)
        }
    }
    return row[right.count]
}
