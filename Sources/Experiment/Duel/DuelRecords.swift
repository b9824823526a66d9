import Results

/// The runs of both anchors.
struct DuelRecords {
    private var records: [DuelRole: CampaignRecord] = [:]

    /// Begins the run of one of them.
    mutating func begin(_ role: DuelRole, _ record: CampaignRecord) { records[role] = record }

    /// Adds the rounds of a block, each to its run.
    mutating func add(_ entries: [DuelBlockRunner.Entry]) throws {
        for entry in entries {
            try records[entry.role]?.add(entry.outcomes, toCells: entry.cells)
        }
    }

    /// Ends both runs and saves them.
    ///
    /// - Parameter rounds: how many rounds each cell has.
    /// - Returns: the runs.
    mutating func end(_ end: DuelEnd, rounds: Int) throws -> [DuelRole: Run] {
        var runs: [DuelRole: Run] = [:]
        for role in DuelRole.allCases {
            if end.cause == .complete { records[role]?.settle(rounds: rounds) }
            if let sentence = end.lossSentence { records[role]?.note(sentence) }
            runs[role] = try records[role]?.end(end.partial)
        }
        return runs
    }

    /// Takes the files of runs without a round away again.
    func discardIfEmpty() {
        for record in records.values { record.discardIfEmpty() }
    }
}
