/// Why bytes or text are not a histogram that can be read.
package enum HistogramEncodingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The bytes end too soon, or go on too long.
    case truncated
    /// The cookie is not that of V2.
    case unknownVersion
    /// The range or the precision differs, or the counts lie beyond the range.
    case unlikeRange
    /// The range or the precision is none that a histogram has.
    case impossibleLayout
    /// The values are to be multiplied or shifted before they mean anything.
    case scaled
    /// The zlib stream is damaged.
    case damagedStream
    /// The zlib stream holds more bytes than any histogram in use.
    case tooLong
    /// The text is no base64.
    case notBase64

    package var description: String {
        switch self {
        case .truncated: "the histogram is cut short or goes on too long"
        case .unknownVersion: "it is no HdrHistogram of encoding V2: write it with a newer library"
        case .unlikeRange: "its range or precision differs, or its counts lie beyond its range"
        case .impossibleLayout: "no histogram has the range and the digits that its header states"
        case .scaled: "its values are scaled or shifted: write a histogram of whole numbers"
        case .damagedStream: "its zlib stream is damaged"
        case .tooLong:
            "its zlib stream holds more than \(HistogramEncoding.inflatedMax >> 20) MiB"
        case .notBase64: "it is no base64"
        }
    }
}
