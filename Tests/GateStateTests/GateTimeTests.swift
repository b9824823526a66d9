import Foundation
import Testing
import Throttling
import Units

@testable import GateState

@Suite("The time of a gate")
struct GateTimeTests {
    private let folder: GateFolder

    init() throws { folder = try GateFolder() }

    /// Changes words of a file.
    private func overwrite(_ path: String, _ words: [Int: UInt64]) throws {
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        for (index, word) in words {
            try file.seek(toOffset: UInt64(8 * index))
            try file.write(contentsOf: withUnsafeBytes(of: word.littleEndian) { Data($0) })
        }
    }

    private func word(_ path: String, _ index: Int) throws -> UInt64 {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return (0..<8).reduce(0) { $0 | UInt64(data[8 * index + $1]) << (8 * UInt64($1)) }
    }

    private func open(_ path: String, _ calls: Int) throws -> [GateOutcome] {
        let gate = try GateState(path: path)
        let row = try gate.claim("a")
        return (0..<calls).map { _ in gate.charge(.decrypt, units: 1, isCall: true, row: row) }
    }

    @Test("after a new start of the machine it goes on where it stopped, and gives nothing away")
    func reboot() throws {
        let limit = FixedWindow(limit: RecordCount(3), window: .seconds(3_600))
        let policy = Policy(.fixedWindow(limit), onLimit: .deny)
        for policy in [policy, bucket(3)] {
            let path = try folder.gate(.sample(policy))
            #expect(try open(path, 4).filter { $0 == .admitted }.count == 3)
            let offset = try word(path, GateLayout.Header.offset)
            // Another start of the machine, on which it ran for a year longer or shorter.
            let year: UInt64 = 365 * 86_400 * 1_000_000_000
            for wrong in [offset &+ year, offset &- year] {
                try overwrite(
                    path, [GateLayout.Header.boot: 1, GateLayout.Header.offset: wrong])
                #expect(try open(path, 2) == [.throttled, .throttled])
                let found = Int64(bitPattern: try word(path, GateLayout.Header.offset))
                let error = abs(found - Int64(bitPattern: offset))
                #expect(error < 60_000_000_000, "off by \(error) ns")
            }
        }
    }

    @Test("days end when they do in UTC")
    func alignment() throws {
        let path = try folder.gate(.sample())
        let (start, created) = (
            try word(path, GateLayout.Header.calendarOfStart),
            try word(path, GateLayout.Header.created)
        )
        #expect(start % (86_400 * 1_000_000_000) == 0 && start <= created)
        let offset = Int64(bitPattern: try word(path, GateLayout.Header.offset))
        let now = GateClock.monotonic() + offset + Int64(start)
        #expect(abs(now - GateClock.exactCalendar()) < 5_000_000_000)
    }

    @Test("a period that is over keeps its count, and the next begins with none")
    func periods() throws {
        let path = try folder.gate(.sample(period: .seconds(1)))
        let gate = try GateState(path: path)
        let row = try gate.claim("a")
        var made: UInt64 = 0
        let end = GateClock.monotonic() + 60_000_000_000
        while try GateSnapshot(path: path).identities[0].periods.count < 2,
            GateClock.monotonic() < end
        {
            #expect(gate.charge(.decrypt, units: 1, isCall: true, row: row) == .admitted)
            made += 1
            GateClock.sleep(until: GateClock.monotonic() + 1_000_000)
        }
        let identity = try GateSnapshot(path: path).identities[0]
        #expect((2...3).contains(identity.periods.count))
        #expect(identity.periods.map(\.calls.admitted).reduce(0, +) == made)
        #expect(identity.periods.allSatisfy { $0.start.count % 1_000_000_000 == 0 })
        let starts = identity.periods.map(\.start)
        #expect(starts == starts.sorted() && Set(starts).count == starts.count)
    }

    @Test("a call that waits is refused as soon as its identity is revoked")
    func waiting() throws {
        let rate = Rate(1, per: .seconds(3_600))
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(1))),
            onLimit: .wait(atMost: .seconds(10_000)))
        let path = try folder.gate(.sample(policy))
        let gate = try GateState(path: path)
        let row = try gate.claim("a")
        #expect(gate.charge(.decrypt, units: 1, isCall: true, row: row) == .admitted)
        let revoking = Thread {
            // A tenth of a second after the call has begun to wait, or a minute.
            for _ in 0..<60_000 {
                guard let snapshot = try? GateSnapshot(path: path) else { break }
                if snapshot.identities[0].waits > 0 { break }
                GateClock.sleep(until: GateClock.monotonic() + 1_000_000)
            }
            Thread.sleep(forTimeInterval: 0.1)
            gate.setRevoked(true, row: row)
        }
        revoking.start()
        let start = GateClock.monotonic()
        #expect(gate.charge(.decrypt, units: 1, isCall: true, row: row) == .revoked)
        let waited = GateClock.monotonic() - start
        #expect((100_000_000..<60_000_000_000).contains(waited), "waited \(waited) ns")
        let identity = try GateSnapshot(path: path).identities[0]
        #expect(identity.waits == 1 && identity.waited.count >= 90_000_000)
    }
}
