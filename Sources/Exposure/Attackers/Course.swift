import Units

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

    /// What he is let have at his pace.
    private let paced: Supply

    /// A course.
    init(
        supply: Supply, pace: Double, recordsPerOperation: Double,
        sprintsAfter: Double = .infinity
    ) {
        self.supply = supply
        self.pace = pace
        self.recordsPerOperation = recordsPerOperation
        self.sprintsAfter = sprintsAfter
        paced = supply.paced(pace)
    }

    /// As fast as throttle and device allow.
    static func sprint(_ supply: Supply) -> Course {
        Course(
            supply: supply, pace: .infinity, recordsPerOperation: supply.recordsPerOperation)
    }

    /// Operations within so many seconds.
    func operations(within seconds: Double) -> Double {
        guard seconds > 0 else { return 0 }
        let steady = min(seconds, sprintsAfter)
        let before = steady > 0 ? paced.operations(within: steady) : 0
        guard seconds > sprintsAfter else { return before }
        return before + supply.operations(within: seconds - sprintsAfter)
    }

    /// The least time with so many records, by doubling and halving; never where he gets no nearer.
    func time(until records: Double) -> Seconds {
        guard records > 0 else { return .zero }
        var (low, high) = (0.0, 1.0)
        while self.records(within: high) < records {
            (low, high) = (high, high * 2)
            guard high < Self.longest else { return .never }
        }
        for _ in 0..<Self.halvings {
            let middle = low + (high - low) / 2
            if self.records(within: middle) < records { low = middle } else { high = middle }
        }
        return Seconds(high)
    }

    /// Longer than this is never, in seconds: ages of the universe.
    private static let longest = 1e21
    /// Each gives a digit of the base 2.
    private static let halvings = 60

    /// Records within so many seconds.
    func records(within seconds: Double) -> Double {
        let steady = operations(within: min(seconds, sprintsAfter)) * recordsPerOperation
        guard seconds > sprintsAfter else { return steady }
        return steady
            + supply.operations(within: seconds - sprintsAfter) * supply.recordsPerOperation
    }
}
