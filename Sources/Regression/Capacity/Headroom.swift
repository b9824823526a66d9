import Units

/// What a legitimate demand needs of anchors of a capacity, and what is left over for a thief.
package struct Headroom: Codable, Equatable, Sendable {
    /// Operations a second that one device does within the promise.
    package let capacity: Double
    /// The capacity's interval; nil where that end is not known.
    package let low: Double?
    package let high: Double?
    /// Operations a second that legitimate callers ask for.
    package let demand: Double

    /// A headroom from operations a second.
    ///
    /// - Parameter demand: 0 or more.
    package init(capacity: Double, low: Double? = nil, high: Double? = nil, demand: Double) {
        precondition(capacity > 0 && capacity.isFinite, "a capacity is more than nothing")
        precondition((low ?? capacity) > 0 && (high ?? capacity) > 0, "and so are its bounds")
        precondition(demand >= 0 && demand.isFinite, "a demand is nothing or more")
        self.capacity = capacity
        self.low = low
        self.high = high
        self.demand = demand
    }

    /// The headroom over a demand; nil where the search found no capacity.
    package init?(_ result: CapacityResult, demand: Rate) {
        guard let capacity = result.capacity?.perSecond else { return nil }
        self.init(
            capacity: capacity, low: capacity, high: result.lowestFailing?.perSecond,
            demand: demand.perSecond)
    }

    /// ⌈demand / capacity⌉, 1 at least.
    package var devices: UInt64 { devices(at: capacity) }
    /// The devices needed at the lower end of the capacity; nil where it is not known.
    package var devicesAtMost: UInt64? { low.map(devices) }
    /// The devices needed at its upper end; nil where it is not known.
    package var devicesAtLeast: UInt64? { high.map(devices) }

    private func devices(at capacity: Double) -> UInt64 {
        UInt64(max(1, min((demand / capacity).rounded(.up), 1e18)))
    }

    /// What so many devices do beyond the demand in operations a second, below 0 where they do
    /// not meet it: a thief gets it without anybody waiting longer than was promised.
    package func leftOver(devices: UInt64) -> Double { capacity * Double(devices) - demand }

    /// The same at the upper end of the capacity: what a thief may get at most; nil where that is
    /// not known.
    package func leftOverAtMost(devices: UInt64) -> Double? {
        high.map { $0 * Double(devices) - demand }
    }

    /// Records that are left over a day, one record an operation; 0 where the demand is not met.
    package func recordsPerDay(devices: UInt64) -> Double {
        max(0, leftOver(devices: devices)) * 86_400
    }
}
