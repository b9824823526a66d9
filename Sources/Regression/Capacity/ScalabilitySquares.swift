import Latency

/// The squared distance of measured throughputs from a scalability law, and where it is least.
struct ScalabilitySquares: Sendable {
    private let points: [ScalabilityFit.Point]
    private static let steps = 500

    init(_ points: [ScalabilityFit.Point]) { self.points = points }

    func sum(_ law: ScalabilityLaw) -> Double {
        points.reduce(0) { sum, point in
            let miss = point.throughput - law.throughput(at: Double(point.callers))
            return sum + miss * miss
        }
    }

    /// The best law that the bounds allow: the best of those with α and β free, and of those with
    /// either or both at a bound.
    ///
    /// A descent that runs into a bound stops there for good, so each face of the bounds is
    /// searched by itself, from its line and from laws near and far; of equals the one with fewer
    /// parameters.
    var minimum: ScalabilityLaw {
        let faces: [[Int]] = [[0], [0, 1], [0, 2], [0, 1, 2]]
        var best = descend(start(free: faces[0]), free: faces[0])
        for free in faces.dropFirst() {
            for start in [start(free: free)] + farStarts(free: free) {
                let law = descend(start, free: free)
                if sum(law) < sum(best) * (1 - 1e-12) { best = law }
            }
        }
        return best
    }

    /// Laws all over a face, and with α at its upper bound, each with the γ that fits it best.
    private func farStarts(free: [Int]) -> [ScalabilityLaw] {
        let contentions = free.contains(1) || free.contains(2) ? [0, 0.5, 1.0] : [0]
        let coherencies = free.contains(2) ? [0.001, 0.1, 10] : [0]
        return contentions.flatMap { contention in
            coherencies.map { coherency in
                scaled(ScalabilityLaw(within: [1, contention, coherency]))
            }
        }
    }

    private func scaled(_ law: ScalabilityLaw) -> ScalabilityLaw {
        var (product, square) = (0.0, 0.0)
        for point in points {
            let shape = law.throughput(at: Double(point.callers))
            product += point.throughput * shape
            square += shape * shape
        }
        var law = law
        law.single *= product / square
        return law
    }

    /// n / X is a straight line in the parameters: its least squares start the descent.
    private func start(free: [Int]) -> ScalabilityLaw {
        var normal = NormalEquations(parameters: free.count)
        for point in points {
            let n = Double(point.callers)
            let row = [1, n - 1, n * (n - 1)]
            // In the weight of X, not of n / X.
            let weight = point.throughput * point.throughput / n
            normal.add(free.map { row[$0] * weight }, target: n / point.throughput * weight)
        }
        let largest = points.reduce(0) { max($0, $1.throughput / Double($1.callers)) }
        guard let line = normal.solution(), line[0] > 0 else {
            return ScalabilityLaw(single: largest, contention: 0, coherency: 0)
        }
        var values = [1 / line[0], 0.0, 0.0]
        for (index, parameter) in free.enumerated().dropFirst() {
            values[parameter] = line[index] / line[0]
        }
        return ScalabilityLaw(within: values)
    }

    /// Levenberg and Marquardt's descent, its steps cut at the bounds.
    private func descend(_ start: ScalabilityLaw, free: [Int]) -> ScalabilityLaw {
        var (law, least, damping) = (start, sum(start), 1e-3)
        for _ in 0..<Self.steps {
            let normal = normalEquations(law, free: free)
            guard let step = normal.solution(damping: damping) else { break }
            var values = law.values
            for (index, parameter) in free.enumerated() { values[parameter] += step[index] }
            let next = ScalabilityLaw(within: values)
            let reached = sum(next)
            if reached < least {
                let gain = (least - reached) / least
                (law, least, damping) = (next, reached, max(1e-12, damping / 5))
                if gain < 1e-15 { break }
            } else {
                damping *= 4
                if damping > 1e12 { break }
            }
        }
        return law
    }

    private func normalEquations(_ law: ScalabilityLaw, free: [Int]) -> NormalEquations {
        var normal = NormalEquations(parameters: free.count)
        for point in points {
            let n = Double(point.callers)
            let slopes = law.slopes(at: n)
            normal.add(free.map { slopes[$0] }, target: point.throughput - law.throughput(at: n))
        }
        return normal
    }

    /// How far the parameters and the peak may be off.
    ///
    /// A parameter at its bound is left out of the others' spread; its own is taken with all free.
    func spread(at law: ScalabilityLaw) -> ScalabilitySpread {
        let free = [0] + [1, 2].filter { law.values[$0] > 0 }
        var widths: [ScalabilitySpread.Width?] = [nil, nil, nil]
        var spread = ScalabilitySpread()
        let squares = sum(law)
        if let inverse = normalEquations(law, free: [0, 1, 2]).inverse() {
            for parameter in 0..<3 {
                widths[parameter] = width(inverse[parameter][parameter], squares, 3)
            }
        }
        if free.count < 3, let inverse = normalEquations(law, free: free).inverse() {
            for (index, parameter) in free.enumerated() {
                widths[parameter] = width(inverse[index][index], squares, free.count)
            }
        }
        (spread.single, spread.contention, spread.coherency) = (widths[0], widths[1], widths[2])
        if law.coherency > 0, let inverse = normalEquations(law, free: free).inverse() {
            // ln n* = ½ ln (1 − α) − ½ ln β.
            let all = [0, -0.5 / (1 - law.contention), -0.5 / law.coherency]
            let slopes = free.map { all[$0] }
            var variance = 0.0
            for row in slopes.indices {
                for column in slopes.indices {
                    variance += slopes[row] * inverse[row][column] * slopes[column]
                }
            }
            spread.peak = width(variance, squares, free.count)
        }
        return spread
    }

    private func width(
        _ variance: Double, _ squares: Double, _ parameters: Int
    ) -> ScalabilitySpread.Width? {
        let freedom = points.count - parameters
        guard freedom > 0, variance >= 0 else { return nil }
        let error = (squares / Double(freedom) * variance).squareRoot()
        let t = StudentT(degreesOfFreedom: freedom)
        return ScalabilitySpread.Width(
            both: t.quantile(0.975) * error, one: t.quantile(0.95) * error)
    }
}

/// How far the parameters of a fitted law may be off at 95 %.
struct ScalabilitySpread: Sendable {
    /// A half-width of a two-sided interval, and the width of a one-sided one.
    struct Width: Sendable {
        var both: Double
        var one: Double
    }

    var single: Width?
    var contention: Width?
    var coherency: Width?
    /// Of the logarithm of the peak's callers.
    var peak: Width?
}
