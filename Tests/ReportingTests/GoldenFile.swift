import Foundation
import Testing

/// A text that was reviewed once, kept beside the tests.
enum GoldenFile {
    /// Expects a text to be what its file holds; with `RECORD_GOLDEN=1` writes the file, and fails.
    ///
    /// - Parameters:
    ///   - path: from the folder of these tests.
    ///   - digits: to which long decimals are cut on both sides: the last few of a logarithm differ
    ///     between processors; nil where nothing is cut.
    static func expect(
        _ text: String, toMatch path: String, digits: Int? = nil,
        at location: SourceLocation = #_sourceLocation
    ) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent().appending(path: path)
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(text.utf8).write(to: file)
            Issue.record(
                "recorded \(file.path); review it, then run without RECORD_GOLDEN",
                sourceLocation: location)
            return
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(
            rounded(text, digits) == rounded(golden, digits),
            "look at it, then record it with RECORD_GOLDEN=1", sourceLocation: location)
    }

    private static func rounded(_ text: String, _ digits: Int?) -> String {
        guard let digits else { return text }
        return text.replacing(#/\d+\.\d{6,}/#) { match in
            Double(match.output).map { String(format: "%.\(digits)g", $0) } ?? String(match.output)
        }
    }
}
