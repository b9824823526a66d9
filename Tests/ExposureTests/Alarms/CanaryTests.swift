import Exposure
import Foundation
import Testing
import Units

@Suite("Canaries and budgets")
struct CanaryTests {
    private let worked = Canaries(count: 1_000, among: RecordCount(10_000_000))

    /// 1 − C(N − C, n) / C(N, n) by brute force, record by record.
    private func met(_ canaries: Int, of records: Int, after opened: Int) -> Double {
        var none = 1.0
        for before in 0..<opened {
            none *= Double(records - canaries - before) / Double(records - before)
        }
        return 1 - none
    }

    @Test("a thousand in ten million catch half of the thieves by 6,930 records")
    func thousand() {
        #expect(abs(worked.approximateRecords(untilMetWith: Probability(0.5)) - 6_929.07) < 0.01)
        #expect(worked.records(untilMetWith: Probability(0.5)) == 6_929)
        #expect(worked.probabilityMet(after: 6_928) < 0.5)
        #expect(worked.probabilityMet(after: 6_929) >= 0.5)
        #expect(abs(worked.approximateProbabilityMet(after: 6_930) - 0.50005) < 1e-4)
    }

    @Test("the probability is the hypergeometric one, and the textbook's is near it")
    func exact() {
        for (canaries, records) in [(1, 10), (3, 10), (10, 10), (7, 1_000), (400, 5_000)] {
            let some = Canaries(count: UInt64(canaries), among: RecordCount(UInt64(records)))
            for opened in stride(from: 0, through: records, by: max(1, records / 40)) {
                let expected =
                    opened > records - canaries ? 1 : met(canaries, of: records, after: opened)
                let found = some.probabilityMet(after: Double(opened))
                #expect(abs(found - expected) < 1e-12, "\(canaries) of \(records), \(opened)")
                #expect(some.probabilityMet(after: Double(opened) + 0.9) == found)
                // Putting records back never helps to find a canary.
                #expect(some.approximateProbabilityMet(after: Double(opened)) <= expected + 1e-12)
            }
        }
    }

    @Test("where both are many, the closed form is as good", arguments: [400_000_000, 2_000_000])
    func many(records: Int) {
        let some = Canaries(count: 12_000, among: RecordCount(UInt64(records)))
        for opened in [10_001, 15_000, 40_000, 100_000] {
            let expected = met(12_000, of: records, after: opened)
            #expect(abs(some.probabilityMet(after: Double(opened)) - expected) < 1e-8, "\(opened)")
        }
    }

    @Test("nothing overflows at 1e18 records")
    func huge() {
        let all = RecordCount(1_000_000_000_000_000_000)
        let few = Canaries(count: 1, among: all)
        #expect(abs(few.probabilityMet(after: 5e17) - 0.5) < 1e-12)
        #expect(abs(few.records(untilMetWith: Probability(0.25)) - 2.5e17) < 1e3)
        let half = Canaries(count: all.count / 2, among: all)
        #expect(abs(half.probabilityMet(after: 2) - 0.75) < 1e-12)
        #expect(half.records(untilMetWith: Probability(0.9)) == 4)
        let every = Canaries(count: all.count, among: all)
        #expect(every.probabilityMet(after: 1) == 1 && every.probabilityMet(after: 0.5) == 0)
        var generator = SeededGenerator(seed: 1)
        #expect(every.drawFirst(using: &generator) == 1)
        let first = few.drawFirst(using: &generator)
        #expect(first >= 1 && first <= 1e18)
    }

    @Test("without canaries none is ever met")
    func none() {
        let none = Canaries(count: 0, among: RecordCount(100))
        #expect(none.probabilityMet(after: 100) == 0)
        #expect(none.approximateProbabilityMet(after: 100) == 0)
        #expect(none.records(untilMetWith: Probability(0.5)) == .infinity)
        var generator = SeededGenerator(seed: 1)
        #expect(none.drawFirst(using: &generator) == .infinity)
    }

    @Test(
        "the first one is drawn as often as it is met",
        arguments: [(3, 10), (1, 50), (2, 2_500), (30, 40_000), (20, 20)])
    func drawn(canaries: Int, records: Int) {
        let some = Canaries(count: UInt64(canaries), among: RecordCount(UInt64(records)))
        var generator = SeededGenerator(seed: UInt64(canaries))
        let draws = (0..<8_000).map { _ in some.drawFirst(using: &generator) }
        #expect(draws.allSatisfy { $0 == $0.rounded() && $0 >= 1 })
        #expect((draws.max() ?? 0) <= Double(records - canaries + 1))
        // The mean of the least of C among N.
        let mean = Double(records + 1) / Double(canaries + 1)
        let found = draws.reduce(0, +) / Double(draws.count)
        #expect(abs(found / mean - 1) < 0.04, "\(found) for \(mean)")
        for opened in [1, 2, records / 10, records / 3] where opened >= 1 {
            let share = Double(draws.count { $0 <= Double(opened) }) / Double(draws.count)
            let expected = some.probabilityMet(after: Double(opened))
            #expect(abs(share - expected) < 0.02, "\(opened): \(share) for \(expected)")
        }
    }

    @Test("a budget fires at the first record that no identity may have any more")
    func budget() {
        let budget = CumulativeBudget(RecordCount(1_000))
        #expect(budget.firesAt() == 1_001)
        #expect(budget.firesAt(identities: 5) == 5_001)
        #expect(budget.firesAt(identities: 5, spent: 400) == 3_001)
        #expect(budget.firesAt(identities: 5, spent: 1_200) == 1)
        #expect(CumulativeBudget(RecordCount(.max)).firesAt(identities: 1_000) > 1e22)
    }

    @Test("clients that use more than their budget are false alarms")
    func falseAlarms() {
        let budget = CumulativeBudget(RecordCount(3))
        // Poisson of mean 1: P(D > 3) = 1 − (1 + 1 + 1/2 + 1/6) / e.
        let use = CountDistribution(mean: 1)
        let expected = 1 - (8.0 / 3) * exp(-1)
        #expect(abs(budget.falseAlarmProbability(for: use) - expected) < 1e-12)
        #expect(abs(budget.falseAlarms(clients: 250, each: use) - 250 * expected) < 1e-9)
        // 3 − 1, and what the mean use above the budget adds: (3 + 2 + 1/2) / e are left.
        #expect(abs(budget.meanLeft(after: use) - 5.5 * exp(-1)) < 1e-12)
        let wasteful = CountDistribution(mean: 1, dispersion: 6)
        #expect(budget.falseAlarmProbability(for: wasteful) > expected)
    }
}
