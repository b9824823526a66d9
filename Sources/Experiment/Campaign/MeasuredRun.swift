import Foundation
import Latency
import Results
import Units

/// A run with the histograms of its cells: what a folder's files are made from.
struct MeasuredRun {
    var run: Run
    private var pools: [StoredHistograms]

    /// A run without a round.
    init(_ run: Run) {
        self.run = run
        pools = Array(repeating: StoredHistograms(), count: run.cells.count)
    }

    /// A run of which only the files were left, with every round that its journal holds: run.json
    /// is written from time to time and may lack the last of them.
    ///
    /// - Returns: nil where the journal adds nothing, or lacks what run.json has.
    /// - Throws: `RunError`, `HistogramEncodingError` where the journal is damaged.
    init?(_ stored: Run, journal entries: [RunJournal.Entry]) throws {
        var chosen: [Place: RunJournal.Entry] = [:]
        for entry in entries where stored.cells.indices.contains(entry.cell) {
            let place = Place(cell: entry.cell, round: entry.round.number)
            // A round that was lost may have been measured after all.
            if chosen[place]?.histograms == nil { chosen[place] = entry }
        }
        let known = stored.cells.indices.flatMap { index in
            stored.cells[index].rounds.map { Place(cell: index, round: $0.number) }
        }
        guard chosen.count > known.count, known.allSatisfy({ chosen[$0] != nil }) else {
            return nil
        }
        var empty = stored
        empty.cells = stored.cells.map { CellResult($0.cell) }
        self.init(empty)
        for entry in chosen.values.sorted(by: { $0.round.order < $1.round.order }) {
            try add(entry)
        }
        run.compareThrottlesWithEnvelopes()
    }

    /// Adds a round of a cell.
    ///
    /// - Throws: `HistogramEncodingError`.
    mutating func add(_ entry: RunJournal.Entry) throws {
        let pooled = try pools[entry.cell].add(try entry.pooled())
        run.cells[entry.cell].add(entry.round, pooled: pooled)
    }

    /// Writes the folder's files.
    mutating func save(in folder: RunFolder) throws {
        run.compareThrottlesWithEnvelopes()
        try folder.save(run, try histogramLog())
    }

    /// Every pooled histogram, tagged by cell and kind.
    private func histogramLog() throws -> HistogramLog {
        let begun = run.provenance.run["started"]?.value
            .flatMap { try? Date($0, strategy: .iso8601) }
        let start = Nanoseconds(Int64((begun?.timeIntervalSince1970 ?? 0) * 1e9))
        var log = HistogramLog(start: start)
        for (result, pool) in zip(run.cells, pools) {
            let length = result.rounds.reduce(0) { $0 + $1.seconds }
            for (kind, histogram) in try pool.pooled().all.sorted(by: {
                $0.key.rawValue < $1.key.rawValue
            }) {
                try log.append(
                    HistogramLog.Row(
                        tag: try HistogramTag(cell: result.cell.classedKey, kind: kind),
                        start: start,
                        length: Nanoseconds(Int64(length * 1e9)),
                        histogram: PortableHistogram(histogram)))
            }
        }
        return log
    }
}

/// A round of a cell.
struct Place: Hashable {
    let cell: Int
    let round: Int
}

/// A cell's pooled histograms between two rounds, encoded: a few kilobytes instead of a megabyte.
private struct StoredHistograms {
    private var encoded: [LatencyKind: [UInt8]] = [:]

    /// Merges a round's histograms in.
    mutating func add(
        _ new: PooledHistograms?
    ) throws(HistogramEncodingError) -> PooledHistograms {
        var pooled = try pooled()
        guard let new else { return pooled }
        pooled.merge(new)
        encoded = pooled.all.mapValues(HistogramEncoding.encode)
        return pooled
    }

    /// The histograms so far.
    func pooled() throws(HistogramEncodingError) -> PooledHistograms {
        var pooled = PooledHistograms()
        for (kind, bytes) in encoded { pooled[kind] = try HistogramEncoding.decode(bytes) }
        return pooled
    }
}

extension RunFolder {
    /// Reads the run back, with the rounds that only its journal holds.
    ///
    /// - Throws: `RunError` where a file is damaged or newer than this tool.
    package func load() throws -> Run { try measuredRun()?.run ?? stored() }

    /// Brings the files of a run that was killed up to date with its journal; where another
    /// process writes the run they are left to it.
    ///
    /// - Throws: `RunError` where a file is damaged, `ExperimentError.output` where one cannot be
    ///   written.
    package func recover() throws {
        guard var measured = try measuredRun(), let lock = try? RunJournal(in: self, isNew: false)
        else { return }
        try withExtendedLifetime(lock) { try measured.save(in: self) }
    }

    private func stored() throws -> Run {
        try Run(json: try Data(contentsOf: url.appending(path: "run.json")))
    }

    private func measuredRun() throws -> MeasuredRun? {
        let stored = try stored()
        guard stored.partial != nil else { return nil }
        return try MeasuredRun(stored, journal: try RunJournal.entries(in: self))
    }
}
