import Foundation
import Regression

/// Reads `comparison.json` by the names that it promises, as a program of somebody else would.
struct ComparisonReader {
    private let document: Fields

    /// Reads a document; every name is looked up on its own, none is derived from a type of ours.
    init(_ json: String) throws {
        document = Fields(try JSONDecoder().decode(JSONValue.self, from: Data(json.utf8)))
    }

    var schemaVersion: Double? { document.find("schemaVersion").number }
    var exitCode: Double? { document.find("exitCode").number }

    func comparison() throws -> Comparison {
        let rule = Fields(document.find("rule"))
        var comparison = Comparison(
            kind: try named(Comparison.Kind.init, document.text("kind")),
            baseline: try document.text("baseline"), candidate: try document.text("candidate"),
            rule: GateRule(
                tolerance: try rule.number("toleranceShare"),
                metrics: try rule.texts("metrics").map { try named(Metric.init, $0) }))
        comparison.verdict = try named(GateVerdict.init, document.text("verdict"))
        comparison.evidence = try document.list("evidence").map(Self.evidence)
        comparison.control = try document.list("control").map(Self.evidence)
        comparison.untested = try document.list("untested").map {
            Comparison.Untested(
                cell: try $0.text("cell"), metric: try named(Metric.init, $0.text("metric")),
                reason: try $0.text("reason"))
        }
        comparison.invalid = try document.list("invalid").map {
            Comparison.InvalidCell(
                cell: try $0.text("cell"), side: try $0.text("side"),
                reasons: try $0.texts("reasons"))
        }
        comparison.differences = try document.list("differences").map {
            Comparison.Difference(
                condition: try $0.text("condition"), baseline: $0.find("baseline").text,
                candidate: $0.find("candidate").text)
        }
        comparison.missing = try document.texts("missing")
        comparison.extra = try document.texts("extra")
        comparison.allowsDifferences = document.find("allowsDifferences") == .truth(true)
        comparison.neededPairs = Int(try document.number("neededPairs"))
        comparison.notes = try document.texts("notes")
        comparison.reasons = try document.texts("reasons")
        comparison.advice = try document.text("advice")
        return comparison
    }

    private static func evidence(_ fields: Fields) throws -> Evidence {
        var found = Evidence(
            cell: try fields.text("cell"), metric: try named(Metric.init, fields.text("metric")),
            baseline: try fields.number("baselineValue"),
            candidate: try fields.number("candidateValue"), ratio: try fields.number("costRatio"),
            low: fields.find("costRatioIntervalLow99").number,
            high: fields.find("costRatioIntervalHigh99").number,
            upper: fields.find("costRatioUpperBound99").number,
            lower: fields.find("costRatioLowerBound99").number,
            pWorse: try fields.number("pWorse"), pBetter: try fields.number("pBetter"),
            floor: fields.find("floorCostRatio").number, pairs: Int(try fields.number("pairs")))
        found.pAdjusted = fields.find("pWorseAdjusted").number
        return found
    }
}

/// The value of a name; a name that has none is a fault of the document.
private func named<Value>(_ find: (String) -> Value?, _ name: String) throws -> Value {
    guard let value = find(name) else { throw UnknownName(name: name) }
    return value
}

private struct UnknownName: Error { let name: String }

/// A value of JSON. `JSONSerialization` reads some numbers a digit off.
private enum JSONValue: Decodable, Equatable {
    case nothing, truth(Bool), number(Double), text(String), list([JSONValue])
    case object([String: JSONValue])

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode(Bool.self) {
            self = .truth(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode([JSONValue].self) {
            self = .list(value)
        } else {
            self = .object(try container.decode([String: JSONValue].self))
        }
    }

    var number: Double? { if case .number(let value) = self { value } else { nil } }
    var text: String? { if case .text(let value) = self { value } else { nil } }
}

private struct Fields {
    private let values: [String: JSONValue]

    init(_ value: JSONValue) {
        if case .object(let values) = value { self.values = values } else { values = [:] }
    }

    func find(_ name: String) -> JSONValue { values[name] ?? .nothing }

    func number(_ name: String) throws -> Double { try named({ find($0).number }, name) }

    func text(_ name: String) throws -> String { try named({ find($0).text }, name) }

    func list(_ name: String) throws -> [Fields] {
        guard case .list(let items) = find(name) else { throw UnknownName(name: name) }
        return items.map(Fields.init)
    }

    func texts(_ name: String) throws -> [String] {
        guard case .list(let items) = find(name) else { throw UnknownName(name: name) }
        return try items.map { item in
            guard let text = item.text else { throw UnknownName(name: name) }
            return text
        }
    }
}
