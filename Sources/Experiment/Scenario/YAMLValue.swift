import Units
import Yams

/// A node of a scenario file with the name of its place, so that every complaint says where.
struct YAMLValue {
    let node: Node
    /// The keys that lead here, such as `load.closed`.
    let path: String
    /// The file's name, or the flag that the text came from.
    let source: String

    /// Parses a text; an empty one is nil.
    static func parse(_ text: String, source: String) throws(ScenarioError) -> YAMLValue? {
        do {
            guard let node = try compose(yaml: text), !node.isEmptyText else { return nil }
            return YAMLValue(node: node, path: "", source: source)
        } catch let error as YamlError {
            throw ScenarioError("\(source) is no YAML: \(error.oneLine)")
        } catch {
            throw ScenarioError("\(source) is no YAML: \(error)")
        }
    }

    /// A complaint about this value.
    ///
    /// - Parameter isUsage: false where the fault is in a file that a flag names.
    func complaint(_ what: String, isUsage: Bool? = nil) -> ScenarioError {
        // A flag is one line; only a file has lines to name.
        let isFlag = source.hasPrefix("--")
        let line = node.mark.map { isFlag ? "" : ", line \($0.line)" } ?? ""
        return ScenarioError("\(source)\(line): \(what)", isUsage: isUsage)
    }

    /// The entries of a mapping, each key one of `known`.
    ///
    /// - Parameter later: keys that the format has, but this version does not: refused by name.
    func entries(
        known: [String], later: [String] = []
    ) throws(ScenarioError) -> [String: YAMLValue] {
        guard let mapping = node.mapping else {
            throw complaint("\(place) must be a mapping of keys: \(known.joined(separator: ", "))")
        }
        var entries: [String: YAMLValue] = [:]
        for (keyNode, valueNode) in mapping {
            let key = keyNode.string ?? ""
            let keyed = YAMLValue(node: keyNode, path: path, source: source)
            guard known.contains(key) else {
                throw keyed.complaint(refusal(of: key, known: known, later: later))
            }
            guard entries[key] == nil else { throw keyed.complaint("'\(key)' stands twice") }
            entries[key] = YAMLValue(
                node: valueNode, path: path.isEmpty ? key : "\(path).\(key)", source: source)
        }
        return entries
    }

    /// The items of a sequence, or the value itself as the only one.
    func items() throws(ScenarioError) -> [YAMLValue] {
        guard let sequence = node.sequence else { return [self] }
        guard !sequence.isEmpty else { throw complaint("\(place) must not be an empty list") }
        return sequence.map { YAMLValue(node: $0, path: path, source: source) }
    }

    /// The text of a scalar.
    func text() throws(ScenarioError) -> String {
        guard let scalar = node.scalar else { throw complaint("\(place) must be a single value") }
        return scalar.string
    }

    /// A quantity in its textual form.
    func quantity<Value: Quantity>(_ type: Value.Type) throws(ScenarioError) -> Value {
        let text = try text()
        do throws(UnitError) {
            return try Value(parsing: text)
        } catch {
            throw complaint("\(place): \(error.description)")
        }
    }

    /// A whole number within bounds.
    func integer(_ range: ClosedRange<Int>) throws(ScenarioError) -> Int {
        let text = try text()
        guard let value = Int(text), range.contains(value) else {
            throw complaint(
                "\(place): '\(text)' must be a whole number from \(range.lowerBound) to "
                    + "\(range.upperBound)")
        }
        return value
    }

    /// One of a set of words.
    func word(_ known: [String], later: [String] = []) throws(ScenarioError) -> String {
        let text = try text()
        guard known.contains(text) else {
            throw complaint("\(place): " + refusal(of: text, known: known, later: later))
        }
        return text
    }

    var place: String { path.isEmpty ? "the scenario" : "'\(path)'" }

    private func refusal(of word: String, known: [String], later: [String]) -> String {
        if later.contains(word) { return "'\(word)' is not available in this version yet" }
        let near = nearestWord(to: word, among: known).map { "; did you mean '\($0)'?" }
        return "'\(word)' is unknown" + (near ?? "; known: \(known.joined(separator: ", "))")
    }
}

extension Node {
    /// Whether the file held nothing but comments.
    fileprivate var isEmptyText: Bool { scalar.map { $0.string.isEmpty } ?? false }
}

extension YamlError {
    /// The parser's complaint as one line.
    fileprivate var oneLine: String {
        switch self {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            "\(problem) in line \(mark.line), column \(mark.column)"
        default: "\(self)".split(separator: "\n").joined(separator: " ")
        }
    }
}
