import Foundation

/// A program that is told what to do line by line, and answers each line with one of its own.
final class ClientDialogue {
    private let process = Process()
    private let input = Pipe()
    private let output = Pipe()
    private var pending = Data()

    /// Starts a program of the search path in the folder of a site.
    init(
        _ program: String, _ arguments: [String], in site: ClientSite,
        _ environment: [String: String]
    ) throws {
        // A program that died early is seen by its silence; writing to it must not end the tests.
        signal(SIGPIPE, SIG_IGN)
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment
        process.currentDirectoryURL = site.folder
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        try process.run()
    }

    deinit { end() }

    /// Its number.
    var identifier: pid_t { process.processIdentifier }

    /// Has it do something; its answer.
    func ask(_ line: String) throws -> String {
        try say(line)
        return try answer()
    }

    /// Writes a line to it.
    func say(_ line: String) throws {
        try input.fileHandleForWriting.write(contentsOf: Data("\(line)\n".utf8))
    }

    /// Its next line.
    ///
    /// - Throws: `Silent` where none comes within two minutes, or it ended.
    func answer() throws -> String {
        let handle = output.fileHandleForReading.fileDescriptor
        while true {
            if let end = pending.firstIndex(of: 0x0a) {
                let line = pending[pending.startIndex..<end]
                pending.removeSubrange(pending.startIndex...end)
                return String(decoding: line, as: UTF8.self)
            }
            var ready = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
            guard poll(&ready, 1, 120_000) == 1 else { throw Silent(said: pending) }
            var bytes = [UInt8](repeating: 0, count: 4_096)
            let count = read(handle, &bytes, bytes.count)
            guard count > 0 else { throw Silent(said: pending) }
            pending.append(contentsOf: bytes.prefix(count))
        }
    }

    /// Tells it that nothing more comes and waits for its end; its exit code.
    @discardableResult
    func end() -> Int32 {
        try? input.fileHandleForWriting.close()
        for _ in 0..<6_000 where process.isRunning { usleep(10_000) }
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        return process.terminationStatus
    }

    /// It said nothing more.
    struct Silent: Error, CustomStringConvertible {
        let said: Data
        var description: String {
            "the program says nothing more after '\(String(decoding: said, as: UTF8.self))'"
        }
    }
}
