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
    private let unitsPerPeriod: UInt64
    /// The period of the rate in nanoseconds.
    private let period: UInt64
    /// Units that a full bucket holds.
    private let capacity: UInt64

    /// A bucket; `burst` must be at least 1 operation, and at most half of what a word counts.
    package init(rate: Rate, burst: RecordCount) {
        precondition(burst.count >= 1, "a bucket holds at least one token")
        precondition(burst.count <= UInt64(Int64.max), "a bucket is counted in half a word")
        self.rate = rate
        self.burst = burst
        period = rate.period.count.magnitude
        // Coarser where a whole burst would not fit into half of the word: the time takes the rest.
        let most = UInt64(Int64.max) / burst.count
        unitsPerOperation = max(1, min(most, (period + rate.count / 2) / rate.count))
        unitsPerPeriod = rate.count * unitsPerOperation
        capacity = burst.count * unitsPerOperation
    }

    package func place(
        after word: UInt64, at now: Nanoseconds, operations: UInt64
    ) -> (word: UInt64, opens: Nanoseconds)? {
        guard operations <= burst.count, let refilled = units(at: now) else { return nil }
        let asked = operations * unitsPerOperation
        let (taken, overflow) = max(word, refilled).addingReportingOverflow(asked)
        guard !overflow else { return nil }
        guard taken - refilled > capacity else { return (taken, now) }
        guard let opens = instant(ofUnits: taken - capacity) else { return nil }
        return (taken, opens)
    }

    /// Units refilled since the epoch, rounded down; nil where they outgrow a word.
    private func units(at now: Nanoseconds) -> UInt64? {
        let product = unitsPerPeriod.multipliedFullWidth(by: UInt64(max(now.count, 0)))
        // Only then does the quotient fit into a word, and one division of the processor do.
        guard product.high < period else { return nil }
        return period.dividingFullWidth(product).quotient
    }

    /// The first instant at which so many units have been refilled; nil beyond the clock.
    private func instant(ofUnits units: UInt64) -> Nanoseconds? {
        let product = units.multipliedFullWidth(by: period)
        guard product.high < unitsPerPeriod else { return nil }
        let (quotient, remainder) = unitsPerPeriod.dividingFullWidth(product)
        guard quotient < UInt64(Int64.max) else { return nil }
        return Nanoseconds(Int64(quotient) + (remainder > 0 ? 1 : 0))
    }
}
