/// By which rule a gate decides.
package struct GateRule: Codable, Hashable, Sendable {
    /// How much more the candidate may cost: 0.05 for five in a hundred.
    package var tolerance: Double
    /// What is compared.
    package var metrics: [Metric]

    /// A rule; by default every metric within 5 %.
    package init(tolerance: Double = 0.05, metrics: [Metric] = Metric.allCases) {
        precondition(tolerance > 0 && tolerance < 10, "a tolerance is a share above nothing")
        self.tolerance = tolerance
        self.metrics = metrics
    }

    /// The chance that identical anchors are called REGRESSED, all tests together; and that one
    /// which costs more by the tolerance or beyond passes.
    package static let level = 0.01

    /// The logarithm of the cost ratio from which on a candidate is worse.
    package var limit: Double { naturalLogarithm(1 + tolerance) }

    /// The logarithm of the ratio from which on the negative control has moved: half of the limit,
    /// so that a host that changed is seen before it looks like an anchor that did.
    package var controlLimit: Double { limit / 2 }
}
