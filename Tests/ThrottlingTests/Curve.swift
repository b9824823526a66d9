import Throttling
import Units

/// An envelope with breakpoints on a grid of 1/64 s, which doubles hold exactly, and its
/// convolution by brute force.
struct Curve {
    let envelope: Envelope

    static func random(_ generator: inout SeededGenerator) -> Curve {
        func grid(_ most: Int) -> Double {
            Double(Int.random(in: 1...most, using: &generator)) / 64
        }
        switch Int.random(in: 0..<5, using: &generator) {
        case 0: return Curve(envelope: .unbounded)
        case 1, 2:
            let burst = Double(Int.random(in: 1...1_000, using: &generator))
            return Curve(envelope: .affine(burst: burst, rate: grid(640)))
        default:
            let window = Int.random(in: 1...640, using: &generator)
            let phase = Int.random(in: 1...window, using: &generator)
            let step = Double(Int.random(in: 1...1_000, using: &generator))
            return Curve(
                envelope: .staircase(
                    step: step, window: Seconds(Double(window) / 64),
                    phase: Seconds(Double(phase) / 64)))
        }
    }

    /// inf over u of α(u) + X (t − u), u over both ends, a grid and every breakpoint.
    func convolved(at time: Double, servedAt rate: Double) -> Double {
        var places = [0, time]
        switch envelope {
        case .unbounded, .affine:
            places += (0...200).map { time * Double($0) / 200 }
        case .staircase(_, let window, let phase):
            places += stride(from: phase.value, through: time, by: window.value)
            places += (1...50).map { time * Double($0) / 50 }
        case .breaker, .tarpit, .several, .all:
            places += stride(from: 0, to: time, by: 1 / 64)
        }
        return places.map { admissions(before: $0) + rate * (time - $0) }.reduce(.infinity, min)
    }

    /// α(t), counted window by window.
    private func admissions(before time: Double) -> Double {
        guard time > 0 else { return 0 }
        switch envelope {
        case .unbounded: return .infinity
        case .affine(let burst, let rate): return burst + rate * time
        case .staircase(let step, let window, let phase):
            var count = step
            // Edges at phase, phase + window, …: each one passed opens another window.
            let passed = ((time - phase.value) / window.value).rounded(.down)
            if passed >= 0 {
                let edge = phase.value + passed * window.value
                count += step * (edge < time ? passed + 1 : passed)
            }
            return count
        case .breaker, .tarpit, .several, .all:
            return envelope.admissions(within: Seconds(time))
        }
    }
}
