import Foundation
import Testing
import Units

@testable import Drill

@Suite("Which rows are canaries")
struct CanaryRowsTests {
    @Test("as many as told, among the rows, each once", arguments: [0, 1, 7, 100, 1_000])
    func count(_ count: UInt64) {
        for seed in 0..<20 as Range<UInt64> {
            let ids = CanaryRows(count, of: RecordCount(1_000), seed: seed).ids
            #expect(ids.count == Int(count), "seed \(seed)")
            #expect(ids.allSatisfy { (1...1_000).contains($0) }, "seed \(seed)")
        }
    }

    @Test("the same seed gives the same rows to whoever is told of them, another seed others")
    func seeded() throws {
        let rows = CanaryRows(50, of: RecordCount(10_000), seed: 1)
        let told = try JSONDecoder().decode(CanaryRows.self, from: JSONEncoder().encode(rows))
        #expect(told == rows && told.ids == rows.ids)
        #expect(CanaryRows(50, of: RecordCount(10_000), seed: 2).ids != rows.ids)
    }

    @Test("every row is one as often as another")
    func even() {
        var counts = [Int](repeating: 0, count: 20)
        for seed in 0..<4_000 as Range<UInt64> {
            let ids = CanaryRows(5, of: RecordCount(20), seed: seed).ids
            for id in ids { counts[Int(id) - 1] += 1 }
        }
        // 1,000 each, with a standard deviation of 27.
        #expect(counts.allSatisfy { abs($0 - 1_000) < 140 }, "\(counts)")
    }
}
