import Foundation
import Testing
import Units

@testable import Throttling

@Suite("A file that is no whole state of the policy is refused, and never made anew")
struct SharedStateFileTests {
    private let folder: TemporaryFolder
    private let policy = Policy(
        .slidingWindow(SlidingWindow(limit: RecordCount(1_000), window: .seconds(60))))

    init() throws { folder = try TemporaryFolder() }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    private func expectRefused(
        _ path: String, _ sentence: String, isUnfinished: Bool = false
    ) throws {
        let before = try bytes(path)
        let error = #expect(throws: SharedStateError.self) {
            try SharedState(path: path, policy: policy)
        }
        #expect(error?.description == "the throttle state '\(path)' \(sentence)")
        #expect(error?.isUnfinished == isUnfinished)
        #expect(try bytes(path) == before)
    }

    @Test("a state is made once: a second attempt is refused and changes nothing")
    func createdOnce() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let state = try SharedState(path: path, policy: policy)
        #expect(state.decide(at: .seconds(1)) == .admit)
        let before = try bytes(path)
        let error = #expect(throws: SharedStateError.self) {
            try SharedState.create(at: path, for: policy)
        }
        #expect(error?.description == "the throttle state '\(path)' cannot be made: File exists")
        #expect(error?.isUnfinished == false)
        #expect(try bytes(path) == before)
    }

    @Test("a state is readable by its owner alone")
    func permissions() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    private static let truncated =
        "is truncated: restore it, or remove it to begin with a fresh state"
    private static let unfinished =
        "was left half made by a process that was killed: remove it and begin anew"

    @Test("a state that was cut off, or has grown, is refused", arguments: [100, 4_096, -1, 4_097])
    func truncated(_ length: Int) throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let whole = try bytes(path)
        let changed = length > 0 ? whole.prefix(length) : whole + Data([0])
        try changed.write(to: URL(filePath: path))
        try expectRefused(path, Self.truncated)
    }

    @Test("what a killed process left half made is told apart from what was used")
    func unfinished() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let whole = try bytes(path)
        // Before it was sized, before a word was written, and before the mark of the whole.
        var unmarked = whole
        unmarked.replaceSubrange(64..<72, with: Data(count: 8))
        for content in [Data(), Data(count: 100), Data(count: whole.count), unmarked] {
            try content.write(to: URL(filePath: path))
            try expectRefused(path, Self.unfinished, isUnfinished: true)
        }
    }

    @Test("a file of something else is refused")
    func somethingElse() throws {
        let path = folder.path("state")
        for content in [Data(repeating: 0xa5, count: 4_096), Data("hello, world".utf8)] {
            try content.write(to: URL(filePath: path))
            try expectRefused(path, "is no throttle's state: name another file")
        }
    }

    @Test("a state of another version names both")
    func version() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        var content = try bytes(path)
        // The lowest byte of the first word, on a machine that writes it first.
        content[0] = 1
        try content.write(to: URL(filePath: path))
        try expectRefused(
            path, "is of version 1, not 2: use the anchorbench that made it, or another file")
    }

    @Test("a header that contradicts itself is damaged")
    func damaged() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let whole = try bytes(path)
        // The rows and their stride; the length is held against the file before.
        for place in [16, 24] {
            var content = whole
            content[place] ^= 0x55
            try content.write(to: URL(filePath: path))
            try expectRefused(
                path, "is damaged: restore it, or remove it to begin with a fresh state")
        }
    }

    @Test("a state of another policy is refused, one of another patience is not")
    func otherPolicy() throws {
        let limits = try Self.limits()
        let policies =
            limits.flatMap { limit in
                [Policy(limit), Policy(limit, scope: .perClient)]
                    + [16, 256].map { Policy(limit, charge: .bytes(ByteCount($0))) }
            }
        let prints = Set(policies.map(\.fingerprint))
        #expect(prints.count == policies.count)
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        for other in policies where other != policy {
            let error = #expect(throws: SharedStateError.self) {
                try SharedState(path: path, policy: other)
            }
            #expect(
                error?.description == "the throttle state '\(path)' was made for another policy: "
                    + "name that policy, or another file")
        }
        var patient = policy
        (patient.onLimit, patient.enforced) = (.deny, .host)
        _ = try SharedState(path: path, policy: patient)
    }

    private static func limits() throws -> [Limit] {
        let (count, more) = (RecordCount(1_000), RecordCount(1_001))
        let (minute, hour) = (Nanoseconds.seconds(60), Nanoseconds.seconds(3_600))
        func tarpit(_ growth: Double) throws -> Limit {
            .tarpit(
                try #require(
                    Tarpit(
                        free: count, first: .milliseconds(1), growth: growth,
                        longest: .seconds(1), window: minute)))
        }
        let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(500), burst: count))
        return [
            .none, bucket, .tokenBucket(TokenBucket(rate: Rate(500), burst: more)),
            // As many a second, but not the same pair.
            .tokenBucket(TokenBucket(rate: Rate(30_000, per: minute), burst: count)),
            .fixedWindow(FixedWindow(limit: count, window: minute)),
            .fixedWindow(FixedWindow(limit: count, window: minute, phase: .seconds(1))),
            .slidingWindow(SlidingWindow(limit: count, window: minute)),
            .slidingWindow(SlidingWindow(limit: count, window: hour)),
            .breaker(Breaker(threshold: count, window: minute, lockout: minute)),
            .breaker(Breaker(threshold: count, window: minute, lockout: hour)),
            .budget(Budget(quota: count, period: .day)),
            .budget(Budget(quota: count, period: .week)), try tarpit(2),
            try tarpit(2.0.nextUp), .concurrency(count), .delay(minute), .all([bucket]),
            .all([bucket, .delay(minute)]), .all([.delay(minute), bucket]),
        ]
    }

    @Test("a missing file, a folder and too many clients are refused with the system's reason")
    func system() {
        let path = folder.path("missing")
        #expect(throws: SharedStateError(path, "cannot be opened", ENOENT)) {
            try SharedState(path: path, policy: policy)
        }
        #expect(throws: SharedStateError(folder.root.path, "cannot be opened", EISDIR)) {
            try SharedState(path: folder.root.path, policy: policy)
        }
        let nowhere = folder.path("no/such/folder")
        #expect(throws: SharedStateError(nowhere, "cannot be made", ENOENT)) {
            try SharedState.create(at: nowhere, for: policy)
        }
        var perClient = policy
        perClient.scope = .perClient
        let error = #expect(throws: SharedStateError.self) {
            try SharedState.create(at: path, for: perClient, clients: .max)
        }
        #expect(
            error?.description == "the throttle state '\(path)' cannot be made: "
                + "9223372036854775807 clients of sliding-window-1k-1m-per-client fit into no "
                + "memory"
        )
        #expect(!FileManager.default.fileExists(atPath: path))
    }
}
