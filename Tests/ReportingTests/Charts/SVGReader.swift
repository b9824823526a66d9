import Foundation

@testable import Reporting

#if canImport(FoundationXML)
import FoundationXML
#endif

/// Reads back what a chart has drawn, as any XML parser would see it.
final class SVGReader: NSObject, XMLParserDelegate {
    /// A line of text and the rectangle it takes, by the widths of the widest usual face.
    struct Label {
        let text: String
        let box: Box
    }

    private(set) var labels: [Label] = []
    private(set) var elementNames: [String] = []
    private(set) var numbers: [Double] = []
    private(set) var width = 0.0
    private(set) var height = 0.0
    private var attributes: [String: String] = [:]
    private var text: String?
    private var isTooltip = false

    /// Parses the document; nil where it is not well-formed.
    init?(_ svg: String) {
        super.init()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = self
        guard parser.parse(), parser.parserError == nil else { return nil }
    }

    func parser(
        _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
        qualifiedName: String?, attributes: [String: String]
    ) {
        elementNames.append(name)
        for key in ["x", "y", "width", "height", "d", "stroke-width"] {
            let words = (attributes[key] ?? "").split { "MLZ ".contains($0) }
            numbers += words.map { Double($0) ?? .nan }
        }
        if name == "svg" {
            width = Double(attributes["width"] ?? "") ?? .nan
            height = Double(attributes["height"] ?? "") ?? .nan
        }
        if name == "text" { (self.attributes, text) = (attributes, "") }
        isTooltip = name == "title"
    }

    func parser(_ parser: XMLParser, foundCharacters string: String) {
        if !isTooltip { text? += string }
    }

    func parser(
        _ parser: XMLParser, didEndElement name: String, namespaceURI: String?,
        qualifiedName: String?
    ) {
        isTooltip = false
        guard name == "text", let text else { return }
        func number(_ key: String) -> Double { Double(attributes[key] ?? "") ?? .nan }
        let style = TextStyle(
            size: number("font-size"), isBold: attributes["font-weight"] != nil,
            isMonospaced: attributes["font-family"] != nil)
        let width = TextMeasure.width(text, style)
        let shifts = ["start": 0, "middle": 0.5, "end": 1]
        let shift = shifts[attributes["text-anchor"] ?? "start"] ?? .nan
        let left = number("x") - width * shift
        // From the top of the capitals to the base line: what must not touch.
        let top = number("y") - style.size * 0.73
        let box = Box(left: left, top: top, right: left + width, bottom: number("y"))
        labels.append(Label(text: text, box: box))
        self.text = nil
    }
}
