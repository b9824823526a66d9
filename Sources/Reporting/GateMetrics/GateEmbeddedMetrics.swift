import Foundation
import GateState
import Units

/// The counts of a gate as lines of CloudWatch's Embedded Metric Format.
///
/// One line for each identity that called in a period, under the dimensions Gate and Identity, and
/// one for all of them under Gate alone: an alarm watches that one, which comes for a period
/// without a call too. A line's time is the beginning of its period.
package struct GateEmbeddedMetrics: Sendable {
    private let snapshot: GateSnapshot

    /// The lines of all periods that the gate keeps and that are over.
    package init(_ snapshot: GateSnapshot) { self.snapshot = snapshot }

    /// The lines.
    package var text: String {
        GateLog.embeddedMetrics.lines(of: snapshot, after: nil).text
    }

    /// The namespace of its metrics.
    static let namespace = "AnchorGate"
    /// What every line begins with: its members are in the order of their names.
    static let beginning = "{\"\(Event.CodingKeys.admitted.rawValue)\":"

    /// The lines of one period.
    static func lines(
        of number: Int64, in history: GateHistory
    ) -> [(place: GateLog.Place, text: String)] {
        let start = history.start(of: number).count / 1_000_000
        let pairs = zip(history.snapshot.identities, history.counts(in: number))
        let identities = pairs.compactMap { identity, period in
            period.map { (name: Optional(identity.name), period: $0) }
        }
        return (identities + [(nil, history.total(in: number))]).map { name, period in
            let event = Event(history.snapshot, identity: name, period, start: start)
            let key = event.identity.map { Array($0.utf8) } ?? []
            return (GateLog.Place(start: start, name: key), event.line)
        }
    }

    /// What a line tells of; nil where it is none.
    static func place(of line: String) -> GateLog.Place? {
        guard let event = try? JSONDecoder().decode(Event.self, from: Data(line.utf8)),
            event.metadata.directives.first?.namespace == namespace
        else { return nil }
        return GateLog.Place(
            start: event.metadata.timestamp, name: event.identity.map { Array($0.utf8) } ?? [])
    }

    /// A text as the value of a dimension.
    ///
    /// CloudWatch takes printable ASCII that does not begin with a colon, at most 1,024 characters.
    /// Other bytes are written as in a URL, so that different texts stay different.
    static func dimension(_ text: String) -> String {
        let kept = text.utf8.map { byte in
            (0x20..<0x7f).contains(byte) && byte != UInt8(ascii: "%")
                ? String(Unicode.Scalar(byte))
                : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
        // The end of a path tells more than its beginning.
        let end = kept.count > longestValue ? String(kept.suffix(longestValue - 2)) : kept
        return end.hasPrefix(":") ? "%3A\(end.dropFirst())" : end
    }

    private static let longestValue = 1_024
}

/// One line.
private struct Event: Codable {
    let metadata: Metadata
    let gate: String
    let identity: String?
    let admitted: UInt64
    let throttled: UInt64
    let revoked: UInt64
    let units: UInt64

    enum CodingKeys: String, CodingKey, CaseIterable {
        case metadata = "_aws"
        case gate = "Gate"
        case identity = "Identity"
        case admitted = "Admitted"
        case throttled = "Throttled"
        case revoked = "Revoked"
        case units = "Units"
    }

    /// What tells CloudWatch which members are metrics.
    struct Metadata: Codable {
        let timestamp: Int64
        let directives: [Directive]

        enum CodingKeys: String, CodingKey {
            case timestamp = "Timestamp"
            case directives = "CloudWatchMetrics"
        }
    }

    /// Which members are metrics, under which dimensions.
    struct Directive: Codable {
        let namespace: String
        let dimensions: [[String]]
        let metrics: [Metric]

        enum CodingKeys: String, CodingKey {
            case namespace = "Namespace"
            case dimensions = "Dimensions"
            case metrics = "Metrics"
        }
    }

    /// A metric and how finely it is kept.
    struct Metric: Codable {
        let name: String
        let unit: String
        let resolution: Int

        enum CodingKeys: String, CodingKey {
            case name = "Name"
            case unit = "Unit"
            case resolution = "StorageResolution"
        }
    }

    init(_ snapshot: GateSnapshot, identity: String?, _ period: GatePeriod, start: Int64) {
        let names: [CodingKeys] = identity == nil ? [.gate] : [.gate, .identity]
        let metrics: [CodingKeys] = [.admitted, .throttled, .revoked, .units]
        let isFine = snapshot.configuration.period < .seconds(60)
        metadata = Metadata(
            timestamp: start,
            directives: [
                Directive(
                    namespace: GateEmbeddedMetrics.namespace,
                    dimensions: [names.map(\.rawValue)],
                    metrics: metrics.map {
                        Metric(name: $0.rawValue, unit: "Count", resolution: isFine ? 1 : 60)
                    })
            ])
        gate = GateEmbeddedMetrics.dimension(snapshot.path)
        self.identity = identity.map(GateEmbeddedMetrics.dimension)
        (admitted, throttled, revoked) = (
            period.calls.admitted, period.calls.throttled, period.calls.revoked
        )
        units = period.units
    }

    /// The event as a line that ends.
    var line: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Text and counts alone, which every encoder takes.
        let bytes = (try? encoder.encode(self)) ?? Data()
        return String(decoding: bytes, as: UTF8.self) + "\n"
    }
}
