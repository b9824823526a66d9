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
    /// Exactly 120 calls in 60 ms.
    private static let users = Schedule(rate: Rate(2_000), arrivals: .constant)

    /// At most so many calls an hour: what is admitted of a short load does not hang on the clock.
    private static func hourly(_ count: UInt64) -> Limit {
        .fixedWindow(FixedWindow(limit: RecordCount(count), window: hour))
    }

    private func run(
        _ policy: Policy? = nil, units: UInt64 = 1, clients: Int = 4, attackers: Int = 2,
        arrivals: Schedule = users, onDenied: OnDenied = .backoff
    ) throws -> LoadRecord {
        let throttle = try policy.map { try TestThrottle($0, units: units, clients: clients) }
        let load = Workload(
            callers: 3, attackers: attackers, warmUp: .lasting(.zero),
            duration: .milliseconds(60), arrivals: arrivals, throttle: throttle?.throttle,
            onDenied: onDenied)
        let clock = MonotonicClock()
        let record = try load.run(clock: clock) { [ledger] _ in
            FakeOperation(ledger)
        } awaitRelease: {
            clock.soon()
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
            let record = try run(Policy(Self.hourly(9), onLimit: .deny), onDenied: onDenied)
            let (users, thieves) = (
                record.callers.sum(\.admitted), record.attackers.sum(\.admitted)
            )
            #expect(users + thieves == 9 && thieves > 0)
            #expect(users + record.callers.sum(\.denied) == 120)
            #expect(record.attackers.sum(\.denied) >= 2)
        }
    }

    @Test("each client has its own, and all attackers share one that is none of the users'")
    func perClient() throws {
        let record = try run(Policy(Self.hourly(5), onLimit: .deny, scope: .perClient))
        #expect(record.callers.sum(\.admitted) == 4 * 5 && record.callers.sum(\.denied) == 100)
        #expect(record.attackers.sum(\.admitted) == 5 && record.attackers.sum(\.denied) == 2)
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
            let clock = MonotonicClock()
            let record = try load.run(clock: clock) { [ledger] _ in
                FakeOperation(ledger)
            } awaitRelease: {
                clock.soon()
            }
            // Every second call is that of every second client, and those have five each.
            #expect(try #require(record).callers.sum(\.admitted) == 10)
        }
    }

    @Test("users who still wait at the end are a backlog; attackers who do are none")
    func waiting() throws {
        let record = try run(Policy(Self.hourly(9), onLimit: .wait(atMost: .seconds(86_400))))
        let backlog = record.callers.reduce(0) { $0 + ($1.open?.backlog ?? 0) }
        #expect(record.callers.sum(\.admitted) + record.attackers.sum(\.admitted) == 9)
        #expect(record.callers.sum(\.admitted) + backlog == 120)
        #expect(record.callers.sum(\.denied) + record.attackers.sum(\.denied) == 0)
    }

    @Test("calls are charged what they hand over")
    func charged() throws {
        let record = try run(Policy(Self.hourly(20), onLimit: .deny), units: 3)
        // The seventh would be the 19th to 21st unit.
        #expect(record.callers.sum(\.admitted) + record.attackers.sum(\.admitted) == 6)
    }
}

extension [CallerRecord] {
    fileprivate func sum(_ count: (CallerRecord) -> UInt64) -> UInt64 {
        reduce(0) { $0 + count($1) }
    }
}
