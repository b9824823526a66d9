import Foundation
import GateState
import Testing
import Throttling
import Units

@Suite("Processes before one gate", .serialized)
struct SharedGateTests {
    /// A policy that admits so many, and hardly another one for a year.
    private func bucket(_ burst: UInt64) -> Policy {
        let rate = Rate(1, per: .seconds(365 * 86_400))
        return Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(burst))), onLimit: .deny)
    }

    @Test("eight processes together get exactly what the policy admits")
    func exact() throws {
        let clients = try Openers {
            $0.policy = bucket(5_000)
            // Each client seals a record first.
            $0.chargesEncryption = false
        }
        let started = try (0..<8).map { try clients.start("client-\($0)", calls: 2_000) }
        let results = try started.map { try $0.results() }
        let opened = results.reduce(0) { $0 + ($1["0"] ?? 0) }
        #expect(opened == 5_000)
        let snapshot = try clients.snapshot()
        let total = snapshot.identities.reduce(into: GateCalls()) { sum, identity in
            for outcome in GateOutcome.allCases { sum[outcome] += identity.total[outcome] }
        }
        #expect(total == GateCalls(admitted: 5_000, throttled: 11_000))
        #expect(snapshot.identities.count == 8)
        #expect(results.allSatisfy { ($0["0"] ?? 0) + ($0["6"] ?? 0) == 2_000 })
    }

    @Test("no count is lost where a process is killed in the middle of a call")
    func killed() throws {
        let clients = try Openers()
        let kills = 100
        for kill in 0..<kills {
            let before = clients.opened
            let client = try clients.start("victim", calls: 0)
            let deadline = Date(timeIntervalSinceNow: 120)
            while clients.opened == before, Date() < deadline { usleep(200) }
            usleep(UInt32(kill * 37 % 900))
            client.kill()
        }
        let identity = try #require(try clients.snapshot().identities.first)
        let counted = try #require(identity.calls[.decrypt]?.admitted)
        // One process at a time, so the tally misses at most the call in which each was killed.
        #expect(counted >= clients.opened && counted <= clients.opened + UInt64(kills))
        #expect(clients.opened > UInt64(kills))
        #expect(identity.calls[.encrypt]?.admitted == UInt64(kills))
        let inPeriods = identity.periods.reduce(0) { $0 + $1.calls.admitted }
        // Between the two counts of a call lies an instant, too.
        let all = counted + UInt64(kills)
        #expect(inPeriods <= all && inPeriods + UInt64(kills) >= all)
    }

    @Test("a revocation stops the next call of every process, sessions already open included")
    func revoked() throws {
        let clients = try Openers()
        let started = try (0..<3).map { _ in try clients.start("thief", calls: 0) }
        let other = try clients.start("web", calls: 0, tallies: false)
        defer { other.kill() }
        let deadline = Date(timeIntervalSinceNow: 120)
        // Each seals its record before it opens it; on a busy machine one is long in coming.
        while try clients.opened < 30_000 || sealed(by: "thief", in: clients) < 3, Date() < deadline
        {
            usleep(1_000)
        }
        let gate = try GateState(path: clients.state)
        let row = try gate.claim("thief")
        gate.setRevoked(true, row: row)
        let instant = monotonicNanoseconds()
        for results in try started.map({ try $0.results() }) {
            // No call that began afterwards was let through, and the next one was refused.
            let (last, first) = (
                try #require(results["last-opened"]), try #require(results["first-refusal"])
            )
            #expect(last <= instant && first > last)
            #expect(first < instant + 60_000_000_000)
        }
        let snapshot = try clients.snapshot()
        let counts = Dictionary(
            uniqueKeysWithValues: snapshot.identities.map { ($0.name, $0.total) })
        #expect(counts["thief"]?.revoked == 3 && counts["web"]?.revoked == 0)
        #expect(other.process.isRunning)
    }

    private func sealed(by name: String, in clients: Openers) throws -> UInt64 {
        try clients.snapshot().identities.first { $0.name == name }?.calls[.encrypt]?.admitted ?? 0
    }

    @Test("so many calls are in flight at once as the policy allows, and no more")
    func inFlight() throws {
        let clients = try Openers { $0.policy = Policy(.concurrency(RecordCount(1))) }
        let start = monotonicNanoseconds()
        let started = try (0..<2).map { _ in
            try clients.start("a", calls: 20, script: "service=fixed:5ms")
        }
        for client in started { #expect(try client.results()["0"] == 20) }
        #expect(monotonicNanoseconds() - start >= 200_000_000)
    }

    @Test("a calendar that jumps a day back and ahead admits no call more")
    func jumps() throws {
        let jump = try Openers.jump.get()
        let day = Policy(
            .budget(Budget(quota: RecordCount(100), period: .day)), onLimit: .deny)
        for policy in [bucket(100), day] {
            let clients = try Openers {
                $0.policy = policy
                $0.chargesEncryption = false
                $0.history = 3_000
            }
            let results = try clients.start("a", calls: 5_000, preload: jump).results()
            #expect(results["0"] == 100 && results["6"] == 4_900)
            let identity = try #require(try clients.snapshot().identities.first)
            #expect(identity.total == GateCalls(admitted: 100, throttled: 4_900))
            // It did jump: the first calls were counted yesterday.
            let first = try #require(identity.periods.first?.start)
            #expect(Date().timeIntervalSince1970 - first.seconds.value > 80_000)
        }
    }

    @Test("a call beyond the throttle waits for its turn where the policy says so")
    func waits() throws {
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: Rate(20), burst: RecordCount(1))),
            onLimit: .wait(atMost: .seconds(30)))
        let clients = try Openers { $0.policy = policy }
        let start = monotonicNanoseconds()
        #expect(try clients.start("a", calls: 30).results()["0"] == 30)
        #expect(monotonicNanoseconds() - start >= 1_500_000_000)
        let identity = try #require(try clients.snapshot().identities.first)
        #expect((5...31).contains(identity.waits))
        #expect(identity.total == GateCalls(admitted: 31))
    }

    private func monotonicNanoseconds() -> UInt64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
    }
}
