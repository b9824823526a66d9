/// Holm's correction of many tests at once (A simple sequentially rejective multiple test
/// procedure, 1979): the chance that any true hypothesis is rejected stays below the level, however
/// the tests depend on each other.
package enum Holm {
    /// The chances adjusted for their number, in the order in which they came: one may be held
    /// against the level as if it were the only one.
    package static func adjusted(_ chances: [Double]) -> [Double] {
        precondition(chances.allSatisfy { (0...1).contains($0) }, "a chance lies in 0 and 1")
        var adjusted = chances
        var largest = 0.0
        let order = chances.indices.sorted { chances[$0] < chances[$1] }
        for (rank, index) in order.enumerated() {
            largest = max(largest, min(1, Double(chances.count - rank) * chances[index]))
            adjusted[index] = largest
        }
        return adjusted
    }
}
