/// Student's t distribution.
package struct StudentT: Sendable {
    /// Degrees of freedom, at least 1.
    package let degreesOfFreedom: Int

    /// The distribution with so many degrees of freedom.
    package init(degreesOfFreedom: Int) {
        precondition(degreesOfFreedom >= 1, "a t distribution has a degree of freedom")
        self.degreesOfFreedom = degreesOfFreedom
    }

    /// P(T ≤ t), by the regularised incomplete beta function (Abramowitz and Stegun 26.7.1).
    package func cumulative(_ t: Double) -> Double {
        let freedom = Double(degreesOfFreedom)
        let all = freedom + t * t
        let tail =
            0.5 * incompleteBeta(freedom / all, complement: t * t / all, freedom / 2, 0.5).lower
        return t > 0 ? 1 - tail : tail
    }

    /// The t with P(T ≤ t) = probability, by bisection to the last bits.
    package func quantile(_ probability: Double) -> Double {
        precondition(probability > 0 && probability < 1, "a quantile lies inside 0 and 1")
        guard probability != 0.5 else { return 0 }
        guard probability > 0.5 else { return -quantile(1 - probability) }
        var (low, high) = (0.0, 1.0)
        while cumulative(high) < probability { high *= 2 }
        for _ in 0..<200 where low < high {
            let middle = low + (high - low) / 2
            guard middle > low, middle < high else { break }
            if cumulative(middle) < probability { low = middle } else { high = middle }
        }
        return high
    }
}
