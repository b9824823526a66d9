import Latency
import Results
import Units

/// How figures of several anchors are put for people.
enum AnchorWording {
    /// What a kind of key is called.
    static func key(_ kind: KeyKind) -> String {
        switch kind {
        case .token: "stored"
        case .session: "session"
        }
    }

    /// The names of anchors in a sentence.
    static func names(_ anchors: [MeasuredAnchor]) -> String {
        Wording.list(anchors.map(\.code))
    }
}

extension Interval {
    /// Whether both have bounds and leave room for one and the same value.
    func overlaps(_ other: Interval) -> Bool {
        guard let low, let high, let otherLow = other.low, let otherHigh = other.high else {
            return false
        }
        return low <= otherHigh && otherLow <= high
    }
}
