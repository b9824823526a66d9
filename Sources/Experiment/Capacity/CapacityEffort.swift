import Units

/// How long a capacity is looked for.
package struct CapacityEffort: Sendable {
    /// Rounds of each closed load.
    var closedRounds: Int
    /// The length of such a round.
    var closedLength: Nanoseconds
    /// How long callers warm up before a round; nil until their service times have settled.
    var warmUp: Nanoseconds?
    /// The usual length of a step of the ramp.
    var ramp: Nanoseconds
    /// The usual length of a step of the bisection.
    var bisection: Nanoseconds
    /// The usual length of a confirmation.
    var confirmation: Nanoseconds
    /// The longest time that all steps together take.
    var longest: Nanoseconds

    /// An answer in two to three minutes.
    package static let usual = CapacityEffort(
        closedRounds: 3, closedLength: .milliseconds(400), warmUp: nil, ramp: .seconds(3),
        bisection: .seconds(6), confirmation: .seconds(20), longest: .seconds(150))

    /// A first look, no result.
    package static let quick = CapacityEffort(
        closedRounds: 1, closedLength: .milliseconds(100), warmUp: .milliseconds(20),
        ramp: .milliseconds(500), bisection: .seconds(1), confirmation: .seconds(4),
        longest: .seconds(20))
}
