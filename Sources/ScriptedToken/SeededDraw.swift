/// Random numbers that are a function of their position: the n-th draw of a stream needs no state.
///
/// The mixing is that of SplitMix64 (Steele, Lea, Flood, "Fast splittable pseudorandom number
/// generators", OOPSLA 2014), whose n-th output is a function of seed + n · 0x9E3779B97F4A7C15.
struct SeededDraw {
    private let origin: UInt64

    /// - Parameters:
    ///   - seed: The seed of the script.
    ///   - stream: Streams of one seed do not follow each other.
    init(seed: UInt64, stream: UInt64) {
        origin = Self.mix(seed ^ Self.mix(stream &+ 1))
    }

    /// 64 random bits.
    func bits(_ position: UInt64) -> UInt64 {
        Self.mix(origin &+ position &* 0x9E37_79B9_7F4A_7C15)
    }

    /// A number in 0 ..< 1.
    func uniform(_ position: UInt64) -> Double {
        Double(bits(position) >> 11) * 0x1p-53
    }

    private static func mix(_ value: UInt64) -> UInt64 {
        var z = value
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
