import Results

/// What became of the calls of a cell.
package struct CallCounts: Codable, Hashable, Sendable {
    /// Calls that gave the right plaintext.
    package var completed: UInt64
    /// Failed calls by `CKR_` name.
    package var failed: [String: UInt64]

    /// Counts from their parts.
    package init(completed: UInt64 = 0, failed: [String: UInt64] = [:]) {
        self.completed = completed
        self.failed = failed
    }

    /// The counts of a round.
    package init(_ round: Round) {
        self.init(completed: round.operations, failed: round.errors)
    }

    /// The sum of several.
    package init(summing parts: some Sequence<CallCounts>) {
        self.init()
        for part in parts {
            completed += part.completed
            failed.merge(part.failed, uniquingKeysWith: +)
        }
    }

    /// Calls that failed.
    package var failures: UInt64 { failed.values.reduce(0, +) }

    /// Calls that were answered, whatever the answer; what a throttle denied is none.
    package var calls: UInt64 { completed + failures }

    /// Calls that failed over all that were answered; 0 without any.
    package var share: Double { calls > 0 ? Double(failures) / Double(calls) : 0 }

    /// Whether so many failed that the cell is remarked upon.
    package var isRemarkable: Bool { share > Judgement.failedRemark }

    /// The names of what the failed calls were answered, those of the most calls first.
    package var codes: [String] {
        failed.filter { $0.value > 0 }
            .sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    }
}
