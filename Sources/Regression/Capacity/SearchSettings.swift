import Units

/// Where a capacity search looks, how finely and for how long.
package struct SearchSettings: Codable, Equatable, Sendable {
    /// The first rate, and the lowest one that is tried.
    package var start: Rate
    /// The highest rate that is tried.
    package var largest: Rate
    /// By what the ramp multiplies the rate.
    package var factor: Double
    /// How far apart the rates that keep and that break the promise may stay: 0.05 for 5 %.
    package var resolution: Double
    /// The usual length of a step of the ramp.
    package var rampLength: Nanoseconds
    /// The usual length of a step of the bisection.
    package var bisectionLength: Nanoseconds
    /// The usual length of a confirmation.
    package var confirmationLength: Nanoseconds
    /// The longest time that all steps together take.
    package var longest: Nanoseconds
    /// The most steps.
    package var mostSteps: Int

    /// The usual length of a step, which is also how long without a late call keeps the promise.
    func quiet(_ purpose: SearchStep.Purpose) -> Nanoseconds {
        switch purpose {
        case .ramp: rampLength
        case .bisection: bisectionLength
        case .confirmation: confirmationLength
        }
    }

    /// Settings; the defaults take two to three minutes.
    package init(
        start: Rate, largest: Rate, factor: Double = 2, resolution: Double = 0.05,
        rampLength: Nanoseconds = .seconds(3), bisectionLength: Nanoseconds = .seconds(6),
        confirmationLength: Nanoseconds = .seconds(20), longest: Nanoseconds = .seconds(170),
        mostSteps: Int = 60
    ) {
        precondition(start <= largest, "a search starts below its largest rate")
        precondition(factor > 1 && factor.isFinite, "a ramp rises")
        precondition(resolution > 0 && resolution < 1, "a resolution is a share above nothing")
        precondition(
            rampLength > .zero && bisectionLength > .zero && confirmationLength > .zero
                && longest > .zero && mostSteps > 0, "a search has time")
        self.start = start
        self.largest = largest
        self.factor = factor
        self.resolution = resolution
        self.rampLength = rampLength
        self.bisectionLength = bisectionLength
        self.confirmationLength = confirmationLength
        self.longest = longest
        self.mostSteps = mostSteps
    }
}
