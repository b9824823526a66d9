import Synchronization
import Testing
import Units

@testable import Load

@Suite("Time that others took is found between two readings of the clock")
struct StolenTimeTests {
    @Test("gaps beyond the threshold are stolen, the steps of the clock are not")
    func gaps() throws {
        // 10 us is the threshold itself, and not yet beyond it.
        let clock = SteppingClock([1_000, 10_000, 40_000, 500, 2_000_000, 1_000])
        var stolen = StolenTime()
        stolen.watch(clock, until: .milliseconds(3))
        #expect(stolen.stolen == .microseconds(2_040) && stolen.gaps.count == 2)
        #expect(stolen.processors == 1 && stolen.watched >= .milliseconds(3) - .microseconds(1))
        let share = try #require(stolen.share)
        #expect(abs(share - 2_040_000 / Double(stolen.watched.count)) < 1e-9)
    }

    @Test("without a watch there is no share")
    func nothing() { #expect(StolenTime().share == nil) }

    @Test("every allowed processor is watched at once, and no more is stolen than was watched")
    func machine() throws {
        let allowed = Processors.allowed()
        #expect(!allowed.isEmpty && allowed == Set(allowed).sorted())
        let stolen = try StolenTime.measure(for: .milliseconds(20))
        #expect(stolen.processors == allowed.count)
        #expect(stolen.stolen >= .zero && stolen.stolen <= stolen.watched)
        // On a machine that is busy enough no thread may have come to run in time.
        if let share = stolen.share { #expect((0...1).contains(share)) }
        // Watching pins the threads that watch and no other.
        #expect(Processors.allowed() == allowed)
    }
}

/// A virtual clock that moves by the given steps, then by 1 us a reading.
private final class SteppingClock: Clock {
    private let state: Mutex<(now: Int64, steps: [Int64])>

    init(_ steps: [Int64]) { state = Mutex((0, steps)) }

    func now() -> Nanoseconds {
        state.withLock { state in
            state.now += state.steps.isEmpty ? 1_000 : state.steps.removeFirst()
            return Nanoseconds(state.now)
        }
    }

    func wait(until instant: Nanoseconds) {}
}
