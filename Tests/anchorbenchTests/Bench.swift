import Foundation
import Glibc
import Testing

/// The built command, called in a folder of its own with an environment of its own.
///
/// Everything temporary goes below `temporary`: what is left there was left by the command.
final class Bench {
    /// The working folder; gone with this.
    let folder: URL
    /// What the command takes for the system's temporary folder.
    let temporary: URL
    private let executable: URL

    init() throws {
        executable = try BuildFolder.command()
        folder = FileManager.default.temporaryDirectory
            .appending(path: "command-\(UUID().uuidString)", directoryHint: .isDirectory)
            .resolvingSymlinksInPath()
        temporary = folder.appending(path: "tmp", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: temporary, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// Runs the command to its end.
    func run(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Ended {
        try Running(executable, arguments, self, environment).wait()
    }

    /// Runs the command with a list of arguments to its end.
    func run(arguments: [String]) throws -> Ended {
        try Running(executable, arguments, self, [:]).wait()
    }

    /// Starts the command and leaves it running.
    func start(
        _ arguments: String..., environment: [String: String] = [:], error: FileHandle? = nil
    ) throws -> Running {
        try Running(executable, arguments, self, environment, error: error)
    }

    /// Starts the command with a list of arguments.
    func start(_ arguments: [String], environment: [String: String] = [:]) throws -> Running {
        try Running(executable, arguments, self, environment)
    }

    /// Starts the command with a terminal for its standard error.
    func startOnTerminal(
        _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Running {
        try Running(executable, arguments, self, environment, terminal: try Terminal())
    }

    /// Runs the command where no file may grow beyond so many blocks of 512 bytes, as on a disk
    /// that is full.
    func run(
        fileBlocks: Int, _ arguments: String..., environment: [String: String] = [:]
    ) throws -> Ended {
        let script = "ulimit -f \(fileBlocks); exec \"$0\" \"$@\""
        return try Running(
            URL(filePath: "/bin/sh"), ["-c", script, executable.path] + arguments, self,
            environment
        ).wait()
    }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// The text of a file in the folder.
    func text(_ name: String) throws -> String {
        try String(contentsOf: folder.appending(path: name), encoding: .utf8)
    }

    /// Writes a file into the folder.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    /// Every file below a folder, by its path from there.
    func files(below name: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: path(name)).filter { file in
            var isFolder: ObjCBool = false
            return FileManager.default.fileExists(
                atPath: path("\(name)/\(file)"), isDirectory: &isFolder) && !isFolder.boolValue
        }.sorted()
    }

    /// What was left among the temporary files.
    var leftovers: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: temporary.path) }
    }

    /// The worker processes of this bench: they carry its temporary folder among their arguments.
    var workers: [pid_t] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
                guard let identifier = pid_t(name),
                    let line = try? Data(contentsOf: URL(filePath: "/proc/\(name)/cmdline")),
                    String(decoding: line, as: UTF8.self).contains(temporary.path)
                else { return nil }
                return identifier
            }
        }
    }

    /// Waits until something is so.
    ///
    /// - Throws: `NeverSo` after five minutes.
    func wait(until isSo: () throws -> Bool) throws {
        for _ in 0..<6_000 {
            if try isSo() { return }
            usleep(50_000)
        }
        throw NeverSo()
    }

    /// What was waited for did not come.
    struct NeverSo: Error {}
}

/// A command that ended.
struct Ended {
    let code: Int32
    let output: String
    let error: String

    /// The lines of standard output.
    var lines: [String] { output.split(separator: "\n").map(String.init) }
}

/// A command that may still run; its streams go into files.
final class Running {
    private let process = Process()
    private let terminal: Terminal?
    private let streams: (output: URL, error: URL)

    init(
        _ executable: URL, _ arguments: [String], _ bench: Bench, _ changes: [String: String],
        terminal: Terminal? = nil, error: FileHandle? = nil
    ) throws {
        self.terminal = terminal
        let name = UUID().uuidString
        streams = (
            bench.folder.appending(path: ".\(name).out"),
            bench.folder.appending(path: ".\(name).err")
        )
        var environment = ProcessInfo.processInfo.environment
        environment["TMPDIR"] = bench.temporary.path
        environment["COLUMNS"] = "80"
        environment.merge(changes) { $1 }
        process.executableURL = executable
        process.arguments = arguments
        process.environment = environment
        process.currentDirectoryURL = bench.folder
        process.standardInput = FileHandle.nullDevice
        for stream in [streams.output, streams.error] {
            try Data().write(to: stream)
        }
        process.standardOutput = try FileHandle(forWritingTo: streams.output)
        process.standardError =
            try error ?? terminal?.line ?? FileHandle(forWritingTo: streams.error)
        try process.run()
    }

    deinit { terminal?.close() }

    /// Sends a signal.
    func send(_ number: Int32) { kill(process.processIdentifier, number) }

    /// What its terminal has shown so far.
    var shown: String { terminal?.shown ?? "" }

    /// What it has said on standard error so far.
    var errorSoFar: String {
        get throws { try String(contentsOf: streams.error, encoding: .utf8) }
    }

    /// What it has printed so far.
    var outputSoFar: String {
        get throws { try String(contentsOf: streams.output, encoding: .utf8) }
    }

    /// Waits for the end; a command that a signal ended has that signal's number, negative.
    func wait() throws -> Ended {
        process.waitUntilExit()
        let status = process.terminationStatus
        return Ended(
            code: process.terminationReason == .exit ? status : -status,
            output: try String(contentsOf: streams.output, encoding: .utf8),
            error: try String(contentsOf: streams.error, encoding: .utf8))
    }
}

/// The commands run one after the other: each keeps the machine busy by itself.
@Suite("The command", .serialized) enum CommandTests {}
