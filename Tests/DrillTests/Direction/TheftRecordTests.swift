import GateState
import Results
import Testing
import Throttling
import Units

@testable import Drill

@Suite("A theft put together from what its processes told")
struct TheftRecordTests {
    private static let grain = Nanoseconds.milliseconds(20)
    /// The calendar's clock less the monotonic one: periods begin at a quarter to a second.
    private static let offset = Nanoseconds.milliseconds(1_000_250)

    /// What the processes told: the first legitimate call after 100 s, the thief's from 101 s on.
    private struct Story {
        var end = ThiefReport.End.revoked
        var firstCall: Nanoseconds? = .seconds(101)
        var lastRecord: Nanoseconds? = .milliseconds(101_900)
        var bins = [
            ThiefBin(index: 5_055, opened: 10), ThiefBin(index: 5_080, opened: 20),
            // From 101.74 s to 101.76 s.
            ThiefBin(index: 5_087, opened: 8), ThiefBin(index: 5_094, opened: 5),
        ]
        var served: [FrontEndReport] = []
        var alarm: Nanoseconds?
        var budget: Nanoseconds?
        var canary: Nanoseconds?
        var response: ResponseReport?
        var unanswered: String?
        var identities: [GateIdentity] = []

        var theft: DrillTheft {
            TheftRecord(
                act: DrillPlan.Act(throttle: .none, isWatched: true, watch: .seconds(5)),
                phase: 0.25, identity: "thief",
                stolen: ThiefReport(
                    end: end, firstCall: firstCall, lastRecord: lastRecord,
                    opened: bins.reduce(0) { $0 + $1.opened }, wrong: 3, denied: 7, bins: bins),
                served: served,
                snapshot: GateSnapshot(
                    path: "",
                    configuration: GateConfiguration(module: "/m.so", period: .seconds(1)),
                    taken: .seconds(1_103), created: .zero, identities: identities),
                opening: .seconds(100), over: .seconds(102), close: .seconds(103),
                offset: TheftRecordTests.offset, alarm: alarm, budget: budget, canary: canary,
                responses: response.map { [$0] } ?? [],
                unanswered: unanswered, grain: TheftRecordTests.grain
            ).theft
        }
    }

    private func isNear(_ value: Double?, _ expected: Double) -> Bool {
        value.map { abs($0 - expected) < 1e-9 } ?? false
    }

    @Test("instants are seconds since the thief's first call")
    func instants() {
        var story = Story()
        story.alarm = .milliseconds(101_500)
        story.response = ResponseReport(identity: "thief", instant: .milliseconds(101_800))
        let theft = story.theft
        #expect(theft.phase == 0.25 && theft.identity == "thief" && theft.ending == .revoked)
        #expect(isNear(theft.alarm, 0.5) && isNear(theft.revocation, 0.8))
        #expect(theft.revoked == "thief" && theft.unanswered == nil)
        #expect(isNear(theft.lastRecord, 0.9))
        #expect(theft.lost == 43 && theft.wrong == 3 && theft.denied == 7)
    }

    @Test("legitimate calls are told apart by when they fell due: before, during and after")
    func service() {
        func bin(_ index: Int64, _ opened: UInt64) -> FrontEndBin {
            FrontEndBin(
                index: index, opened: opened, denied: 1, errors: 2, responses: 10_000_000,
                longest: 4_000_000 * Int64(opened))
        }
        var story = Story()
        // 5,050 begins with the thief's first call; he is at his end at 101.9 s.
        story.served = [
            FrontEndReport(bins: [bin(5_020, 1), bin(5_049, 2), bin(5_050, 3)], firstError: nil),
            FrontEndReport(bins: [bin(5_094, 4), bin(5_095, 5), bin(5_140, 6)], firstError: "x"),
        ]
        let theft = story.theft
        #expect(isNear(theft.before.seconds, 1))
        #expect(isNear(theft.during.seconds, 0.9))
        #expect(isNear(theft.after.seconds, 1.1))
        #expect([theft.before, theft.during, theft.after].map(\.opened) == [3, 7, 11])
        #expect([theft.before, theft.during, theft.after].map(\.denied) == [2, 2, 2])
        #expect([theft.before, theft.during, theft.after].map(\.errors) == [4, 4, 4])
        // 20 ms over 3 + 2 + 4 calls, and so on.
        #expect(isNear(theft.before.meanResponse, 0.02 / 9))
        #expect(isNear(theft.during.meanResponse, 0.02 / 13))
        #expect(isNear(theft.after.meanResponse, 0.02 / 17))
        #expect(isNear(theft.during.longestResponse, 0.016))
    }

    @Test("a stretch without calls has no response")
    func noService() {
        let theft = Story().theft
        #expect(theft.before.meanResponse == nil && theft.before.longestResponse == nil)
        #expect(theft.during.opened == 0)
    }

    @Test("periods are the gate's whole ones, the thief told apart, with what he held at each end")
    func periods() {
        func identity(_ name: String, _ counts: [(Int64, UInt64)]) -> GateIdentity {
            GateIdentity(
                name: name,
                periods: counts.map {
                    GatePeriod(
                        start: .seconds($0.0), calls: GateCalls(admitted: $0.1, revoked: 50),
                        units: $0.1)
                })
        }
        var story = Story()
        // Period 1,101 lasts from 100.75 s to 101.75 s; 1,103 is not over at 103 s.
        story.identities = [
            identity("web-1", [(1_101, 10), (1_102, 12), (1_103, 1)]),
            identity("web-2", [(1_101, 7)]),
            identity("thief", [(1_101, 40), (1_102, 60), (1_103, 2)]),
        ]
        let periods = story.theft.periods
        #expect(periods.map(\.legitimate) == [17, 12])
        #expect(periods.map(\.thief) == [40, 60])
        // Half of the stretch from 101.74 s to 101.76 s.
        #expect(periods.map(\.lost) == [34, 43])
        #expect(isNear(periods.first?.start, -0.25) && isNear(periods.last?.start, 0.75))
    }

    @Test("a budget is told with what he held when it was seen")
    func budget() {
        var story = Story()
        story.budget = .milliseconds(101_745)
        let budget = story.theft.budget
        #expect(isNear(budget?.seconds, 0.745))
        // A quarter of the stretch's 8.
        #expect(budget?.records == 32)
    }

    @Test("a canary is told in the same way, and is an alarm that somebody has to answer")
    func canary() {
        var story = Story()
        #expect(story.theft.canary == nil)
        story.canary = .milliseconds(101_610)
        let theft = story.theft
        #expect(isNear(theft.canary?.seconds, 0.61) && theft.budget == nil)
        // The first 10, and half of the 20 that he got from 101.60 s to 101.62 s.
        #expect(theft.canary?.records == 20)
        #expect(theft.unanswered == "the responder did not answer before the theft was over")
        story.response = ResponseReport(identity: "thief", instant: .milliseconds(101_700))
        #expect(story.theft.unanswered == nil && story.theft.revoked == "thief")
    }

    @Test("a theft that nobody ended lasts until it was over")
    func watchOver() {
        var story = Story()
        story.end = .stopped
        #expect(story.theft.ending == .watchOver)
        #expect(isNear(story.theft.during.seconds, 1) && isNear(story.theft.after.seconds, 1))
        story.end = .broken("the database is gone")
        #expect(story.theft.ending == .broken && isNear(story.theft.during.seconds, 1))
        story.end = .everything
        #expect(story.theft.ending == .everything && isNear(story.theft.during.seconds, 0.9))
    }

    @Test("a thief who made no call lost nothing to anybody, and has no time of his own")
    func noCall() {
        var story = Story()
        (story.end, story.firstCall, story.lastRecord, story.bins) = (.stopped, nil, nil, [])
        let theft = story.theft
        #expect(theft.lost == 0 && theft.lastRecord == 0)
        #expect(isNear(theft.before.seconds, 2) && theft.during.seconds == 0)
    }

    @Test("an alarm that nobody answered is told with the reason")
    func unanswered() {
        var story = Story()
        story.unanswered = "the responder's process was killed by signal 9"
        #expect(story.theft.unanswered == nil, "there was no alarm to answer")
        story.alarm = .milliseconds(101_500)
        #expect(story.theft.unanswered == "the responder's process was killed by signal 9")
        #expect(story.theft.revocation == nil && story.theft.revoked == nil)
        story.unanswered = nil
        #expect(story.theft.unanswered == "the responder did not answer before the theft was over")
        story.response = ResponseReport(identity: nil, instant: .milliseconds(101_600))
        #expect(
            story.theft.unanswered == "the responder found no identity whose calls had grown")
        #expect(story.theft.revocation == nil)
        (story.alarm, story.budget) = (nil, .milliseconds(101_500))
        #expect(story.theft.unanswered != nil, "a budget is an alarm too")
        story.response = ResponseReport(identity: "web-1", instant: .milliseconds(101_600))
        #expect(story.theft.unanswered == nil && story.theft.revoked == "web-1")
    }
}
