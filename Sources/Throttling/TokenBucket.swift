import Units

/// A bucket of `burst` tokens, full at first, refilled continuously at `rate`; a call takes one.
///
/// The state is the generic cell rate algorithm's theoretical arrival time (ITU-T I.371), counted
/// in units of 1/m operation with m chosen so that a unit is about a nanosecond. The clock enters
/// as a 128-bit product of the whole time since the epoch, so that no rounding accumulates.
package struct TokenBucket: SingleWordLimit {
    /// The refill.
    package let rate: Rate
    /// The capacity in operations, at least 1.
    package let burst: RecordCount
    /// Units in one operation.
    private let unitsPerOperation: UInt64
    /// Units of refill in one period of the rate, exact.
    private let unitsPerPeriod: UInt128

    /// A bucket; `burst` must be at least 1 operation.
    package init(rate: Rate, burst: RecordCount) {
        precondition(burst.count >= 1, "a bucket holds at least one token")
        self.rate = rate
        self.burst = burst
        let period = rate.period.count.magnitude
        // Coarser where a whole burst would not fit into half of the word: the time takes the rest.
        let most = UInt64(Int64.max) / burst.count
        unitsPerOperation = max(1, min(most, (period + rate.count / 2) / rate.count))
        unitsPerPeriod = UInt128(rate.count) * UInt128(unitsPerOperation)
    }

    package var initialWord: UInt64 { 0 }

    package func place(
        after word: UInt64, at now: Nanoseconds, operations: UInt64
    ) -> (word: UInt64, opens: Nanoseconds)? {
        guard operations <= burst.count else { return nil }
        let capacity = UInt128(burst.count) * UInt128(unitsPerOperation)
        let refilled = units(at: now)
        let taken = max(UInt128(word), refilled) + UInt128(operations) * UInt128(unitsPerOperation)
        guard let next = UInt64(exactly: taken) else { return nil }
        guard taken > refilled + capacity else { return (next, now) }
        guard let opens = instant(ofUnits: taken - capacity) else { return nil }
        return (next, opens)
    }

    /// Units refilled since the epoch, rounded down.
    private func units(at now: Nanoseconds) -> UInt128 {
        UInt128(UInt64(max(now.count, 0))) * unitsPerPeriod / UInt128(rate.period.count.magnitude)
    }

    /// The first instant at which so many units have been refilled.
    private func instant(ofUnits units: UInt128) -> Nanoseconds? {
        let product = units * UInt128(rate.period.count.magnitude)
        let rounded = (product + unitsPerPeriod - 1) / unitsPerPeriod
        return Int64(exactly: rounded).map(Nanoseconds.init)
    }
}
