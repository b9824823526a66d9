/// SplitMix64: a small generator whose whole state is its seed, so that a failing seed repeats.
struct Generator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// A count of any magnitude, small ones as likely as large ones, and often a round one.
    mutating func count(below bound: UInt64) -> UInt64 {
        var count = next() >> UInt64.random(in: 0..<64, using: &self)
        for _ in 0..<Int.random(in: 0..<6, using: &self) where count < bound / 10 { count *= 10 }
        return count % bound
    }
}
