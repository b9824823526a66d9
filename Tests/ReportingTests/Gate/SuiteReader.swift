import Foundation

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads `junit.xml` as a build server does: a suite, its properties, then its cases, each with one
/// result at the most.
final class SuiteReader: NSObject, XMLParserDelegate {
    struct Case {
        var owner: String
        var name: String
        /// The element that says how it ended; nil where it passed.
        var result: String?
        var message = ""
        var hasFigures = false
    }

    private(set) var attributes: [String: String] = [:]
    private(set) var properties: [String: String] = [:]
    private(set) var cases: [Case] = []
    /// What stands where the form has no place for it.
    private(set) var faults: [String] = []
    private var path: [String] = []

    /// Which elements stand in which, and the attributes that each must have and may have.
    private static let form: [String: (parent: String?, must: Set<String>, may: Set<String>)] = [
        "testsuite": (nil, ["name", "tests", "failures", "errors", "skipped"], ["time"]),
        "properties": ("testsuite", [], []), "property": ("properties", ["name", "value"], []),
        "testcase": ("testsuite", ["name", "classname"], ["time"]),
        "failure": ("testcase", ["message", "type"], []),
        "error": ("testcase", ["message", "type"], []), "skipped": ("testcase", ["message"], []),
        "system-out": ("testcase", [], []),
    ]

    /// Parses the document; nil where it is not well-formed.
    init?(_ xml: String) {
        super.init()
        let parser = XMLParser(data: Data(xml.utf8))
        parser.delegate = self
        guard parser.parse(), parser.parserError == nil else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        check(name, Set(attributes.keys))
        path.append(name)
        switch name {
        case "testsuite": self.attributes = attributes
        case "property": properties[attributes["name"] ?? ""] = attributes["value"]
        case "testcase":
            cases.append(
                Case(owner: attributes["classname"] ?? "", name: attributes["name"] ?? ""))
        case "failure", "error", "skipped":
            guard var last = cases.popLast() else { return }
            if last.result != nil { faults.append("\(last.name) ends twice") }
            (last.result, last.message) = (name, attributes["message"] ?? "")
            cases.append(last)
        case "system-out":
            if !cases.isEmpty { cases[cases.count - 1].hasFigures = true }
        default: break
        }
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        path.removeLast()
    }

    private func check(_ name: String, _ keys: Set<String>) {
        guard let form = Self.form[name] else {
            faults.append("no such element: \(name)")
            return
        }
        if form.parent != path.last { faults.append("\(name) in \(path.last ?? "nothing")") }
        if !form.must.isSubset(of: keys) { faults.append("\(name) lacks attributes") }
        if !keys.subtracting(form.must).isSubset(of: form.may) { faults.append("\(name): \(keys)") }
        if name == "properties", !cases.isEmpty { faults.append("properties after a case") }
    }
}
