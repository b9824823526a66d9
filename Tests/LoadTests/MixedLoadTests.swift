import Glibc
import Synchronization
import Testing
import Throttling
import Units

@testable import Load

@Suite("Users and attackers meet at one throttle, and each class is counted by itself")
struct MixedLoadTests {
    private let ledger = Ledger()
    private static let hour = Nanoseconds.seconds(3_600)
    /// Longer than a busy machine delays threads.
    private static let long = Nanoseconds.seconds(2)
    /// As long as it takes: whoever waits for the end leaps to it.
    private static let endless = Nanoseconds.seconds(60)

    /// At most so many calls an hour: what is admitted of a short load does not hang on the clock.
    private static func hourly(_ count: UInt64) -> Limit {
        .fixedWindow(FixedWindow(limit: RecordCount(count), window: hour))
    }

    /// 120 calls of users, evenly over the time, beside two attackers.
    private func run(
        _ policy: Policy? = nil, lasting duration: Nanoseconds = .milliseconds(60),
        units: UInt64 = 1, onDenied: OnDenied = .backoff
    ) throws -> LoadRecord {
        let throttle = try policy.map { try TestThrottle($0, units: units, clients: 4) }
        let load = Workload(
            callers: 3, attackers: 2, warmUp: .lasting(.zero), duration: duration,
            arrivals: Schedule(rate: Rate(120, per: duration), arrivals: .constant),
            throttle: throttle?.throttle, onDenied: onDenied)
        let clock = LeapingClock()
        let record = try load.run(clock: clock) { [ledger] _ in
            FakeOperation(ledger)
        } awaitRelease: {
            clock.now() + .milliseconds(1)
        }
        return try #require(record)
    }

    @Test("without a throttle the attackers call flat out, and the users when calls are due")
    func unthrottled() throws {
        let record = try run()
        #expect(record.callers.count == 3 && record.attackers.count == 2)
        #expect(record.callers.reduce(0) { $0 + ($1.open?.scheduled ?? 0) } == 120)
        #expect(record.attackers.allSatisfy { $0.open == nil && $0.throttleWait == nil })
        #expect(record.attackers.allSatisfy { $0.operations > 0 && $0.service.count > 0 })
        let operations = (record.callers + record.attackers).reduce(0) { $0 + $1.operations }
        #expect(operations == UInt64(ledger.performed.load(ordering: .relaxed)))
    }

    @Test("of a throttle that all share both classes together get what one caller would")
    func shared() throws {
        for onDenied in OnDenied.allCases {
            // Whoever hammers does not wait for the end.
            let record = try run(
                Policy(Self.hourly(9), onLimit: .deny),
                lasting: onDenied == .spin ? Self.long : Self.endless, onDenied: onDenied)
            let (users, thieves) = (
                record.callers.sum(\.admitted), record.attackers.sum(\.admitted)
            )
            #expect(users + thieves == 9 && thieves > 0)
            #expect(users + record.callers.sum(\.denied) + record.backlog == 120)
            #expect(record.attackers.sum(\.denied) >= 1)
        }
    }

    @Test("each client has its own, and all attackers share one that is none of the users'")
    func perClient() throws {
        let record = try run(
            Policy(Self.hourly(5), onLimit: .deny, scope: .perClient), lasting: Self.long)
        #expect(record.callers.sum(\.admitted) == 4 * 5)
        #expect(record.callers.sum(\.denied) + record.backlog == 100)
        // Each attacker is denied once, unless it came when all was over.
        #expect(record.attackers.sum(\.admitted) == 5)
        #expect((1...2).contains(record.attackers.sum(\.denied)))
    }

    @Test("call n comes from client n mod clients, also where processes share the calls by stripes")
    func stripes() throws {
        let policy = Policy(Self.hourly(5), onLimit: .deny, scope: .perClient)
        let throttle = try TestThrottle(policy, clients: 4)
        for stripe in 0..<2 {
            let load = Workload(
                callers: 2, warmUp: .lasting(.zero), duration: .milliseconds(60),
                arrivals: Schedule(
                    rate: Rate(2_000), arrivals: .constant, stripe: .init(stripe, of: 2)),
                throttle: throttle.throttle)
            let record = try load.run(clock: VirtualClock()) { [ledger] _ in
                FakeOperation(ledger)
            } awaitRelease: {
                VirtualClock.release
            }
            // Every second call is that of every second client, and those have five each.
            #expect(try #require(record).callers.sum(\.admitted) == 10)
        }
    }

    @Test("users who still wait at the end are a backlog; attackers who do are none")
    func waiting() throws {
        let record = try run(
            Policy(Self.hourly(9), onLimit: .wait(atMost: .seconds(86_400))),
            lasting: Self.endless)
        #expect(record.callers.sum(\.admitted) + record.attackers.sum(\.admitted) == 9)
        #expect(record.callers.sum(\.admitted) + record.backlog == 120)
        #expect(record.callers.sum(\.denied) + record.attackers.sum(\.denied) == 0)
    }

    @Test("calls are charged what they hand over")
    func charged() throws {
        let record = try run(
            Policy(Self.hourly(20), onLimit: .deny), lasting: Self.endless, units: 3)
        // The seventh would be the 19th to 21st unit.
        #expect(record.callers.sum(\.admitted) + record.attackers.sum(\.admitted) == 6)
    }
}

extension LoadRecord {
    /// Calls of users that waited at the end.
    fileprivate var backlog: UInt64 { callers.reduce(0) { $0 + ($1.open?.backlog ?? 0) } }
}

extension [CallerRecord] {
    fileprivate func sum(_ count: (CallerRecord) -> UInt64) -> UInt64 {
        reduce(0) { $0 + count($1) }
    }
}
