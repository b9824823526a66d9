import Regression
import Testing
import Units

@Suite("Holm's correction")
struct HolmTests {
    // R: p.adjust(c(0.01, 0.02, 0.03, 0.04, 0.05), "holm") and the others.
    @Test(
        "adjusted chances are those of R",
        arguments: [
            ([0.01, 0.02, 0.03, 0.04, 0.05], [0.05, 0.08, 0.09, 0.09, 0.09]),
            ([0.04, 0.001, 0.3, 0.001], [0.08, 0.004, 0.3, 0.004]), ([0.6, 0.7], [1, 1]),
            ([0.2], [0.2]), ([], []),
        ])
    func adjusted(chances: [Double], expected: [Double]) {
        let adjusted = Holm.adjusted(chances)
        #expect(adjusted.count == expected.count)
        for (one, other) in zip(adjusted, expected) { #expect(abs(one - other) < 1e-15) }
    }

    // The procedure as Holm wrote it: from the smallest up, against level / tests left, until one
    // is not rejected.
    @Test("what is at most the level is what the step-down procedure rejects")
    func stepDown() {
        for seed in UInt64(0)..<500 {
            var generator = SeededGenerator(seed: seed)
            let chances = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                Double(Int.random(in: 0...64, using: &generator)) / 1024
            }
            let adjusted = Holm.adjusted(chances)
            for level in [1.0 / 64, 1.0 / 16, 0.25] {
                var rejected: Set<Int> = []
                for index in chances.indices.sorted(by: { chances[$0] < chances[$1] }) {
                    let left = Double(chances.count - rejected.count)
                    guard chances[index] * left <= level else { break }
                    rejected.insert(index)
                }
                // A tie is rejected with its equal, whichever came first.
                #expect(
                    Set(adjusted.indices.filter { adjusted[$0] <= level }) == rejected,
                    "seed \(seed) at \(level)")
            }
        }
    }
}
