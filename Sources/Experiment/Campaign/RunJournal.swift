import Foundation
import Glibc
import Latency
import Results

/// The rounds of a run as they came, one JSON object a line, on disk before the next round begins:
/// a run that is killed loses only the round in progress.
///
/// The folder's other files are rewritten from time to time; whatever they lack stands here. It
/// goes when the run is whole.
final class RunJournal {
    /// The file's name in the run's folder.
    static let name = "journal.jsonl"

    /// One round of a cell.
    struct Entry: Codable, Sendable {
        /// The cell's place in the plan, which scenario and seed determine.
        let cell: Int
        /// Its figures.
        let round: Round
        /// Calls on the anchor, whatever they were made for.
        let calls: UInt64
        /// Histograms in the HdrHistogram V2 encoding; nil where the round was lost.
        let histograms: [LatencyKind: Data]?
    }

    /// What was measured in one go: a cell, or the classes of a mixed load, of which there must
    /// never be one without the other.
    struct Line: Codable, Sendable {
        /// The cells in the order of the plan; never none.
        let entries: [Entry]

        /// A line of some entries.
        init(_ entries: [Entry]) { self.entries = entries }

        private enum Key: String, CodingKey { case beside }

        // The first entry is the line, as it was when there was no other; the rest stand in it.

        init(from decoder: any Decoder) throws {
            let rest = try decoder.container(keyedBy: Key.self)
            entries =
                [try Entry(from: decoder)]
                + (try rest.decodeIfPresent([Entry].self, forKey: .beside) ?? [])
        }

        func encode(to encoder: any Encoder) throws {
            try entries.first?.encode(to: encoder)
            guard entries.count > 1 else { return }
            var rest = encoder.container(keyedBy: Key.self)
            try rest.encode(Array(entries.dropFirst()), forKey: .beside)
        }
    }

    private let file: Int32
    private let path: String

    /// Opens the journal of a run, making it where there is none; what a killed run left of a line
    /// is cut off.
    ///
    /// - Parameter isNew: whether a new run begins. What lies there already is then no round: a
    ///   journal gets its first line only after the folder has become that of a run.
    /// - Throws: `ExperimentError.output` where it cannot be written or another process writes it.
    init(in folder: RunFolder, isNew: Bool) throws(ExperimentError) {
        path = folder.url.appending(path: Self.name).path
        file = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o644)
        guard file >= 0 else {
            throw ExperimentError.output(
                "'\(path)' cannot be written (\(String(cString: strerror(errno))))")
        }
        guard flock(file, LOCK_EX | LOCK_NB) == 0, Self.isFile(file, at: path) else {
            throw ExperimentError.output(
                "another anchorbench writes to '\(folder.url.path)': wait for it, or choose "
                    + "another --output")
        }
        let text = FileManager.default.contents(atPath: path) ?? Data()
        let end = text.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        let whole = isNew ? 0 : end
        if whole < text.count { ftruncate(file, off_t(whole)) }
    }

    deinit { close(file) }

    /// Adds a round; it is on the disk when this returns.
    ///
    /// - Throws: `ExperimentError.output`; what was written before is kept.
    func append(_ line: Line) throws(ExperimentError) {
        guard let line = try? JSONEncoder().encode(line) else {
            preconditionFailure("a round is plain data")
        }
        let length = lseek(file, 0, SEEK_END)
        do throws(SystemRefusal) {
            try OutputFile.write(line + Data("\n".utf8), to: file)
        } catch {
            // Half a line helps nobody.
            ftruncate(file, length)
            throw ExperimentError.output(
                "'\(path)' cannot be written (\(error)); what was measured before is kept, and "
                    + "'anchorbench measure --resume' goes on from there")
        }
    }

    /// Whether the file that was opened is still the one of that name: a run that just ended has
    /// removed its own.
    private static func isFile(_ file: Int32, at path: String) -> Bool {
        var (opened, named) = (stat(), stat())
        return fstat(file, &opened) == 0 && stat(path, &named) == 0
            && opened.st_ino == named.st_ino && opened.st_dev == named.st_dev
    }

    /// The rounds that a folder's journal holds; empty where there is no journal.
    ///
    /// - Throws: `RunError` where a line of it is damaged.
    static func entries(in folder: RunFolder) throws(RunError) -> [Entry] {
        try lines(in: folder).flatMap(\.entries)
    }

    /// The same, by what was measured in one go.
    ///
    /// - Throws: `RunError` where a line is damaged.
    static func lines(in folder: RunFolder) throws(RunError) -> [Line] {
        let path = folder.url.appending(path: name).path
        guard let text = FileManager.default.contents(atPath: path) else { return [] }
        let whole = text.lastIndex(of: UInt8(ascii: "\n")).map { text[...$0] } ?? Data()
        var lines: [Line] = []
        for (index, line) in whole.split(separator: UInt8(ascii: "\n")).enumerated() {
            do {
                lines.append(try JSONDecoder().decode(Line.self, from: line))
            } catch {
                throw RunError(
                    "\(name), line \(index + 1), is damaged; remove the line to go on without that "
                        + "round")
            }
        }
        return lines
    }
}

extension RunJournal.Entry {
    /// An outcome of a cell as the journal keeps it.
    init(_ outcome: RoundOutcome, cell: Int) {
        self.init(
            cell: cell, round: outcome.round, calls: outcome.calls,
            histograms: outcome.histograms?.all.mapValues { Data(HistogramEncoding.encode($0)) })
    }

    /// The round's histograms; nil where it was lost.
    ///
    /// - Throws: `HistogramEncodingError`.
    func pooled() throws -> PooledHistograms? {
        guard let histograms else { return nil }
        return PooledHistograms(
            try histograms.mapValues { try HistogramEncoding.decode([UInt8]($0)) })
    }
}
