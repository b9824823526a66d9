import Experiment
import Foundation
import GateState
import Reporting

/// A file that grows by the lines of every period that is over, each exactly once.
///
/// One writer alone: it holds a lock on the file. A line that was cut off by a crash is taken away
/// before the next one is written.
final class PeriodFile {
    private let path: String
    private let form: GateLog
    private let flag: String
    private var file: FileHandle
    private var end: GateLog.End?
    private var isWaiting = false

    /// Opens a file or makes it, and finds where it goes on.
    ///
    /// - Throws: `ExperimentError.output` with the reason.
    init(_ path: String, _ form: GateLog, _ flag: String) throws {
        self.path = path
        self.form = form
        self.flag = flag
        signal(SIGXFSZ, SIG_IGN)
        file = try Self.open(path, flag)
        end = try Self.end(of: file, form, path, flag)
    }

    /// Adds the lines of the periods that are over and that the file does not hold.
    ///
    /// - Throws: `ExperimentError.output`; the file then is what it was before.
    func add(_ snapshot: GateSnapshot) throws {
        warn(at: snapshot)
        let new = form.lines(of: snapshot, after: end)
        guard !new.text.isEmpty else { return }
        try reopen()
        do {
            let size = try file.seekToEnd()
            do {
                let header = size == 0 ? form.header : ""
                try file.write(contentsOf: Data((header + new.text).utf8))
            } catch {
                try? file.truncate(atOffset: size)
                throw error
            }
        } catch {
            throw ExperimentError.output(
                "\(flag): '\(path)' cannot be written: \(error.reason)")
        }
        end = new.end
    }

    /// Says once that a file tells of times that have not come.
    private func warn(at snapshot: GateSnapshot) {
        guard let end, end.period > snapshot.taken, !isWaiting else { return }
        isWaiting = true
        Console.say(
            "\(flag): '\(path)' ends with \(end.inWords), which has not come: nothing is added "
                + "until then")
    }

    /// Opens the file anew where another one, or none, now bears its name: logs are rotated so.
    private func reopen() throws {
        var (named, opened) = (stat(), stat())
        guard fstat(file.fileDescriptor, &opened) == 0,
            stat(path, &named) != 0
                || (named.st_dev, named.st_ino) != (opened.st_dev, opened.st_ino)
        else { return }
        file = try Self.open(path, flag)
    }

    private static func open(_ path: String, _ flag: String) throws -> FileHandle {
        let number = Glibc.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC | O_NONBLOCK, 0o644)
        guard number >= 0 else {
            throw ExperimentError.output(
                "\(flag): '\(path)' cannot be opened: \(String(cString: strerror(errno)))")
        }
        let file = FileHandle(fileDescriptor: number, closeOnDealloc: true)
        var status = stat()
        guard fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
            throw ExperimentError.output("\(flag): '\(path)' is no file that can be added to")
        }
        guard flock(number, LOCK_EX | LOCK_NB) == 0 else {
            throw ExperimentError.output(
                "\(flag): another 'gate watch' is writing '\(path)': name another file")
        }
        return file
    }
}

/// Where a file goes on.
extension PeriodFile {
    /// Finds the last period in a file, and takes a line away that does not end.
    private static func end(
        of file: FileHandle, _ form: GateLog, _ path: String, _ flag: String
    ) throws -> GateLog.End? {
        do {
            guard try hasHeader(file, form) else { return nil }
            let (size, header) = (try file.seekToEnd(), UInt64(form.header.utf8.count))
            // Most files end with few lines of one period; those of ten thousand take longer.
            var length: UInt64 = 1 << 16
            while true {
                let start = max(header, size - min(size, length))
                try file.seek(toOffset: start)
                let bytes = try file.readToEnd() ?? Data()
                let lines = Lines(bytes, areAll: start == header)
                let end = try form.end(of: lines.whole, areAll: lines.areAll)
                guard lines.areAll || end.map({ !$0.mayHoldMore }) ?? false else {
                    length *= 4
                    continue
                }
                if lines.rest > 0 {
                    guard end != nil || !form.header.isEmpty || form.isBeginning(bytes) else {
                        throw GateLog.Foreign(line: String(decoding: bytes, as: UTF8.self))
                    }
                    try file.truncate(atOffset: size - UInt64(lines.rest))
                }
                return end
            }
        } catch let error as GateLog.Foreign {
            throw ExperimentError.output(
                "\(flag): '\(path)' holds something else, such as '\(error.line.prefix(60))': "
                    + "name another file")
        } catch {
            throw ExperimentError.output("\(flag): '\(path)' cannot be read: \(error.reason)")
        }
    }

    /// Whether a file begins with the header; a part of it is taken away.
    ///
    /// - Throws: `GateLog.Foreign` where it begins with something else.
    private static func hasHeader(_ file: FileHandle, _ form: GateLog) throws -> Bool {
        let expected = Data(form.header.utf8)
        guard !expected.isEmpty else { return true }
        try file.seek(toOffset: 0)
        let found = try file.read(upToCount: expected.count) ?? Data()
        guard expected.starts(with: found) else {
            throw GateLog.Foreign(line: String(decoding: found, as: UTF8.self))
        }
        if found.count < expected.count { try file.truncate(atOffset: 0) }
        return found.count == expected.count
    }

    /// The end of a file by its lines.
    private struct Lines {
        /// Those that are whole.
        let whole: [String]
        /// Whether there are none before them.
        let areAll: Bool
        /// Bytes behind the last one that is.
        let rest: Int

        init(_ bytes: Data, areAll: Bool) {
            let feed = UInt8(ascii: "\n")
            var parts = bytes.split(separator: feed, omittingEmptySubsequences: false)
            rest = parts.popLast()?.count ?? 0
            // The first may lack its beginning.
            if !areAll, !parts.isEmpty { parts.removeFirst() }
            whole = parts.map { String(decoding: $0, as: UTF8.self) }
            self.areAll = areAll
        }
    }
}
