/// Collects the elements of a chart and writes them as one SVG document, one element a line.
struct Canvas {
    /// The width of the document in pixels.
    let width: Double
    /// Its height in pixels.
    let height: Double
    private var elements: [String] = []

    init(width: Double, height: Double) {
        self.width = width.rounded(.up)
        self.height = height.rounded(.up)
    }

    /// Where a text is anchored.
    enum Anchor: String {
        case start, middle, end
    }

    /// A filled rectangle.
    mutating func rect(_ box: Box, _ ink: Ink, opacity: Double = 1, radius: Double = 0) {
        var corner = ""
        if radius > 0 { corner = " rx=\"\(Self.number(radius))\"" }
        elements.append(
            "<rect x=\"\(Self.number(box.left))\" y=\"\(Self.number(box.top))\""
                + " width=\"\(Self.number(box.width))\" height=\"\(Self.number(box.height))\""
                + corner + Self.fill(ink, opacity) + "/>")
    }

    /// A straight line.
    mutating func line(_ stroke: Stroke, _ ink: Ink, width: Double = 1, dash: String? = nil) {
        path([[stroke.from, stroke.to]], ink, width: width, dash: dash)
    }

    /// Lines through the places of each run.
    mutating func path(_ runs: [[Spot]], _ ink: Ink, width: Double, dash: String? = nil) {
        guard !runs.isEmpty else { return }
        elements.append(
            "<path d=\"\(Self.outline(runs))\" fill=\"none\"" + Self.stroke(ink, width, dash) + "/>"
        )
    }

    /// A filled shape, with an edge of its own where `edge` is given.
    mutating func shape(
        _ corners: [Spot], _ ink: Ink, opacity: Double = 1, edge: Ink? = nil,
        edgeWidth: Double = 1.5
    ) {
        let classes = "fill-\(ink.name)" + (edge.map { " stroke-\($0.name)" } ?? "")
        var attributes = " class=\"\(classes)\" fill=\"\(ink.light)\""
        if opacity < 1 { attributes += " fill-opacity=\"\(Self.number(opacity))\"" }
        if let edge {
            attributes += " stroke=\"\(edge.light)\" stroke-width=\"\(Self.number(edgeWidth))\""
        }
        elements.append("<path d=\"\(Self.outline([corners]))Z\"\(attributes)/>")
    }

    /// A line of text; `spot` is the place of its anchor on the base line.
    ///
    /// `tooltip` is shown by a browser when the pointer rests on the text.
    mutating func text(
        _ string: String, at spot: Spot, _ style: TextStyle, _ anchor: Anchor = .start,
        tooltip: String? = nil
    ) {
        guard !string.isEmpty else { return }
        var attributes = " x=\"\(Self.number(spot.x))\" y=\"\(Self.number(spot.y))\""
        attributes += " font-size=\"\(Self.number(style.size))\""
        if style.isBold { attributes += " font-weight=\"600\"" }
        if style.isMonospaced { attributes += " font-family=\"\(Self.monospaced)\"" }
        if anchor != .start { attributes += " text-anchor=\"\(anchor.rawValue)\"" }
        let title = tooltip.map { "<title>\(Self.escaped($0))</title>" } ?? ""
        elements.append(
            "<text\(attributes)\(Self.fill(style.ink, 1))>\(title)\(Self.escaped(string))</text>")
    }

    /// The document; the title and the description are for readers who cannot see it.
    func document(title: String, description: String) -> String {
        let (width, height) = (Self.number(width), Self.number(height))
        let head = [
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(width)\" height=\"\(height)\""
                + " viewBox=\"0 0 \(width) \(height)\" role=\"img\""
                + " aria-labelledby=\"chart-title chart-description\""
                + " font-family=\"\(Self.proportional)\">",
            "<title id=\"chart-title\">\(Self.escaped(title))</title>",
            "<desc id=\"chart-description\">\(Self.escaped(description))</desc>",
            "<style>\n\(Ink.styleSheet)\n</style>",
            "<rect width=\"\(width)\" height=\"\(height)\"\(Self.fill(.background, 1))/>",
        ]
        return (head + elements + ["</svg>", ""]).joined(separator: "\n")
    }

    private static let proportional =
        "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', Arial, sans-serif"
    private static let monospaced =
        "ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace"

    private static func fill(_ ink: Ink, _ opacity: Double) -> String {
        let share = opacity < 1 ? " fill-opacity=\"\(number(opacity))\"" : ""
        return " class=\"fill-\(ink.name)\" fill=\"\(ink.light)\"\(share)"
    }

    private static func stroke(_ ink: Ink, _ width: Double, _ dash: String?) -> String {
        let pattern = dash.map { " stroke-dasharray=\"\($0)\"" } ?? ""
        return " class=\"stroke-\(ink.name)\" stroke=\"\(ink.light)\""
            + " stroke-width=\"\(number(width))\" stroke-linejoin=\"round\"\(pattern)"
    }

    private static func outline(_ runs: [[Spot]]) -> String {
        runs.map { run in
            "M" + run.map { "\(number($0.x)) \(number($0.y))" }.joined(separator: "L")
        }.joined()
    }

    /// A coordinate with at most two decimals: finer than a pixel can show, and coarse enough that
    /// the last bits of a logarithm do not change the text.
    static func number(_ value: Double) -> String {
        precondition(abs(value) < 1e7, "a coordinate lies near the chart")
        let hundredths = Int((value * 100).rounded())
        let (whole, rest) = (hundredths.magnitude / 100, hundredths.magnitude % 100)
        let sign = hundredths < 0 ? "-" : ""
        if rest == 0 { return "\(sign)\(whole)" }
        if rest % 10 == 0 { return "\(sign)\(whole).\(rest / 10)" }
        return "\(sign)\(whole).\(rest < 10 ? "0" : "")\(rest)"
    }

    /// The text as XML 1.0 takes it: markup escaped, characters that it forbids replaced.
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "\t", "\n", "\r": result += " "
            case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}
