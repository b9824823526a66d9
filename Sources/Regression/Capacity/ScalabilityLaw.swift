/// The Universal Scalability Law with its three parameters.
struct ScalabilityLaw: Sendable {
    /// γ in operations a second.
    var single: Double
    /// α.
    var contention: Double
    /// β.
    var coherency: Double

    /// X(n) = γ n / (1 + α (n − 1) + β n (n − 1)).
    func throughput(at callers: Double) -> Double {
        single * callers / hindrance(at: callers)
    }

    private func hindrance(at callers: Double) -> Double {
        1 + contention * (callers - 1) + coherency * callers * (callers - 1)
    }

    /// n* = √((1 − α) / β), 1 at least; nil where β is 0.
    var peakCallers: Double? {
        guard coherency > 0 else { return nil }
        let callers = max(1, ((1 - contention) / coherency).squareRoot())
        return callers.isFinite ? callers : nil
    }

    /// ∂X/∂γ, ∂X/∂α and ∂X/∂β.
    func slopes(at callers: Double) -> [Double] {
        let hindrance = hindrance(at: callers)
        let unit = callers / hindrance
        let contention = -single * unit * (callers - 1) / hindrance
        return [unit, contention, contention * callers]
    }

    /// The parameters in the order of the slopes.
    var values: [Double] { [single, contention, coherency] }

    init(single: Double, contention: Double, coherency: Double) {
        self.single = single
        self.contention = contention
        self.coherency = coherency
    }

    /// The law of the values nearest to those given that it allows.
    init(within values: [Double]) {
        single = max(.leastNormalMagnitude, values[0])
        contention = min(1 - 1e-9, max(0, values[1]))
        coherency = max(0, values[2])
    }
}
