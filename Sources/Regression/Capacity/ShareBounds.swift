import Latency

/// One-sided bounds on a share, from counts of independent calls or of what amounts to them.
///
/// Clopper and Pearson (1934) by quantiles of the beta distribution, which also take counts that
/// are not whole.
enum ShareBounds {
    /// What the share stays above but for a chance of `level`; 0 where nothing was late.
    static func lower(late: Double, of calls: Double, level: Double) -> Double {
        guard late > 0, calls > 0 else { return 0 }
        return quantile(level, late, max(0, calls - late) + 1)
    }

    /// What the share stays below but for a chance of `level`; 1 where all were late.
    static func upper(late: Double, of calls: Double, level: Double) -> Double {
        guard late < calls else { return 1 }
        return quantile(1 - level, late + 1, calls - late)
    }

    /// What the share stays below but for a chance of `level`, where the number late is gamma
    /// distributed about its mean with a scale.
    static func upper(late: Double, of calls: Double, scale: Double, level: Double) -> Double {
        var (low, high) = (min(1, late / calls), 1.0)
        for _ in 0..<50 {
            let middle = (low + high) / 2
            let lower = incompleteGamma(middle * calls / scale, late / scale).lower
            if lower > level { low = middle } else { high = middle }
        }
        return high
    }

    /// The x with I_x(a, b) = probability.
    private static func quantile(_ probability: Double, _ a: Double, _ b: Double) -> Double {
        var (low, high) = (0.0, 1.0)
        for _ in 0..<60 {
            let middle = (low + high) / 2
            guard middle > low, middle < high else { break }
            let tails = incompleteBeta(middle, complement: 1 - middle, a, b)
            if tails.lower < probability { low = middle } else { high = middle }
        }
        return (low + high) / 2
    }
}
