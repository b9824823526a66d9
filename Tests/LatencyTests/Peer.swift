import Foundation
import Units

@testable import Latency

/// The HdrHistogram package of Python, run by the script beside these tests.
enum Peer {
    /// What the package finds in one row of a log.
    struct Row: Decodable {
        let tag: String?
        let startMilliseconds: Int64
        let endMilliseconds: Int64
        let lowest: UInt64
        let highest: UInt64
        let digits: Int
        let count: UInt64
        let longest: UInt64
        let mean: Double
        let deviation: Double
        /// Of 50, 90, 99 and 99.9 %.
        let percentiles: [UInt64]
        /// The lowest value of each bucket in use, and its count.
        let counts: [[UInt64]]
    }

    static let percentiles: [Percentile] = [.p50, .p90, .p99, .p999]

    /// The package is not where `Scripts/test` puts it.
    struct Missing: Error, CustomStringConvertible {
        let python: String
        var description: String {
            "there is no \(python): run Scripts/test, which installs Python's hdrhistogram there"
        }
    }

    /// The script ended with an error of its own, which it wrote to the error stream.
    struct Failed: Error {
        let arguments: [String]
        let code: Int32
    }

    /// The rows that the package reads from a log of ours.
    static func rows(of log: String) throws -> [Row] {
        try withFile(log) { try decode(run("read", $0.path)) }
    }

    /// A log that the package writes, and what it says is in it.
    static func written() throws -> (log: String, json: Data) { try writtenOnce.get() }

    private static let writtenOnce = Result {
        try withFile("") { file in
            let json = try run("write", file.path)
            return (log: try String(contentsOf: file, encoding: .utf8), json: json)
        }
    }

    /// The percentile distributions that the package prints.
    static func distributions(of histograms: [PortableHistogram], ratio: Int) throws -> [String] {
        var log = HistogramLog(start: nil, unit: nil)
        for histogram in histograms {
            try log.append(
                HistogramLog.Row(tag: nil, start: .zero, length: .seconds(1), histogram: histogram))
        }
        let json = try withFile(log.text) { try run("hgrm", $0.path, "\(ratio)") }
        return try JSONDecoder().decode([String].self, from: json)
    }

    static func decode(_ json: Data) throws -> [Row] {
        try JSONDecoder().decode([Row].self, from: json)
    }

    private static let tests = URL(filePath: #filePath).deletingLastPathComponent()

    private static func run(_ arguments: String...) throws -> Data {
        let python = tests.deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: ".build/python/bin/python")
        guard FileManager.default.isExecutableFile(atPath: python.path) else {
            throw Missing(python: python.path)
        }
        let process = Process()
        process.executableURL = python
        process.arguments = ["-I", tests.appending(path: "peer.py").path] + arguments
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let data = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Failed(arguments: arguments, code: process.terminationStatus)
        }
        return data
    }

    private static func withFile<Value>(
        _ text: String, _ body: (URL) throws -> Value
    ) throws -> Value {
        let file = FileManager.default.temporaryDirectory
            .appending(path: "latency-tests-\(UUID().uuidString).hlog")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try body(file)
    }
}
