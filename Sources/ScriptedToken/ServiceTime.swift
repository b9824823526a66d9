import Glibc

/// How long one decryption occupies its server.
enum ServiceTime: Equatable {
    /// Always the same, in nanoseconds.
    case fixed(UInt64)
    /// Exponentially distributed with this mean, in nanoseconds.
    case exponential(UInt64)

    /// The service time of a call.
    ///
    /// - Parameters:
    ///   - number: The number of the call, from 1.
    ///   - seed: The seed of the script: the same seed gives the same times.
    /// - Returns: Nanoseconds.
    func draw_ns(forCall number: UInt64, seed: UInt64) -> UInt64 {
        switch self {
        case .fixed(let time): return time
        case .exponential(let mean):
            let uniform = SeededDraw(seed: seed, stream: Self.stream).uniform(number)
            return UInt64(-log(1 - uniform) * Double(mean))
        }
    }

    /// The same with every time multiplied.
    func slowed(by factor: Double) -> ServiceTime {
        switch self {
        case .fixed(let time): .fixed(scaled_ns(time, by: factor))
        case .exponential(let mean): .exponential(scaled_ns(mean, by: factor))
        }
    }

    private static let stream: UInt64 = 0x7365_7276
}

/// A multiple of a time, a day at most, as no time of a script is longer.
func scaled_ns(_ time_ns: UInt64, by factor: Double) -> UInt64 {
    UInt64(min((Double(time_ns) * factor).rounded(), 86_400e9))
}
