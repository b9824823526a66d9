/// What a thief holds after a time while nobody stops him.
struct Course: Hashable, Sendable {
    /// What he is let have where he takes all of it, and beyond which he never gets.
    let supply: Supply
    /// Operations a second before he sprints; infinite for a sprint from the beginning.
    let pace: Double
    /// k of the operations before the sprint.
    let recordsPerOperation: Double
    /// Seconds until he sprints, where he does.
    var sprintsAfter = Double.infinity

    /// As fast as throttle and device allow.
    static func sprint(_ supply: Supply) -> Course {
        Course(
            supply: supply, pace: .infinity, recordsPerOperation: supply.recordsPerOperation)
    }

    /// Operations within so many seconds.
    func operations(within seconds: Double) -> Double {
        guard seconds > 0 else { return 0 }
        let steady = min(seconds, sprintsAfter)
        let most = steady > 0 ? supply.operations(within: steady) : 0
        let before = min(most, pace * steady)
        guard seconds > sprintsAfter else { return before }
        return before + supply.operations(within: seconds - sprintsAfter)
    }

    /// Records within so many seconds.
    func records(within seconds: Double) -> Double {
        let steady = operations(within: min(seconds, sprintsAfter)) * recordsPerOperation
        guard seconds > sprintsAfter else { return steady }
        return steady
            + supply.operations(within: seconds - sprintsAfter) * supply.recordsPerOperation
    }
}
