import Exposure
import Throttling

/// The choices of a frontier by what they have in common: a colour for each throttle, a marker for
/// each M of N.
struct FrontierKinds {
    /// The markers, one series for all that are drawn alike.
    let series: [Series]
    /// Which marker stands for which M of N, where the legend has no room for it; else empty.
    let markersInWords: String
    /// Whether a throttle burdens more of the legitimate calls than the target allows.
    let hasRuledOut: Bool

    /// Names of more kinds than this would be a legend longer than the chart is high.
    private static let legendLimit = 10

    /// Choices that are drawn alike.
    private struct Kind: Hashable {
        let throttle: Policy
        let quorum: String
        let isRuledOut: Bool
    }

    /// Sorts the choices of a frontier, and the one that is recommended, in the order in which they
    /// first appear.
    init(_ choice: ThresholdChoice, names: [Policy: String]) {
        let recommended = [choice.recommended].compactMap { $0 }
        let points = choice.frontier + recommended.filter { !choice.frontier.contains($0) }
        let limit = choice.targets.burdenedShare.value
        let members = Dictionary(grouping: points) { Self.kind(of: $0, limit) }
        let kinds = Self.distinct(points.map { Self.kind(of: $0, limit) })
        let throttles = Self.distinct(points.map(\.throttle))
        let quorums = Self.distinct(points.map(Self.quorum))
        let isLong = kinds.count > Self.legendLimit
        var named: Set<Policy> = []
        series = kinds.map { kind in
            let throttle = names[kind.throttle] ?? kind.throttle.inWords
            let isFirst = named.insert(kind.throttle).inserted
            return Series(
                isLong ? isFirst ? throttle : "" : "\(throttle), \(kind.quorum)",
                (members[kind] ?? []).map { Series.Point($0.falseAlarmsPerMonth, $0.recordsLost) },
                style: .points, color: throttles.firstIndex(of: kind.throttle),
                marker: quorums.firstIndex(of: kind.quorum), isHollow: kind.isRuledOut)
        }
        hasRuledOut = kinds.contains(where: \.isRuledOut)
        markersInWords = isLong ? Self.inWords(quorums) : ""
    }

    /// M of N, or that no alarm can be raised.
    static func quorum(_ point: ThresholdChoice.Point) -> String {
        guard point.isHeard else { return "no alarm" }
        return "\(point.rule.datapointsToAlarm) of \(point.rule.evaluationPeriods)"
    }

    private static func kind(of point: ThresholdChoice.Point, _ limit: Double) -> Kind {
        Kind(
            throttle: point.throttle, quorum: quorum(point),
            isRuledOut: point.burdenedShare > limit)
    }

    private static func inWords(_ quorums: [String]) -> String {
        let parts = Marker.allCases.compactMap { marker -> String? in
            let own = quorums.indices.filter { Marker(turn: $0) == marker }.map { quorums[$0] }
            return own.isEmpty ? nil : "\(marker.plural): \(own.joined(separator: " or "))"
        }
        let text = parts.joined(separator: "; ")
        return text.prefix(1).uppercased() + text.dropFirst() + "."
    }

    private static func distinct<Value: Hashable>(_ values: [Value]) -> [Value] {
        var seen: Set<Value> = []
        return values.filter { seen.insert($0).inserted }
    }
}
