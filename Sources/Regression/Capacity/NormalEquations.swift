/// The normal equations of linear least squares, for a handful of parameters.
struct NormalEquations: Sendable {
    private var matrix: [[Double]]
    private var right: [Double]

    init(parameters: Int) {
        right = Array(repeating: 0, count: parameters)
        matrix = Array(repeating: right, count: parameters)
    }

    /// Adds one observation: its slopes in the parameters, and what they should make.
    mutating func add(_ slopes: [Double], target: Double) {
        for row in slopes.indices {
            right[row] += slopes[row] * target
            for column in slopes.indices { matrix[row][column] += slopes[row] * slopes[column] }
        }
    }

    /// The parameters, each diagonal element raised by a share of itself (Marquardt); nil where
    /// they are not determined.
    func solution(damping: Double = 0) -> [Double]? {
        solved(for: [right], damping: damping)?.first
    }

    /// The inverse of the matrix; nil where it has none.
    func inverse() -> [[Double]]? {
        let units = right.indices.map { unit in right.indices.map { $0 == unit ? 1.0 : 0 } }
        return solved(for: units, damping: 0)
    }

    /// Gauss and Jordan's elimination of the matrix scaled to a diagonal of 1, as its parameters
    /// differ by powers of ten.
    private func solved(for sides: [[Double]], damping: Double) -> [[Double]]? {
        let count = right.count
        let scales = (0..<count).map { matrix[$0][$0].squareRoot() }
        guard scales.allSatisfy({ $0 > 0 && $0.isFinite }) else { return nil }
        var rows: [[Double]] = []
        for row in 0..<count {
            var values: [Double] = []
            for column in 0..<count {
                let scaled = matrix[row][column] / (scales[row] * scales[column])
                values.append(row == column ? scaled + damping : scaled)
            }
            for side in sides { values.append(side[row] / scales[row]) }
            rows.append(values)
        }
        for pivot in 0..<count {
            let best = (pivot..<count).max { abs(rows[$0][pivot]) < abs(rows[$1][pivot]) } ?? pivot
            rows.swapAt(pivot, best)
            guard abs(rows[pivot][pivot]) > 1e-13 else { return nil }
            let leading = rows[pivot].map { $0 / rows[pivot][pivot] }
            rows[pivot] = leading
            for row in 0..<count where row != pivot {
                let factor = rows[row][pivot]
                rows[row] = zip(rows[row], leading).map { $0 - factor * $1 }
            }
        }
        return sides.indices.map { side in
            (0..<count).map { rows[$0][count + side] / scales[$0] }
        }
    }
}
