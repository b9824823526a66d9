import Foundation
import GateState
import Synchronization
import Testing

/// A folder with a gate before the module that does nothing, and processes that call through it.
final class Openers: Sendable {
    let folder: URL
    let state: String
    private let program: String
    private let gate: String

    /// Makes the gate and compiles the client.
    init(_ configure: (inout GateConfiguration) -> Void = { _ in }) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "clients-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        state = folder.appending(path: "state").path
        gate = try BuiltParts.gate()
        program = try Self.compiled.get()
        var configuration = GateConfiguration(module: try BuiltParts.scriptedToken())
        configure(&configuration)
        try GateState.create(at: state, configuration)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The client, compiled once.
    private static let compiled = Result { try compile("opener.c", ["-O1"]) }

    /// What is preloaded into a client whose calendar jumps, compiled once.
    static let jump = Result { try compile("jump.c", ["-O1", "-shared", "-fPIC"]) }

    private static func compile(_ source: String, _ options: [String]) throws -> String {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appending(path: "Clients/\(source)").path
        let program = FileManager.default.temporaryDirectory
            .appending(path: "anchorgate-\(source)-\(getpid())").path
        let compiler = Process()
        compiler.executableURL = URL(fileURLWithPath: "/usr/bin/cc")
        compiler.arguments = options + ["-Wall", "-Wextra", "-o", program, path, "-ldl"]
        try compiler.run()
        compiler.waitUntilExit()
        guard compiler.terminationStatus == 0 else { throw CocoaError(.fileReadUnknown) }
        return program
    }

    /// A file in which clients add up what they opened.
    var tally: String { folder.appending(path: "tally").path }

    /// What they have opened so far.
    var opened: UInt64 {
        guard let data = FileManager.default.contents(atPath: tally), data.count == 8 else {
            return 0
        }
        return data.enumerated().reduce(0) { $0 | UInt64($1.element) << (8 * UInt64($1.offset)) }
    }

    /// Starts a client.
    ///
    /// - Parameters:
    ///   - calls: how often it opens the record; 0 until it is refused or killed.
    ///   - script: what the module behind the gate does.
    ///   - preload: a library that is loaded before all others.
    func start(
        _ identity: String, calls: Int, script: String = "", tallies: Bool = true,
        preload: String? = nil
    ) throws -> Client {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = [gate, "\(calls)"] + (tallies ? [tally] : [])
        process.environment = [
            "ANCHORGATE_STATE": state, "ANCHORGATE_IDENTITY": identity,
            "ANCHORBENCH_SCRIPT": script,
        ].merging(preload.map { ["LD_PRELOAD": $0] } ?? [:]) { $1 }
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        return Client(process: process, output: output)
    }

    func snapshot() throws -> GateSnapshot { try GateSnapshot(path: state) }

    /// A client at work.
    final class Client {
        let process: Process
        private let output: Pipe

        init(process: Process, output: Pipe) { (self.process, self.output) = (process, output) }

        /// Ends it in the middle of whatever it does.
        func kill() {
            Foundation.kill(process.processIdentifier, SIGKILL)
            process.waitUntilExit()
        }

        /// Its last words: counts by return code in hexadecimal, and other figures by name.
        func results() throws -> [String: UInt64] {
            let data = try output.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
            return lines.reduce(into: [:]) { results, line in
                let words = line.split(separator: " ")
                guard words.count == 2, let number = UInt64(words[1]) else { return }
                results[String(words[0])] = number
            }
        }
    }
}
