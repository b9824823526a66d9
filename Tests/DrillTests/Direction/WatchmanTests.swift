import Foundation
import GateState
import Results
import Testing
import Units

@testable import Drill

@Suite("Who watches a gate during a theft")
struct WatchmanTests {
    private static let period = Nanoseconds.seconds(1)
    /// Amid the tenth period: the eleventh is the first that is whole.
    private static let begin = Nanoseconds.milliseconds(10_400)

    private func watchman(
        _ datapoints: Int, of periods: Int, budget: UInt64? = nil, delay: Nanoseconds = .zero
    ) -> Watchman {
        let alarm = AlarmSettings(
            period: Self.period, threshold: nil, evaluationPeriods: periods,
            datapointsToAlarm: datapoints, window: .wallClock)
        return Watchman(
            gate: "", period: Self.period, rule: alarm.rule(at: RecordCount(100)),
            budget: budget.map { RecordCount($0) }, delay: delay, from: Self.begin)
    }

    /// Calls of each identity by the number of the period.
    private func snapshot(_ calls: [String: [Int64: UInt64]]) -> GateSnapshot {
        let identities = calls.sorted { $0.key < $1.key }.map { name, periods in
            GateIdentity(
                name: name,
                calls: [.decrypt: GateCalls(admitted: periods.values.reduce(0, +))],
                periods: periods.sorted { $0.key < $1.key }.map { number, count in
                    GatePeriod(
                        start: .seconds(number), calls: GateCalls(admitted: count, throttled: 900),
                        units: count)
                })
        }
        return GateSnapshot(
            path: "", configuration: GateConfiguration(module: "/m.so", period: Self.period),
            taken: .seconds(20), created: .zero, identities: identities)
    }

    /// 50 calls of users in every period, and 80 of a thief from the twelfth on.
    private var theft: GateSnapshot {
        let periods = 9...16 as ClosedRange<Int64>
        return snapshot([
            "thief": Dictionary(uniqueKeysWithValues: periods.filter { $0 >= 12 }.map { ($0, 80) }),
            "web": Dictionary(uniqueKeysWithValues: periods.map { ($0, 50) }),
        ])
    }

    @Test("3 of 3 is an alarm once the third period is over, and tells since when")
    func threeOfThree() {
        var watchman = watchman(3, of: 3)
        for instant in [11_000, 12_500, 14_000, 14_999] as [Int64] {
            let early = watchman.judge(theft, at: .milliseconds(instant)).alarm
            #expect(early == nil, "\(instant) ms")
        }
        let sighting = watchman.judge(theft, at: .milliseconds(15_000)).alarm
        #expect(
            sighting
                == Watchman.Sighting(
                    identity: nil, since: .seconds(12), count: 130, threshold: 100))
    }

    @Test("a count is judged only once it is published")
    func delay() {
        var watchman = watchman(1, of: 1, delay: .milliseconds(500))
        let early = watchman.judge(theft, at: .milliseconds(13_499)).alarm
        #expect(early == nil)
        let sighting = watchman.judge(theft, at: .milliseconds(13_500)).alarm
        #expect(sighting?.since == .seconds(12) && sighting?.count == 130)
    }

    @Test("the period that has begun already is left out")
    func partialPeriod() {
        var watchman = watchman(1, of: 1)
        let loud = snapshot(["web": [10: 5_000, 11: 100]])
        let sighting = watchman.judge(loud, at: .seconds(12)).alarm
        #expect(sighting == nil, "100 are not above 100")
    }

    @Test("who looks late judges every period that has gone by")
    func late() {
        var watchman = watchman(3, of: 3)
        let sighting = watchman.judge(theft, at: .milliseconds(19_300)).alarm
        #expect(sighting?.since == .seconds(12) && sighting?.count == 130)
    }

    @Test("a period without a call counts none, and ends a row of breaches")
    func missingPeriods() {
        let gap: [Int64: UInt64] = [11: 200, 12: 200, 14: 200, 15: 200]
        var watchman = watchman(3, of: 3)
        let none = watchman.judge(snapshot(["thief": gap]), at: .seconds(16)).alarm
        #expect(none == nil)
        let longer = gap.merging([16: 300]) { $1 }
        let sighting = watchman.judge(snapshot(["thief": longer]), at: .seconds(17)).alarm
        #expect(sighting?.since == .seconds(14) && sighting?.count == 300)
    }

    @Test("2 of 3 forgives one period within bounds")
    func twoOfThree() {
        var watchman = watchman(2, of: 3)
        let counts: [Int64: UInt64] = [11: 200, 12: 10, 13: 200]
        let early = watchman.judge(snapshot(["thief": counts]), at: .milliseconds(13_900)).alarm
        let sighting = watchman.judge(snapshot(["thief": counts]), at: .seconds(14)).alarm
        #expect(early == nil && sighting?.count == 200)
    }

    @Test("a budget names each who has spent it, at once and a single time")
    func budget() {
        var watchman = watchman(3, of: 3, budget: 200)
        func calls(_ thief: UInt64) -> GateSnapshot {
            snapshot(["thief": [10: thief], "web": [10: 200]])
        }
        let within = watchman.judge(calls(200), at: .milliseconds(10_500)).budgets
        #expect(within.isEmpty)
        let spent = watchman.judge(calls(201), at: .milliseconds(10_600))
        #expect(spent.budgets.map(\.identity) == ["thief"] && spent.alarm == nil)
        #expect(spent.budgets.first?.count == 201 && spent.budgets.first?.threshold == 200)
        let again = watchman.judge(calls(300), at: .milliseconds(10_700)).budgets
        #expect(again.isEmpty)
        let other = snapshot(["thief": [10: 300], "web": [10: 201]])
        let next = watchman.judge(other, at: .milliseconds(10_800)).budgets
        #expect(next.map(\.identity) == ["web"])
    }

    @Test("a canary names each who has opened one, at once and a single time")
    func canaries() {
        var watchman = watchman(3, of: 3)
        func opened(_ thief: UInt64, web: UInt64 = 0) -> GateSnapshot {
            var snapshot = snapshot(["thief": [10: 5], "web": [10: 90]])
            (snapshot.identities[0].canaries, snapshot.identities[1].canaries) = (thief, web)
            return snapshot
        }
        let none = watchman.judge(opened(0), at: .milliseconds(10_500)).canaries
        #expect(none.isEmpty)
        let first = watchman.judge(opened(1), at: .milliseconds(10_600))
        #expect(first.alarm == nil && first.budgets.isEmpty)
        #expect(
            first.canaries == [
                Watchman.Sighting(
                    identity: "thief", since: .seconds(20), count: 1, threshold: 0)
            ])
        let again = watchman.judge(opened(4), at: .milliseconds(10_700)).canaries
        #expect(again.isEmpty)
        let other = watchman.judge(opened(4, web: 2), at: .milliseconds(10_800)).canaries
        #expect(other.map(\.identity) == ["web"] && other.first?.count == 2)
    }

    @Test("canaries of a real gate are seen")
    func realCanary() throws {
        let site = try GateSite(identities: ["web", "thief"], canaries: [11, 12])
        var watchman = Watchman(
            gate: site.path, period: GateSite.period, rule: nil, budget: nil, delay: .zero,
            from: MonotonicInstant.calendar())
        let thief = try site.gate.claim("thief")
        #expect(!site.gate.meet(10, row: thief))
        var seen = try watchman.look()
        let before = watchman.judge(seen, at: MonotonicInstant.calendar())
        #expect(before.canaries.isEmpty)
        #expect(site.gate.meet(12, row: thief))
        seen = try watchman.look()
        let after = watchman.judge(seen, at: MonotonicInstant.calendar())
        #expect(after.canaries.map(\.identity) == ["thief"])
    }

    @Test("without a rule there is no alarm, whatever is counted")
    func unwatched() {
        var watchman = Watchman(
            gate: "", period: Self.period, rule: nil, budget: nil, delay: .zero, from: Self.begin)
        let sightings = watchman.judge(theft, at: .seconds(30))
        #expect(sightings.alarm == nil && sightings.budgets.isEmpty)
    }

    /// A gate with the calls of a period, and when that began.
    private func called() throws -> (GateSite, start: Nanoseconds) {
        let site = try GateSite(identities: ["web", "thief"])
        let start = site.nextPeriod()
        try site.call("web", times: 20)
        try site.call("thief", times: 20)
        return (site, start)
    }

    @Test("a real gate is looked at, and one that is gone is told with its path")
    func realGate() throws {
        var (site, start) = try called()
        // Calls that a busy machine spreads over two periods are made anew.
        for _ in 0..<20 where MonotonicInstant.calendar() >= start + GateSite.period {
            (site, start) = try called()
        }
        _ = site.nextPeriod()
        var watchman = Watchman(
            gate: site.path, period: GateSite.period,
            rule: AlarmSettings(period: GateSite.period, threshold: nil)
                .rule(at: RecordCount(30)),
            budget: nil, delay: .zero, from: start - .milliseconds(1))
        let seen = try watchman.look()
        #expect(seen.identities.map(\.total.admitted) == [20, 20])
        let sighting = watchman.judge(seen, at: start + GateSite.period).alarm
        #expect(sighting?.count == 40 && sighting?.since == start)
        try FileManager.default.removeItem(atPath: site.path)
        let error = #expect(throws: DrillError.self) { try watchman.look() }
        #expect(error?.description.hasPrefix("the gate's state vanished during a theft") == true)
        #expect(error?.description.contains(site.path) == true)
    }
}
