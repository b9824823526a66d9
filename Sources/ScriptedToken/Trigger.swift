/// Which calls of a function something happens to.
enum Trigger: Equatable {
    /// Exactly one call: the n-th since the script was read, the first being 1.
    case call(UInt64)
    /// The n-th call since the script was read and every one after it.
    case callsFrom(UInt64)
    /// Each call with this probability.
    case probability(Double)

    /// Whether it happens to a call.
    ///
    /// The decision depends on the seed, the stream and the number of the call alone, so that it
    /// takes no lock and is the same whatever thread makes the call.
    ///
    /// - Parameters:
    ///   - number: The number of the call, from 1.
    ///   - seed: The seed of the script.
    ///   - stream: Tells two directives with the same seed apart.
    /// - Returns: True where it does.
    func fires(onCall number: UInt64, seed: UInt64, stream: UInt64) -> Bool {
        switch self {
        case .call(let chosen): number == chosen
        case .callsFrom(let first): number >= first
        case .probability(let p): SeededDraw(seed: seed, stream: stream).uniform(number) < p
        }
    }
}
