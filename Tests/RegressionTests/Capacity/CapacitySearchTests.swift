import Foundation
import Regression
import Results
import Testing
import Units

@Suite("Capacity searches")
struct CapacitySearchTests {
    private static func promise() -> Promise {
        Promise(percentileMillionths: 99_000_000, limit: .milliseconds(20))
    }

    private static func settings(_ start: UInt64 = 100, _ largest: UInt64 = 100_000)
        -> SearchSettings
    { SearchSettings(start: Rate(start), largest: Rate(largest)) }

    /// Counts of a step with a share of late calls, spread evenly.
    private static func counts(_ step: SearchStep, late share: Double) -> LateCounts {
        var counts = LateCounts(slice: step.slice, slices: step.slices)
        var (due, late) = (0.0, 0.0)
        for index in counts.due.indices {
            due += step.rate.perSecond * step.slice.seconds.value
            counts.due[index] = UInt64(due)
            due -= Double(counts.due[index])
            late += share * Double(counts.due[index])
            counts.late[index] = min(counts.due[index], UInt64(late))
            late -= Double(counts.late[index])
        }
        return counts
    }

    /// A search over an anchor that answers as a rate tells; nil where it did not end.
    private static func search(
        _ settings: SearchSettings, _ answer: (SearchStep) -> StepOutcome
    ) -> CapacityResult? {
        var search = CapacitySearch(promise: promise(), settings: settings)
        while let step = search.next() {
            guard search.steps.count <= settings.mostSteps else { return nil }
            search.tell(answer(step))
        }
        return search.result
    }

    /// Late for good from a rate on.
    private static func cliff(at capacity: Double) -> (SearchStep) -> StepOutcome {
        { .measured(counts($0, late: $0.rate.perSecond > capacity ? 1 : 0)) }
    }

    @Test(
        "a sharp capacity is found within the resolution",
        arguments: [130.0, 777, 1234.5, 9_999, 48_000])
    func sharp(capacity: Double) throws {
        let result = try #require(Self.search(Self.settings(), Self.cliff(at: capacity)))
        #expect(result.finding == .found)
        let low = try #require(result.capacity).perSecond
        let high = try #require(result.lowestFailing).perSecond
        #expect(low <= capacity && capacity < high && high / low < 1.06)
        #expect(result.errorChance <= 0.05)
        // A queue as fast as the last two crowds for longer than a confirmation takes.
        #expect(result.remarks.contains { $0.contains("saturation") } == (capacity > 5_000))
        #expect(result.steps.map(\.step.number) == Array(1...result.steps.count))
        let last = result.steps.suffix(2).map(\.step.purpose)
        #expect(last == [.confirmation, .confirmation])
        #expect(result.measured < .seconds(150))
    }

    @Test("where the lowest rate breaks the promise no rate keeps it")
    func none() throws {
        let result = try #require(Self.search(Self.settings(), Self.cliff(at: 1)))
        #expect(result.finding == .none && result.capacity == nil)
        #expect(result.lowestFailing == Rate(100))
    }

    @Test("where the largest rate keeps the promise the capacity has no bound")
    func unbounded() throws {
        let result = try #require(Self.search(Self.settings(100, 3_000), Self.cliff(at: 1e9)))
        #expect(result.finding == .unbounded && result.capacity == Rate(3_000))
        #expect(result.lowestFailing == nil)
    }

    @Test("a generator that does not keep up bounds the search, and the result says so")
    func generator() throws {
        var asked: [Rate: Int] = [:]
        let result = Self.search(Self.settings()) { step in
            asked[step.rate, default: 0] += 1
            guard step.rate.perSecond <= 1_500 else { return .invalid(reason: "woke too late") }
            return .measured(Self.counts(step, late: 0))
        }
        let found = try #require(result)
        #expect(found.finding == .generatorBound && found.lowestFailing == nil)
        let capacity = try #require(found.capacity).perSecond
        let limit = try #require(found.generatorLimit)
        #expect(capacity <= 1_500 && limit.rate.perSecond > 1_500 && capacity > 1_400)
        #expect(limit.reason == "woke too late" && asked[limit.rate] == 2)
        #expect(found.remarks.contains { $0.contains("not the anchor's") })
    }

    @Test("what steps broke above a rate that the generator missed is the anchor's")
    func brokenAboveLimit() throws {
        let result = Self.search(Self.settings()) { step in
            guard step.purpose != .confirmation || step.rate.perSecond <= 300 else {
                return .invalid(reason: "woke too late")
            }
            return Self.cliff(at: 900)(step)
        }
        let found = try #require(result)
        #expect(found.finding == .undecided && found.lowestFailing == nil)
        #expect(found.generatorLimit != nil && found.lowestSeenFailing != nil)
        #expect(
            found.remarks.contains { $0.hasSuffix("those steps say nothing of the anchor") },
            "\(found.remarks)")
        #expect(!found.remarks.contains { $0.contains("not the anchor's") }, "\(found.remarks)")
    }

    @Test("rates are told a second, whatever the period in which they were searched")
    func perSecond() throws {
        let start = Rate(20_308, per: .seconds(60))
        let settings = SearchSettings(start: start, largest: Rate(5_000))
        let late = try #require(Self.search(settings) { _ in .invalid(reason: "woke too late") })
        let told = "at 338.5/s the generator did not keep up"
        #expect(late.remarks.contains { $0.hasPrefix(told) }, "\(late.remarks)")
        let kept = try #require(
            Self.search(SearchSettings(start: start, largest: start), Self.cliff(at: 1e9)))
        #expect(kept.capacity == start && kept.remarks.allSatisfy { !$0.contains("/min") })
        let open = try #require(
            Self.search(settings) { .measured(Self.counts($0, late: 0.01)) })
        #expect(open.remarks.contains { $0.contains("is kept at 338.5/s") }, "\(open.remarks)")
    }

    @Test("a step that is not valid once is tried again and then forgotten")
    func retried() throws {
        var failed: Set<Rate> = []
        let result = Self.search(Self.settings()) { step in
            guard failed.contains(step.rate) else {
                failed.insert(step.rate)
                return .invalid(reason: "a hiccup")
            }
            return Self.cliff(at: 700)(step)
        }
        let found = try #require(result)
        #expect(found.generatorLimit == nil)
        let capacity = try #require(found.capacity).perSecond
        #expect(capacity <= 700 && capacity > 500)
    }

    @Test("a confirmation that contradicts opens the search again")
    func contradiction() throws {
        // Short steps see a capacity of 1,000, long ones one of 500.
        let result = Self.search(Self.settings()) { step in
            Self.cliff(at: step.purpose == .confirmation ? 500 : 1_000)(step)
        }
        let found = try #require(result)
        let capacity = try #require(found.capacity).perSecond
        let failing = try #require(found.lowestFailing).perSecond
        #expect(capacity <= 500 && failing > 500 && failing <= 1_000)
    }

    @Test("a rate that stays unknown widens the interval")
    func unknown() throws {
        let result = Self.search(Self.settings()) { step in
            let rate = step.rate.perSecond
            return .measured(Self.counts(step, late: rate < 900 ? 0 : rate > 1_300 ? 1 : 0.01))
        }
        let found = try #require(result)
        #expect(found.finding == .found)
        let capacity = try #require(found.capacity).perSecond
        let failing = try #require(found.lowestFailing).perSecond
        #expect(capacity < 900 && capacity > 700 && failing > 1_300 && failing < 1_650)
        #expect(found.remarks.contains { $0.contains("does not show") })
    }

    @Test("a step is the same until its outcome is told, and the result waits for the end")
    func same() throws {
        var search = CapacitySearch(promise: Self.promise(), settings: Self.settings())
        let asked = search.next()
        let first = try #require(asked)
        let again = search.next()
        #expect(again == first && search.result == nil)
        #expect(first.rate == Rate(100) && first.purpose == .ramp && first.slices >= 100)
    }

    @Test(
        "whatever the outcomes, a search ends in its time and its result holds together",
        arguments: 0..<80 as Range<UInt64>)
    func ends(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        var settings = Self.settings(
            .random(in: 1...500, using: &generator), .random(in: 500...50_000, using: &generator))
        settings.mostSteps = .random(in: 1...60, using: &generator)
        settings.longest = .seconds(.random(in: 1...300, using: &generator))
        settings.resolution = .random(in: 0.001...0.3, using: &generator)
        let invalid = Double.random(in: 0...0.6, using: &generator)
        let shares = [0, 0.005, 0.01, 0.02, 0.5, 1]
        let result = Self.search(settings) { step in
            guard Double.random(in: 0..<1, using: &generator) >= invalid else {
                return .invalid(reason: "drawn")
            }
            let share = shares.randomElement(using: &generator) ?? 0
            return .measured(Self.counts(step, late: share))
        }
        let found = try #require(result, "seed \(seed)")
        #expect(found.measured <= settings.longest, "seed \(seed)")
        #expect(found.steps.count <= settings.mostSteps, "seed \(seed)")
        #expect(found.errorChance <= 0.05, "seed \(seed)")
        for finished in found.steps {
            let rate = finished.step.rate
            #expect(rate >= settings.start && rate <= settings.largest, "seed \(seed)")
        }
        if let capacity = found.capacity {
            #expect(Self.last(.confirmation, at: capacity, in: found) == .pass, "seed \(seed)")
        }
        if let failing = found.lowestFailing {
            #expect(Self.last(.confirmation, at: failing, in: found) == .fail, "seed \(seed)")
            #expect(found.capacity.map { $0 < failing } ?? true, "seed \(seed)")
        }
        #expect((found.finding == .found) == (found.capacity != nil && found.lowestFailing != nil))
    }

    private static func last(
        _ purpose: SearchStep.Purpose, at rate: Rate, in result: CapacityResult
    ) -> StepVerdict? {
        result.steps.last {
            $0.step.rate == rate && $0.step.purpose == purpose && $0.judgement != nil
        }?.judgement?.verdict
    }

    @Test("an adversary who always turns round cannot keep a search from its end")
    func adversary() {
        var turns = 0
        let result = Self.search(Self.settings()) { step in
            turns += 1
            return .measured(Self.counts(step, late: turns % 2 == 0 ? 1 : 0))
        }
        #expect(result != nil)
    }
}
