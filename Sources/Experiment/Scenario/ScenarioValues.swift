import Anchors
import Results
import Throttling
import Units

/// How each kind of value in a scenario is read and bounded.
extension YAMLValue {
    /// A name that is safe as part of a folder's name.
    func fileName() throws(ScenarioError) -> String {
        let text = try text()
        let isPlain = text.allSatisfy {
            $0.isASCII && ($0.isLetter || $0.isNumber || "-_.".contains($0))
        }
        guard isPlain, !text.isEmpty, text.count <= 80, !text.hasPrefix(".") else {
            throw complaint(
                "'name': '\(text)' must be letters, digits, '-', '_' and '.', because it names a "
                    + "folder")
        }
        return text
    }

    /// A text for `C_Initialize`: it goes through C, where a NUL would end it.
    func moduleText() throws(ScenarioError) -> String {
        let text = try text()
        guard !text.isEmpty, !text.utf8.contains(0) else {
            throw complaint(
                "'\(path)': the text for C_Initialize must have a character, and none of them NUL; "
                    + "leave the key out where the module wants none")
        }
        return text
    }

    /// Names and values for a process's environment; a value goes through C, where a NUL would end
    /// it.
    func environment() throws(ScenarioError) -> [String: String] {
        guard let mapping = node.mapping else {
            throw complaint("'\(path)' must be a mapping of names to values")
        }
        var environment: [String: String] = [:]
        for (keyNode, valueNode) in mapping {
            let key = YAMLValue(node: keyNode, path: path, source: source)
            let name = try key.text()
            guard name.isVariableName else {
                throw key.complaint(
                    "'\(path)': '\(name)' is no name of a variable: letters, digits and '_', the "
                        + "first no digit")
            }
            guard environment[name] == nil else { throw key.complaint("'\(name)' stands twice") }
            let value = YAMLValue(node: valueNode, path: "\(path).\(name)", source: source)
            let text = try value.text()
            guard !text.utf8.contains(0) else {
                throw value.complaint("'\(value.path)' must not have a NUL among its characters")
            }
            environment[name] = text
        }
        return environment
    }

    func duration(_ range: ClosedRange<Nanoseconds>) throws(ScenarioError) -> Nanoseconds {
        let value = try quantity(Nanoseconds.self)
        guard range.contains(value) else {
            let bounds =
                range.upperBound == .max
                ? "be at least \(range.lowerBound)"
                : "lie between \(range.lowerBound) and \(range.upperBound)"
            throw complaint("'\(path)': '\(value)' must \(bounds)")
        }
        return value
    }

    /// Whether a bound is written as `none`.
    func isNone() throws(ScenarioError) -> Bool { try text() == "none" }

    /// Numbers of callers of closed loads; an empty list where there are only open ones.
    func closedLoads() throws(ScenarioError) -> [Int] {
        if let sequence = node.sequence, sequence.isEmpty { return [] }
        return try integers(1...1_024)
    }

    func integers(_ range: ClosedRange<Int>) throws(ScenarioError) -> [Int] {
        let values = try items().map { item throws(ScenarioError) in try item.integer(range) }
        return try distinct(values)
    }

    func mechanisms(
        of operation: AnchoredOperation
    ) throws(ScenarioError) -> [RecordMechanism] {
        let mechanisms = try items().map { item throws(ScenarioError) -> RecordMechanism in
            let word = try item.word(RecordMechanism.allCases.map(\.rawValue))
            let taken = operation.mechanisms
            guard let mechanism = taken.first(where: { $0.rawValue == word }) else {
                let names = taken.map(\.rawValue).joined(separator: ", ")
                throw item.complaint(
                    "'\(path)': '\(word)' is no mechanism of the operation "
                        + "'\(operation.rawValue)', which takes \(names)")
            }
            return mechanism
        }
        return try distinct(mechanisms)
    }

    func keyBits() throws(ScenarioError) -> [RecordMechanism: Int] {
        let keys = try entries(known: RecordMechanism.allCases.map(\.rawValue))
        var result: [RecordMechanism: Int] = [:]
        for (name, value) in keys {
            guard let mechanism = RecordMechanism(rawValue: name) else { continue }
            result[mechanism] = Int(try value.word(mechanism.algorithm.sizes.map(String.init)))
        }
        return result
    }

    func recordSizes() throws(ScenarioError) -> [ByteCount] {
        let sizes = try items().map { item throws(ScenarioError) -> ByteCount in
            let size = try item.quantity(ByteCount.self)
            guard (1...16 << 20).contains(size.count) else {
                throw item.complaint("'record-bytes': '\(size)' must lie between 1B and 16MiB")
            }
            return size
        }
        return try distinct(sizes)
    }

    func counts() throws(ScenarioError) -> [RecordCount] {
        let values = try items().map { item throws(ScenarioError) -> RecordCount in
            let value = try item.quantity(RecordCount.self)
            guard value.count > 0 else {
                throw item.complaint("'\(path)': 0 records are no data set")
            }
            return value
        }
        return try distinct(values).sorted()
    }

    /// A number of calls, at least one.
    func positiveCount() throws(ScenarioError) -> RecordCount {
        let value = try quantity(RecordCount.self)
        guard value.count > 0 else {
            throw complaint("'\(path)': '0' must be at least 1, or none for no bound")
        }
        return value
    }

    func windows() throws(ScenarioError) -> [Nanoseconds] {
        let values = try items().map { item throws(ScenarioError) in
            try item.duration(.milliseconds(1) ... .max)
        }
        return try distinct(values).sorted()
    }

    func attackers() throws(ScenarioError) -> [String] {
        let known = ["sprint", "creep", "fill", "pulse", "harvest", "best"]
        return try distinct(
            items().map { item throws(ScenarioError) in try item.word(known) })
    }

    /// A number of records; nil for `auto`.
    func recordsPerOperation() throws(ScenarioError) -> UInt64? {
        guard try text() != "auto" else { return nil }
        let value = try quantity(RecordCount.self)
        guard value.count > 0 else {
            throw complaint("'\(path)': '0' must be at least 1: one call opens something")
        }
        return value.count
    }

    func distinct<Value: Hashable>(_ values: [Value]) throws(ScenarioError) -> [Value] {
        guard Set(values).count == values.count else {
            throw complaint("'\(path)' lists the same value twice")
        }
        return values
    }
}

extension String {
    /// Whether every shell takes this for the name of a variable.
    var isVariableName: Bool {
        let isPlain = unicodeScalars.allSatisfy {
            $0.isASCII && ($0.properties.isAlphabetic || $0 == "_" || ("0"..."9").contains($0))
        }
        return isPlain && !(unicodeScalars.first.map { ("0"..."9").contains($0) } ?? true)
    }
}

extension YAMLValue {
    /// Codes of PKCS#11 by name, one or several.
    func returnCodes() throws(ScenarioError) -> [ReturnCode] {
        var codes: [ReturnCode] = []
        for item in try items() {
            let text = try item.text()
            guard let code = ReturnCode(named: text), code != .ok else {
                throw item.complaint(
                    "'\(item.path)': '\(text)' is no code of a refused call; name it as the "
                        + "standard does, such as CKR_FUNCTION_FAILED, or as a number such as 0x30")
            }
            if !codes.contains(code) { codes.append(code) }
        }
        return codes
    }
}
