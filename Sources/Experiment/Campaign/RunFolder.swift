import Foundation
import Latency
import Results

/// A run's folder: every file is written under a temporary name, synced and renamed, so that a
/// reader never sees half of one.
package struct RunFolder: Sendable {
    /// The folder.
    package let url: URL
    /// What of it was not there before.
    private let made: MadeFolder?

    /// The file of the pooled histograms.
    static let histogramsName = "histograms.hlog"

    /// Space that a run may need; less than this is said before measuring.
    private static let neededBytes: Int64 = 16 << 20

    /// A write beyond a limit on the size of files must fail as a write, not end this process.
    private static let ignoresSizeSignals: Void = { signal(SIGXFSZ, SIG_IGN) }()

    /// Makes the folder and tries to write to it.
    ///
    /// - Parameter result: the file by which a folder is known to hold a run already.
    /// - Throws: `ExperimentError.output` where it cannot be written, holds another run, or the
    ///   disk is nearly full.
    package init(
        creating url: URL, for result: String = "run.json"
    ) throws(ExperimentError) {
        _ = Self.ignoresSizeSignals
        self.url = url
        let files = FileManager.default
        if files.fileExists(atPath: url.appending(path: result).path) {
            throw ExperimentError.output(
                "'\(url.path)' already holds a run: choose another --output, or remove it")
        }
        made = try MadeFolder(url)
        do throws(ExperimentError) {
            try write(Data("trial".utf8), to: ".trial")
        } catch {
            removeIfEmpty()
            throw error
        }
        try? files.removeItem(at: url.appending(path: ".trial"))
        let attributes = try? files.attributesOfFileSystem(forPath: url.path)
        if let free = attributes?[.systemFreeSize] as? NSNumber,
            free.int64Value < Self.neededBytes
        {
            removeIfEmpty()
            throw ExperimentError.output(
                "only \(free.int64Value / 1_024) KiB are free under '\(url.path)': a run needs "
                    + "up to 16 MiB; make room or choose another --output")
        }
    }

    /// A folder that is there, or is made with those above it.
    ///
    /// - Parameter flag: the flag that names it.
    /// - Throws: `ExperimentError.output` where it cannot be made.
    init(making url: URL, flag: String) throws(ExperimentError) {
        self.url = url
        made = try MadeFolder(url, flag: flag)
    }

    /// Removes the folder again where nothing was written into it, and those above it that were
    /// made for it; what was there before stays.
    package func removeIfEmpty() { made?.removeIfEmpty() }

    /// A folder that already holds a run.
    ///
    /// - Parameter purpose: what the run is wanted for, in a complaint.
    /// - Throws: `ExperimentError.missingInput` where there is nothing,
    ///   `ExperimentError.wrongInput` where there is something else, with what that is.
    package init(opening url: URL, to purpose: String = "read") throws(ExperimentError) {
        _ = Self.ignoresSizeSignals
        self.url = url
        made = nil
        if let missing = MissingRun(at: url.relativePath, purpose: purpose) {
            throw missing.error
        }
    }

    /// Writes one file, whole or not at all.
    ///
    /// - Throws: `ExperimentError.output` with the file and the system's reason.
    package func write(_ data: Data, to name: String) throws(ExperimentError) {
        let target = url.appending(path: name)
        let temporary = target.deletingLastPathComponent()
            .appending(path: ".\(target.lastPathComponent).\(getpid()).tmp")
        do {
            // Another run that was refused this folder may have taken an empty one away.
            try FileManager.default.createDirectory(
                at: target.deletingLastPathComponent(), withIntermediateDirectories: true)
            try OutputFile.write(data, toNew: temporary.path)
            try OutputFile.rename(temporary.path, to: target.path)
        } catch {
            try? FileManager.default.removeItem(at: temporary)
            let reason = (error as? SystemRefusal)?.description ?? error.localizedDescription
            throw ExperimentError.output(
                "'\(target.path)' cannot be written (\(reason)); what was written before is kept")
        }
    }

    /// Writes a text file.
    package func write(_ text: String, to name: String) throws(ExperimentError) {
        try write(Data(text.utf8), to: name)
    }

    /// Writes what was measured so far: the tables and the histograms, and `run.json` last, so that
    /// a run which calls itself whole has all its files.
    package func save(_ run: Run, _ log: HistogramLog) throws(ExperimentError) {
        guard let json = try? run.json() else { preconditionFailure("a run is plain data") }
        try write(log.text, to: Self.histogramsName)
        try write(run.cellsTable.text, to: "cells.csv")
        try write(run.roundsTable.text, to: "rounds.csv")
        try write(json, to: "run.json")
    }

    /// Puts the names of the files on the disk, after which a file that they make needless may go.
    func synchronizeNames() {
        let folder = open(url.path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { return }
        fsync(folder)
        close(folder)
    }

    /// Removes what a killed run left half written; only the one process that writes may call it.
    func removeTemporaries() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: url.path)) ?? []
        for name in names where name.hasPrefix(".") && name.hasSuffix(".tmp") {
            try? FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    /// Removes what only a run that is not whole needs.
    package func removeProgress() {
        for name in [RunJournal.name, CallBudget.name] {
            try? FileManager.default.removeItem(at: url.appending(path: name))
        }
    }

    /// Removes every file of a run in which nothing was measured.
    func removeRun() {
        for name in ["run.json", "rounds.csv", "cells.csv", Self.histogramsName] {
            try? FileManager.default.removeItem(at: url.appending(path: name))
        }
        removeProgress()
    }

    /// Writes each histogram of the run's log as a percentile distribution in microseconds, below
    /// `histograms`.
    ///
    /// - Throws: `ExperimentError` where there is no log or the files cannot be written, `RunError`
    ///   where the log is damaged.
    package func writePercentileDistributions() throws {
        let log = url.appending(path: Self.histogramsName)
        guard let data = FileManager.default.contents(atPath: log.path) else {
            throw ExperimentError.missingInput(
                "'\(log.path)' cannot be read: the run holds no histograms")
        }
        let rows: [HistogramLog.Row]
        do {
            rows = try HistogramLog(parsing: String(decoding: data, as: UTF8.self)).merged()
        } catch {
            throw RunError("\(Self.histogramsName): \(error)")
        }
        let folder = url.appending(path: "histograms")
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true)
        } catch {
            throw ExperimentError.output(
                "'\(folder.path)' cannot be made (\(error.localizedDescription))")
        }
        for row in rows {
            let name = (row.tag?.text ?? "untagged").replacing("/", with: "-")
                .replacing("#", with: "-")
            try write(
                row.histogram.percentileDistribution(dividedBy: 1_000),
                to: "histograms/\(name).hgrm")
        }
    }
}
