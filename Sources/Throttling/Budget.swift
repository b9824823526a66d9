import Units

/// A calendar quota: a fixed window with a name.
package struct Budget: Hashable, Sendable {
    /// Calls in a period, at least 1.
    package let quota: RecordCount
    /// What the quota is for.
    package let period: Period

    /// A stretch of the calendar.
    package enum Period: String, Codable, CaseIterable, Hashable, Sendable {
        /// 24 hours.
        case day
        /// Seven days.
        case week

        /// How long it lasts.
        package var length: Nanoseconds {
            switch self {
            case .day: .seconds(86_400)
            case .week: .seconds(7 * 86_400)
            }
        }
    }

    /// A quota of at least one call.
    package init(quota: RecordCount, period: Period) {
        precondition(quota.count >= 1, "a budget admits something")
        self.quota = quota
        self.period = period
    }

    /// The window that it is, begun at an edge.
    package var window: FixedWindow { FixedWindow(limit: quota, window: period.length) }
}
