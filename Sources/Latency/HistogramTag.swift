/// What a histogram of a run counted.
package enum HistogramKind: String, CaseIterable, Sendable {
    /// The time inside the anchor.
    case service
    /// From the instant a call was due to its end.
    case response
    /// How late a call started.
    case lateness
    /// What a call waited for the throttle.
    case throttleWait = "throttle-wait"
    /// The time it took to be refused.
    case denial
}

/// The tag of a row in a histogram log. Ours is `<cell>#<kind>`, such as
/// `aes-gcm-256/256B/closed-4/none#service`; other tools write what they like.
package struct HistogramTag: Hashable, Sendable, CustomStringConvertible {
    /// The tag as the log writes it.
    package let text: String

    /// A tag of any form.
    ///
    /// - Throws: `HistogramTagError` where it is empty or holds a comma, a space or a line break,
    ///   which the log format cannot carry.
    package init(_ text: String) throws(HistogramTagError) {
        guard !text.isEmpty, !text.contains(where: { $0 == "," || $0.isWhitespace }) else {
            throw HistogramTagError(text: text)
        }
        self.text = text
    }

    /// The tag of what one cell of a run counted.
    ///
    /// - Throws: `HistogramTagError` where the cell's key holds what no tag can.
    package init(cell: String, kind: HistogramKind) throws(HistogramTagError) {
        try self.init("\(cell)#\(kind.rawValue)")
    }

    /// The key of the cell; nil where the tag is none of ours.
    package var cell: String? { parts?.cell }

    /// What was counted; nil where the tag is none of ours.
    package var kind: HistogramKind? { parts?.kind }

    private var parts: (cell: String, kind: HistogramKind)? {
        guard let mark = text.lastIndex(of: "#"), mark > text.startIndex,
            let kind = HistogramKind(rawValue: String(text[text.index(after: mark)...]))
        else { return nil }
        return (String(text[..<mark]), kind)
    }

    package var description: String { text }
}

/// A tag that a histogram log cannot carry.
package struct HistogramTagError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The tag as it was given.
    package let text: String

    package var description: String {
        "'\(text)' cannot tag a histogram: use a name without commas, spaces and line breaks"
    }
}
