/// Tags and text of XML 1.0.
enum XMLText {
    /// A tag with its attributes.
    static func tag(
        _ name: String, _ attributes: [(String, String)], isEmpty: Bool = false
    ) -> String {
        let list = attributes.map { " \($0.0)=\"\(escaped($0.1))\"" }.joined()
        return "<\(name)\(list)\(isEmpty ? "/" : "")>"
    }

    /// The text on one line, without what the language gives a meaning or has no place for: its
    /// first edition knows of the control characters only three, and readers refuse the others
    /// even as numbers.
    static func escaped(_ text: String) -> String {
        GateWording.oneLine(text).unicodeScalars.reduce(into: "") { result, scalar in
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&apos;"
            case "\u{FFFE}", "\u{FFFF}": result += "\u{FFFD}"
            default: result.unicodeScalars.append(scalar)
            }
        }
    }
}
