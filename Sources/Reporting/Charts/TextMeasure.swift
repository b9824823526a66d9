/// How wide a text will be, without a font at hand.
///
/// The widths are those of DejaVu Sans, the widest of the usual sans-serif faces; wherever another
/// one is used the text is narrower than told here and still fits.
enum TextMeasure {
    /// The width of one character of the monospaced face, in ems.
    static let monospaced = 0.603

    /// The width of a line in pixels.
    static func width(_ text: String, _ style: TextStyle) -> Double {
        let ems = text.unicodeScalars.reduce(0.0) { sum, scalar in
            sum + (style.isMonospaced ? max(monospaced, wide(scalar)) : width(scalar))
        }
        return ems * style.size * (style.isBold ? 1.11 : 1)
    }

    /// The text cut in its middle until it is at most `limit` pixels wide.
    static func shortened(_ text: String, _ style: TextStyle, to limit: Double) -> String {
        guard width(text, style) > limit else { return text }
        var head = Array(text.prefix(text.count / 2))
        var tail = Array(text.suffix(text.count - head.count))
        while !(head.isEmpty && tail.isEmpty) {
            let result = String(head) + "…" + String(tail)
            if width(result, style) <= limit { return result }
            if head.count > tail.count { head.removeLast() } else { tail.removeFirst() }
        }
        return "…"
    }

    /// The text in lines of at most `limit` pixels, broken at blanks; a longer word is shortened.
    static func wrapped(_ text: String, _ style: TextStyle, to limit: Double) -> [String] {
        var lines: [String] = []
        for word in text.split(whereSeparator: \.isWhitespace) {
            let word = shortened(String(word), style, to: limit)
            if let last = lines.last, width("\(last) \(word)", style) <= limit {
                lines[lines.count - 1] = "\(last) \(word)"
            } else {
                lines.append(word)
            }
        }
        return lines
    }

    private static func width(_ scalar: Unicode.Scalar) -> Double {
        switch scalar {
        case " ", ",", ".": 0.32
        case "i", "j", "l", "I", "J", "'", "|": 0.3
        case "f", "t", "r", "-", "(", ")", "[", "]", "/", ":", ";": 0.4
        case "c", "s", "z", "k", "L", "F", "*", "\"", "_", "!", "?", "·": 0.58
        case "m", "%", "W", "—", "@": 1
        case "w", "M", "+", "=", "<", ">", "~", "#", "&", "×", "≥", "≤", "±": 0.87
        case "a"..."z", "0"..."9": 0.637
        case "A"..."Z": 0.78
        default: max(0.7, wide(scalar))
        }
    }

    /// Scripts and symbols that fill a square, and more; also the sign that stands for a character
    /// that XML forbids.
    private static func wide(_ scalar: Unicode.Scalar) -> Double {
        scalar.value >= 0x1F000 ? 1.4 : scalar.value >= 0x2190 || scalar.value < 0x20 ? 1.1 : 0
    }
}

/// How a text is set.
struct TextStyle {
    /// The height of the letters in pixels, as CSS counts it.
    var size: Double
    var ink: Ink = .text
    var isBold = false
    var isMonospaced = false

    static let title = TextStyle(size: 18, isBold: true)
    static let subtitle = TextStyle(size: 13, ink: .muted)
    static let axisLabel = TextStyle(size: 12, isBold: true)
    static let tick = TextStyle(size: 12, ink: .muted)
    static let label = TextStyle(size: 12)
    static let note = TextStyle(size: 12, ink: .muted)
    static let cell = TextStyle(size: 12, isMonospaced: true)

    /// The style in another ink.
    func inked(_ ink: Ink) -> TextStyle {
        var style = self
        style.ink = ink
        return style
    }
}
