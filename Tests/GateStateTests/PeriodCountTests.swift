import Testing

@testable import GateState

@Suite("The count of a period in one word")
struct PeriodCountTests {
    @Test("a count goes on within its period and begins anew in the next")
    func counts() {
        var word: UInt64 = 0
        for _ in 0..<3 { word = PeriodCount.word(after: word, adding: 2, in: 29_000_001) }
        #expect(PeriodCount.count(of: word, in: 29_000_001) == 6)
        #expect(PeriodCount.count(of: word, in: 29_000_000) == nil)
        #expect(PeriodCount.period(of: word, notAfter: 29_000_500) == 29_000_001)
        word = PeriodCount.word(after: word, adding: 5, in: 29_001_441)
        #expect(PeriodCount.count(of: word, in: 29_001_441) == 5)
        #expect(PeriodCount.count(of: word, in: 29_000_001) == nil)
    }

    @Test("a count that outgrows its bits stays at the most, and spares the period")
    func saturates() {
        var word = PeriodCount.word(after: 0, adding: .max, in: 7)
        word = PeriodCount.word(after: word, adding: 9, in: 7)
        #expect(PeriodCount.count(of: word, in: 7) == 1 << 38 - 1)
        #expect(PeriodCount.period(of: word, notAfter: 9) == 7)
    }

    @Test("a word that nobody wrote tells of no period")
    func untouched() {
        #expect(PeriodCount.count(of: 0, in: 0) == nil)
        #expect(PeriodCount.period(of: 0, notAfter: 5) == nil)
    }
}
