import Foundation
import Synchronization
import Testing
import Units

@testable import Throttling

@Suite("Processes and threads share one throttle's state")
struct SharedStateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static let bucket = Policy(
        .tokenBucket(TokenBucket(rate: Rate(500_000), burst: RecordCount(1_000))), onLimit: .deny)
    private static let sliding = Policy(
        .slidingWindow(SlidingWindow(limit: RecordCount(1_000), window: .milliseconds(2))),
        onLimit: .deny)

    @Test("a state decides exactly as its ledger does, client by client")
    func decidesAsTheLedger() throws {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let limit = DrawnLimits.limit(&generator)
            let scope = Bool.random(using: &generator) ? Scope.perClient : .global
            let policy = Policy(limit, onLimit: generator.onLimit(), scope: scope)
            let path = folder.path("state-\(seed)")
            try SharedState.create(at: path, for: policy, clients: 3)
            // Two mappings of one file, as two processes have them.
            let states = try [
                SharedState(path: path, policy: policy), SharedState(path: path, policy: policy),
            ]
            var rows = Array(repeating: ArrayState(limit), count: scope == .perClient ? 3 : 1)
            var now = Nanoseconds.zero
            for call in 0..<60 {
                now = DrawnLimits.later(now, &generator)
                let client = Int.random(in: 0..<3, using: &generator)
                let units = UInt64.random(in: 1...2, using: &generator)
                let row = scope == .perClient ? client : 0
                func message() -> Comment { "seed \(seed): \(policy.keyForm) at \(now)" }
                #expect(
                    states[call % 2].decide(at: now, units: units, client: client)
                        == rows[row].decide(at: now, units: units, policy.onLimit), message())
            }
        }
    }

    @Test("another patience meets the same state")
    func anotherPatience() throws {
        let policy = Policy(Self.sliding.limit, onLimit: .wait(atMost: .seconds(1)))
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let state = try SharedState(path: path, policy: policy)
        for _ in 0..<1_000 { #expect(state.decide(at: .zero) == .admit) }
        let soon = Nanoseconds.milliseconds(2)
        #expect(
            state.decide(at: .zero, units: 1, client: 0, onLimit: .deny)
                == .deny(retryAfter: soon))
        #expect(state.decide(at: .zero) == .wait(until: soon))
    }

    @Test("nothing is kept of what limits nothing, and everybody is let in")
    func none() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: .none)
        let state = try SharedState(path: path, policy: .none)
        #expect(state.decide(at: .seconds(7), units: 1_000) == .admit)
        #expect(state.enter(waitingAtMost: .zero))
        state.leave()
    }

    @Test("a budget of calls is counted from what was spent, and a part of it can be taken")
    func budget() throws {
        let policy = Policy(
            .fixedWindow(FixedWindow(limit: RecordCount(10), window: .max)), onLimit: .deny)
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy, spent: 4)
        let state = try SharedState(path: path, policy: policy)
        #expect(state.spent == 4)
        #expect(state.spend(upTo: RecordCount(6)) && state.spend(upTo: RecordCount(6)))
        #expect(!state.spend(upTo: RecordCount(6)) && state.spent == 6)
        let admitted = (0..<20).count { second in
            state.decide(at: .seconds(Int64(second))) == .admit
        }
        #expect(admitted == 4 && state.spent == 10)
    }

    @Test("eight threads that hammer one state get exactly what one would", arguments: 0..<3)
    func threads(_ number: Int) throws {
        let all = Policy(.all([Self.bucket.limit, Self.sliding.limit]), onLimit: .deny)
        let policy = [Self.bucket, Self.sliding, all][number]
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let states = try (0..<8).map { _ in try SharedState(path: path, policy: policy) }
        // Both are whole again after two milliseconds.
        for turn in 0..<10 as Range<Int64> {
            let admitted = Atomic<Int>(0)
            DispatchQueue.concurrentPerform(iterations: states.count) { thread in
                for _ in 0..<500
                where states[thread].decide(at: .milliseconds(2 * turn)) == .admit {
                    admitted.add(1, ordering: .relaxed)
                }
            }
            let count = admitted.load(ordering: .relaxed)
            #expect(count == 1_000, "turn \(turn)")
        }
    }

    @Test("threads that share a clock get from a bucket exactly what one would")
    func threadsOnOneClock() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: Self.bucket)
        let admitted = Atomic<Int>(0)
        let microseconds = Atomic<Int64>(0)
        let state = try SharedState(path: path, policy: Self.bucket)
        func hammer(_ calls: Int, _ instant: @Sendable () -> Nanoseconds) {
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                for _ in 0..<calls where state.decide(at: instant()) == .admit {
                    admitted.add(1, ordering: .relaxed)
                }
            }
        }
        // Nothing overflows from here on.
        hammer(500) { .zero }
        hammer(5_000) {
            .microseconds(microseconds.add(1, ordering: .relaxed).newValue)
        }
        // What a thread held up left over is still there at the end.
        hammer(1_000) { .microseconds(40_000) }
        let (last, count) = (
            microseconds.load(ordering: .relaxed), admitted.load(ordering: .relaxed)
        )
        #expect(last == 40_000 && count == 1_000 + 20_000)
    }

    @Test("eight threads that queue at one window get every place once")
    func threadsInOneQueue() throws {
        let fixed = FixedWindow(limit: RecordCount(100), window: .milliseconds(10))
        let sliding = SlidingWindow(limit: RecordCount(100), window: .milliseconds(10))
        for limit in [Limit.fixedWindow(fixed), .slidingWindow(sliding)] {
            let policy = Policy(limit, onLimit: .wait(atMost: .max))
            let path = folder.path(policy.keyForm)
            try SharedState.create(at: path, for: policy)
            let state = try SharedState(path: path, policy: policy)
            let counts = Mutex<[Int64: Int]>([:])
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                var own: [Int64: Int] = [:]
                for _ in 0..<1_000 {
                    var opens = Nanoseconds.zero
                    if case .wait(let until) = state.decide(at: .zero) { opens = until }
                    own[opens.count / 10_000_000, default: 0] += 1
                }
                counts.withLock { $0.merge(own, uniquingKeysWith: +) }
            }
            let once = Dictionary(uniqueKeysWithValues: (0..<80).map { (Int64($0), 100) })
            #expect(counts.withLock { $0 } == once)
        }
    }

    @Test(
        "sixteen processes that hammer one state get exactly what one would",
        arguments: ["token-bucket", "sliding-window", "all"])
    func processes(_ name: String) async throws {
        let path = folder.path("state")
        try SharedState.create(at: path, for: try #require(Hammered.policy(name)))
        await withTaskGroup { group in
            for number in 0..<16 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [path = path as String, number = number as Int, name = name as String] in
                        let policy = try #require(Hammered.policy(name))
                        let state = try SharedState(path: path, policy: policy)
                        let admitted = (0..<10_000).count { _ in state.decide(at: .zero) == .admit }
                        try "\(admitted)".write(
                            toFile: "\(path).\(number)", atomically: false, encoding: .utf8)
                    }
                }
            }
        }
        let counts = try (0..<16).map { number in
            try #require(Int(String(contentsOfFile: "\(path).\(number)", encoding: .utf8)))
        }
        #expect(counts.reduce(0, +) == Hammered.most, "\(counts)")
    }
}

/// What many processes ask of one state at its epoch: fewer admissions than they ask for.
enum Hammered {
    static let most = 50_000

    static func policy(_ name: String) -> Policy? {
        let most = RecordCount(UInt64(most))
        let bucket = Limit.tokenBucket(TokenBucket(rate: Rate(1), burst: most))
        let sliding = Limit.slidingWindow(SlidingWindow(limit: most, window: .seconds(60)))
        let policies: [String: Limit] = [
            "token-bucket": bucket, "sliding-window": sliding, "all": .all([bucket, sliding]),
        ]
        return policies[name].map { Policy($0, onLimit: .deny) }
    }
}

/// A folder of a test's own, gone with it.
final class TemporaryFolder: Sendable {
    let root: URL

    init() throws {
        root = FileManager.default.temporaryDirectory
            .appending(path: "throttling-tests-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    func path(_ name: String) -> String { root.appending(path: name).path }
}
