import Foundation
import Testing
import Throttling
import Units

@testable import GateState

/// A folder that goes with the test, and gates in it.
final class GateFolder {
    let url: URL

    init() throws {
        url = FileManager.default.temporaryDirectory
            .appending(path: "gate-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: url) }

    func path(_ name: String) -> String { url.appending(path: name).path }

    /// The path of a gate that was made so.
    func gate(_ configuration: GateConfiguration) throws -> String {
        let path = path(UUID().uuidString)
        try GateState.create(at: path, configuration)
        return path
    }
}

extension GateConfiguration {
    /// A gate before a module that nobody loads here.
    static func sample(_ policy: Policy = .none, period: Nanoseconds = .seconds(60)) -> Self {
        GateConfiguration(module: "/lib/module.so", policy: policy, period: period)
    }
}

/// A policy that admits so many, and hardly another one for a year.
func bucket(_ burst: UInt64, scope: Scope = .global) -> Policy {
    let rate = Rate(1, per: .seconds(365 * 86_400))
    return Policy(
        .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(burst))), onLimit: .deny,
        scope: scope)
}

@Suite("The state of a gate")
struct GateStateTests {
    private let folder: GateFolder

    init() throws { folder = try GateFolder() }

    @Test("what is admitted, throttled and revoked is counted by identity and function")
    func counts() throws {
        let path = try folder.gate(.sample(bucket(3)))
        let gate = try GateState(path: path)
        let (web, batch) = (try gate.claim("web"), try gate.claim("batch"))
        #expect(web != batch)
        #expect(try gate.claim("web") == web)
        func call(_ function: GateFunction, _ row: Int) -> GateOutcome {
            gate.charge(function, units: 1, isCall: true, row: row)
        }
        #expect(call(.decrypt, web) == .admitted && call(.unwrap, web) == .admitted)
        #expect(call(.decrypt, batch) == .admitted && call(.decrypt, batch) == .throttled)
        gate.setRevoked(true, row: web)
        #expect(call(.decrypt, web) == .revoked && call(.decrypt, batch) == .throttled)
        let snapshot = try GateSnapshot(path: path)
        #expect(snapshot.identities.map(\.name) == ["web", "batch"])
        #expect(
            snapshot.identities[0].calls == [
                .decrypt: GateCalls(admitted: 1, revoked: 1), .unwrap: GateCalls(admitted: 1),
            ])
        #expect(snapshot.identities[1].total == GateCalls(admitted: 1, throttled: 2))
        #expect(snapshot.identities.map(\.units) == [2, 1])
        #expect(snapshot.identities[0].revokedSince != nil)
        #expect(snapshot.identities[1].revokedSince == nil)
        for identity in snapshot.identities {
            let sum = identity.periods.reduce(into: GateCalls()) { sum, period in
                for outcome in GateOutcome.allCases { sum[outcome] += period.calls[outcome] }
            }
            #expect(sum == identity.total, "\(identity.name)")
            #expect(identity.periods.reduce(0) { $0 + $1.units } == identity.units)
        }
    }

    @Test("a revocation holds in every process, and in those that come later, until it is restored")
    func revocation() throws {
        let path = try folder.gate(.sample())
        let (one, other) = (try GateState(path: path), try GateState(path: path))
        let row = try one.claim("thief")
        other.setRevoked(true, row: try other.claim("thief"))
        #expect(one.charge(.sign, units: 1, isCall: true, row: row) == .revoked)
        #expect(!one.admitsUncharged(.wrap, row: row))
        #expect(try GateState(path: path).isRevoked(row))
        other.setRevoked(false, row: row)
        #expect(one.charge(.sign, units: 1, isCall: true, row: row) == .admitted)
        other.setClosed(true)
        #expect(one.isRevoked(row))
        #expect(one.isRevoked(try one.claim("somebody")))
        other.setClosed(false)
        #expect(!one.isRevoked(row))
    }

    @Test("the second revocation does not change since when")
    func since() throws {
        let path = try folder.gate(.sample())
        let gate = try GateState(path: path)
        let row = try gate.claim("a")
        gate.setRevoked(true, row: row)
        let first = try GateSnapshot(path: path).identities[0].revokedSince
        gate.setRevoked(true, row: row)
        #expect(first != nil)
        #expect(try GateSnapshot(path: path).identities[0].revokedSince == first)
    }

    @Test("each identity has a bucket of its own where the scope is per client")
    func perClient() throws {
        let gate = try GateState(path: try folder.gate(.sample(bucket(2, scope: .perClient))))
        for name in ["a", "b", "c"] {
            let row = try gate.claim(name)
            let outcomes = (0..<3).map { _ in
                gate.charge(.decrypt, units: 1, isCall: true, row: row)
            }
            #expect(outcomes == [.admitted, .admitted, .throttled], "\(name)")
        }
    }

    @Test("units beyond the call itself are counted as units, and refused as units")
    func units() throws {
        let path = try folder.gate(.sample(bucket(10)))
        let gate = try GateState(path: path)
        let row = try gate.claim("a")
        #expect(gate.charge(.decrypt, units: 1, isCall: true, row: row) == .admitted)
        #expect(gate.charge(.decrypt, units: 7, isCall: false, row: row) == .admitted)
        #expect(gate.charge(.decrypt, units: 3, isCall: false, row: row) == .throttled)
        #expect(gate.charge(.unwrap, units: 2, isCall: true, row: row) == .admitted)
        let identity = try GateSnapshot(path: path).identities[0]
        #expect(identity.units == 10)
        #expect(identity.total == GateCalls(admitted: 2, throttled: 1))
    }

    @Test("no claim of a client makes a sum go round, or one that reads it stumble")
    func absurdUnits() throws {
        let path = try folder.gate(.sample())
        let gate = try GateState(path: path)
        let row = try gate.claim("a")
        for _ in 0..<4 {
            #expect(gate.charge(.decrypt, units: .max, isCall: true, row: row) == .admitted)
        }
        let identity = try GateSnapshot(path: path).identities[0]
        #expect(identity.units >= 1 << 34 && identity.total == GateCalls(admitted: 4))
    }

    @Test("who steers waits for no client that was stopped while it held the lock")
    func steeringWithoutLock() throws {
        let path = try folder.gate(.sample())
        let row = try GateState(path: path).claim("web")
        let file = try GateFile(path: path, for: .steering)
        file.memory.lock.withLock(repair: {}) {
            let gate = try? GateState(path: path, isTrusted: false)
            #expect(gate?.row(of: "web") == row)
            gate?.setRevoked(true, row: row)
            gate?.setClosed(true)
            #expect(gate?.isRevoked(row) == true && gate?.isClosed == true)
        }
    }

    @Test("clocks of another time namespace are refused")
    func timeNamespace() throws {
        let path = try folder.gate(.sample())
        let file = try GateFile(path: path, for: .steering)
        file.memory[GateLayout.Header.timeNamespace] += 1
        let error = #expect(throws: GateStateError.self) { try GateState(path: path) }
        #expect(error?.description.contains("another time namespace") == true)
    }

    @Test("a gate for named identities lets in no other, and one that is full none besides")
    func closed() throws {
        var configuration = GateConfiguration.sample()
        (configuration.identities, configuration.isClosed) = (["a", "b", "a"], true)
        configuration.capacity = 3
        let named = try GateState(path: try folder.gate(configuration))
        #expect(try named.claim("b") == 1)
        let refusal = #expect(throws: GateStateError.self) { try named.claim("c") }
        #expect(refusal?.description.contains("lets in only identities that were named") == true)
        configuration.isClosed = false
        let open = try GateState(path: try folder.gate(configuration))
        #expect(try open.claim("c") == 2)
        let full = #expect(throws: GateStateError.self) { try open.claim("d") }
        #expect(full?.description.contains("no room for another identity than its 3") == true)
        #expect(try open.claim("a") == 0)
    }

    @Test(
        "what cannot stand in a line is no identity", arguments: ["", "a b", "a\"b", "a\nb", "\\"])
    func identities(name: String) throws {
        let gate = try GateState(path: try folder.gate(.sample()))
        #expect(throws: GateStateError.self) { try gate.claim(name) }
        #expect(throws: GateStateError.self) {
            try gate.claim(String(repeating: "ä", count: 32))
        }
        #expect(try gate.claim(String(repeating: "ä", count: 31)) == 0)
    }

    @Test("a state is made once, and whole or not at all")
    func createdOnce() throws {
        let path = try folder.gate(.sample())
        let before = try Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: GateStateError.self) {
            try GateState.create(at: path, .sample())
        }
        #expect(error?.kind == .notMade)
        #expect(try Data(contentsOf: URL(fileURLWithPath: path)) == before)
        #expect(throws: GateStateError.self) {
            try GateState.create(at: folder.path("no/such/folder"), .sample())
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).count == 1)
    }

    @Test("everything that a gate was made for is read back")
    func configuration() throws {
        let made = GateConfiguration(
            module: "/opt/hsm/lib ä.so", policy: bucket(7, scope: .perClient),
            period: .seconds(5), history: 100, capacity: 9, identities: ["x", "y"],
            isClosed: true, chargesEncryption: false, throttledCode: 0x31, revokedCode: 0xE0)
        let path = try folder.gate(made)
        #expect(try GateSnapshot(path: path).configuration == made)
    }

    @Test("what makes no sense is refused before a file is made")
    func flaws() {
        var configurations = Array(repeating: GateConfiguration.sample(), count: 7)
        configurations[0].module = "lib.so"
        configurations[1].identities = ["a b"]
        configurations[2].capacity = 0
        configurations[3].isClosed = true
        configurations[4].period = .milliseconds(1)
        configurations[5].history = 1
        configurations[6].module = ""
        for configuration in configurations {
            let path = folder.path("flawed")
            let error = #expect(throws: GateStateError.self) {
                try GateState.create(at: path, configuration)
            }
            #expect(error?.kind == .misused)
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}
