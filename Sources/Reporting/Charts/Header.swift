/// The title and subtitle above a chart, in as many lines as they need.
struct Header {
    /// The distance from the page's edge to whatever is written, in pixels.
    static let margin = 24.0

    /// The height taken, from the upper edge of the page.
    let height: Double
    private let lines: [(text: String, style: TextStyle, baseline: Double)]

    /// Breaks the texts into lines for a page `width` pixels wide.
    init(title: String, subtitle: String, width: Double) {
        let room = width - 2 * Self.margin
        var lines: [(text: String, style: TextStyle, baseline: Double)] = []
        var bottom = 14.0
        for text in TextMeasure.wrapped(title, .title, to: room) {
            bottom += 24
            lines.append((text, .title, bottom - 4))
        }
        for text in TextMeasure.wrapped(subtitle, .subtitle, to: room) {
            bottom += 19
            lines.append((text, .subtitle, bottom - 3))
        }
        self.lines = lines
        height = bottom
    }

    /// Writes the lines.
    func draw(on canvas: inout Canvas) {
        for line in lines {
            canvas.text(line.text, at: Spot(Self.margin, line.baseline), line.style)
        }
    }
}
