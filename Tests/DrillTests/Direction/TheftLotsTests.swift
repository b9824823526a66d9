import Exposure
import Results
import Testing
import Units

@testable import Drill

@Suite("What chance decides of a few thefts")
struct TheftLotsTests {
    private let delays = DelaySettings(
        publish: ThreePoint(.milliseconds(100), .milliseconds(500), .seconds(2)),
        evaluation: ThreePoint(.milliseconds(200)), response: .automatic(ThreePoint(.zero)))

    @Test("every part of a period has a theft that begins in it")
    func phases() {
        var generator = SeededGenerator(seed: 1)
        let lots = TheftLots(delays, 5, &generator)
        let parts = lots.phases.map { ($0 * 5).rounded(.up) }
        #expect(parts.sorted() == [1, 2, 3, 4, 5])
        #expect(lots.phases.allSatisfy { $0 > 0 && $0 <= 1 })
    }

    @Test("the mean of a few delays is near that of their distribution")
    func delayMeans() {
        let mean = PERT(delays.publish).mean + 0.2
        for seed in 0..<40 {
            var generator = SeededGenerator(seed: UInt64(seed))
            let lots = TheftLots(delays, 5, &generator)
            let drawn = lots.judging.reduce(0.0) { $0 + $1.seconds.value } / 5
            // Five draws without parts to draw from scatter three times as widely.
            #expect(abs(drawn / mean - 1) < 0.13, "seed \(seed): \(drawn) of \(mean)")
            #expect(lots.response.allSatisfy { $0 == .zero })
            #expect(lots.judging.allSatisfy { $0 >= .milliseconds(300) })
        }
    }

    @Test("the same seed draws the same lots")
    func seeded() {
        var (first, second) = (SeededGenerator(seed: 9), SeededGenerator(seed: 9))
        let lots = TheftLots(delays, 7, &first)
        let again = TheftLots(delays, 7, &second)
        #expect(lots.phases == again.phases && lots.judging == again.judging)
    }
}
