import Exposure
import Testing
import Throttling
import Units

@Suite("The thief's share of a throttle")
struct ThiefShareTests {
    private static let waiting = Policy.bucket(Rate(500), burst: 100)
    private static var denying: Policy {
        var policy = waiting
        policy.onLimit = .deny
        return policy
    }

    private func share(
        of throttle: Policy, beside demand: Double = 200, units: UInt64 = 1,
        attempts: Double = 20_000, callers: Int = 4, ownUnits: UInt64 = 1
    ) -> ThiefShare {
        ThiefShare(
            of: throttle, beside: demand, units: units, attempts: attempts, callers: callers,
            ownUnits: ownUnits)
    }

    /// Units a second that are left to him.
    private func rate(_ share: ThiefShare) throws -> Double {
        try #require(share.policy.sustainedRate)
    }

    @Test("where calls wait he is left what the legitimate ones do not take, and nobody is denied")
    func waits() throws {
        let share = share(of: Self.waiting)
        #expect(isClose(try rate(share), 300, within: 1e-9))
        #expect(share.deniedShare == 0)
        #expect(share.note != nil)
        #expect(share.policy.limit.largestRequest == 100)
    }

    @Test("where calls are refused he has his part of all that ask, and so are the others denied")
    func denies() throws {
        let share = share(of: Self.denying)
        #expect(isClose(try rate(share), 500 * 20_000 / 20_200, within: 1e-6))
        #expect(isClose(try #require(share.deniedShare), 1 - 500.0 / 20_200))
        // Nobody waits there.
        #expect(share.wait == nil)
        #expect(share.note != nil)
    }

    @Test("who is always there first has all of it, and denies everybody else")
    func first() throws {
        let share = share(of: Self.denying, attempts: .infinity)
        #expect(isClose(try rate(share), 500, within: 1e-9))
        #expect(share.deniedShare == 1)
    }

    @Test("what is charged by bytes is shared by units, not by calls")
    func units() throws {
        // 100 legitimate calls take 200 units.
        let waiting = share(of: Self.waiting, beside: 100, units: 2, ownUnits: 2)
        #expect(isClose(try rate(waiting), 300, within: 1e-9))
        #expect(isClose(try #require(waiting.wait), 0.030))
        let denying = share(
            of: Self.denying, beside: 100, units: 2, attempts: 10_000, ownUnits: 2)
        #expect(isClose(try rate(denying), 500 * 20_000 / 20_200, within: 1e-6))
        #expect(isClose(try #require(denying.deniedShare), 1 - 500.0 / 20_200))
        // One call of his that joins many records weighs as many as it is charged.
        let joined = share(of: Self.denying, attempts: 100, ownUnits: 50)
        #expect(isClose(try rate(joined), 500 * 5_000 / 5_200, within: 1e-6))
    }

    @Test("with a state for each client he meets the throttle as it is")
    func perClient() {
        for onLimit in [OnLimit.deny, .usual] {
            var throttle = Self.waiting
            (throttle.scope, throttle.onLimit) = (.perClient, onLimit)
            let share = share(of: throttle)
            #expect(share.policy == throttle && share.note == nil)
            #expect(share.deniedShare == 0 && share.wait == nil)
        }
    }

    @Test("a throttle that all of them together do not fill is left as it is")
    func slack() {
        for throttle in [Self.waiting, Self.denying] {
            let share = share(of: throttle, attempts: 250)
            #expect(share.policy == throttle && share.note == nil)
            #expect(share.deniedShare == 0 && share.wait == nil)
        }
    }

    @Test("what has no rate is not shared out")
    func withoutRate() {
        for throttle in [
            Policy.none, .delayed(.milliseconds(5)), Policy(.concurrency(RecordCount(2))),
        ] {
            let share = share(of: throttle)
            #expect(share.policy == throttle && share.note == nil && share.wait == nil)
        }
    }

    @Test("windows and several limits at once are shared out like buckets")
    func otherLimits() throws {
        let fixed = Policy.window(500, per: .seconds(1))
        #expect(isClose(try rate(share(of: fixed)), 300, within: 1e-9))
        let sliding = Policy(
            .slidingWindow(SlidingWindow(limit: RecordCount(1_000), window: .seconds(2))))
        #expect(isClose(try rate(share(of: sliding)), 300, within: 1e-9))
        let both = Policy(.all([Self.waiting.limit, .concurrency(RecordCount(4))]))
        let shared = share(of: both)
        #expect(isClose(try rate(shared), 300, within: 1e-9))
        #expect(shared.policy.limit.slots == 4)
    }

    @Test("a demand that takes all of the limit leaves him nothing, and waits have no end")
    func drowned() throws {
        for demand in [500.0, 700] {
            let share = share(of: Self.waiting, beside: demand)
            // A rate is never none at all.
            #expect(try rate(share) <= 0.01, "\(demand)")
            #expect(share.wait == nil, "\(demand)")
        }
    }

    // Arrivals see time averages (Wolff, 1982): c calls of his and the legitimate ones before it,
    // and half of what the next of them still waits.
    @Test(
        "behind a thief whose calls always wait a legitimate one waits (c + 1/2) / (r - D)",
        arguments: [(1, 200.0, 0.005), (4, 200.0, 0.015), (16, 200.0, 0.055), (4, 400.0, 0.045)])
    func wait(callers: Int, demand: Double, seconds: Double) throws {
        let share = share(of: Self.waiting, beside: demand, callers: callers)
        let wait = try #require(share.wait)
        #expect(isClose(wait, seconds, within: 1e-9))
        let drill = PlayedDrill(
            name: "queue", throttle: .shared(500, burst: 1), perSecond: .infinity,
            callers: callers, demand: demand, watch: 25, settlesAfter: 5)
        let played = PlainTheft.Estimate(
            drill.outcomes(20, seed: UInt64(callers)).compactMap(\.meanWait))
        #expect(abs(wait - played.mean) <= 4 * played.error, "\(wait) against \(played)")
        #expect(played.error < 0.05 * wait)
    }
}
