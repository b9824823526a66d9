import Foundation
import Synchronization
import Testing
import Units

@testable import Throttling

@Suite("Processes and threads share one throttle's state")
struct SharedStateTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("a state is made once: a second attempt is refused and changes nothing")
    func createdOnce() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, initialWord: 7)
        let before = try Data(contentsOf: URL(filePath: path))
        let error = #expect(throws: SharedStateError.self) {
            try SharedState.create(at: path, initialWord: 0)
        }
        #expect(error?.description == "the throttle state '\(path)' cannot be made: File exists")
        #expect(try Data(contentsOf: URL(filePath: path)) == before)
    }

    @Test("a state is readable by its owner alone")
    func permissions() throws {
        let path = folder.path("state")
        try SharedState.create(at: path, initialWord: 0)
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        #expect(attributes[.posixPermissions] as? Int == 0o600)
    }

    @Test(
        "a file that is no throttle's state is refused in one sentence",
        arguments: [
            ("empty", 0, 0x00, "is truncated, or no throttle's state"),
            ("short", 4_095, 0x00, "is truncated, or no throttle's state"),
            ("long", 8_192, 0x00, "is truncated, or no throttle's state"),
            ("zeros", 4_096, 0x00, "is of another version, or no throttle's state"),
            ("garbage", 4_096, 0xa5, "is of another version, or no throttle's state"),
        ] as [(String, Int, UInt8, String)])
    func refused(_ file: (name: String, length: Int, byte: UInt8, sentence: String)) throws {
        let path = folder.path(file.name)
        try Data(repeating: file.byte, count: file.length).write(to: URL(filePath: path))
        let error = #expect(throws: SharedStateError.self) { try SharedState(path: path) }
        #expect(error?.description == "the throttle state '\(path)' \(file.sentence)")
    }

    @Test("a missing file and a folder are refused with the system's reason")
    func missing() {
        let path = folder.path("missing")
        #expect(
            throws: SharedStateError(path, "cannot be opened", ENOENT)
        ) { try SharedState(path: path) }
        #expect(
            throws: SharedStateError(folder.root.path, "cannot be opened", EISDIR)
        ) { try SharedState(path: folder.root.path) }
        let nowhere = folder.path("no/such/folder")
        #expect(throws: SharedStateError(nowhere, "cannot be made", ENOENT)) {
            try SharedState.create(at: nowhere, initialWord: 0)
        }
    }

    @Test("a state decides exactly as its limit does", arguments: [0, 1, 2, 3] as [UInt64])
    func decidesAsTheLimit(_ seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let (bucket, fixed) = (generator.tokenBucket(), generator.fixedWindow())
        let onLimit = generator.onLimit()
        try SharedState.create(at: folder.path("bucket"), initialWord: bucket.initialWord)
        try SharedState.create(at: folder.path("window"), initialWord: fixed.initialWord)
        let states = try (
            SharedState(path: folder.path("bucket")), SharedState(path: folder.path("window"))
        )
        var words = (bucket.initialWord, fixed.initialWord)
        var now = Nanoseconds.zero
        for _ in 0..<500 {
            now = now + Nanoseconds(Int64(generator.magnitude(upTo: 1 << 40)))
            #expect(
                states.0.decide(Policy(.tokenBucket(bucket), onLimit: onLimit), at: now)
                    == bucket.decide(&words.0, at: now, onLimit: onLimit), "seed \(seed)")
            #expect(
                states.1.decide(Policy(.fixedWindow(fixed), onLimit: onLimit), at: now)
                    == fixed.decide(&words.1, at: now, onLimit: onLimit), "seed \(seed)")
        }
        #expect(states.0.decide(.none, at: now) == .admit)
    }

    @Test("eight threads that hammer one bucket get exactly what one would")
    func threadsOnOneBucket() throws {
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: Rate(500_000), burst: RecordCount(1_000))),
            onLimit: .deny)
        let path = folder.path("state")
        try SharedState.create(at: path, initialWord: 0)
        let admitted = Atomic<Int>(0)
        let microseconds = Atomic<Int64>(0)
        let states = try (0..<8).map { _ in try SharedState(path: path) }
        func hammer(_ calls: Int, _ instant: @Sendable () -> Nanoseconds) {
            DispatchQueue.concurrentPerform(iterations: states.count) { thread in
                for _ in 0..<calls
                where states[thread].decide(policy, at: instant()) == .admit {
                    admitted.add(1, ordering: .relaxed)
                }
            }
        }
        hammer(2_000) { .zero }
        #expect(admitted.load(ordering: .relaxed) == 1_000)
        hammer(5_000) {
            .microseconds(microseconds.add(1, ordering: .relaxed).newValue)
        }
        // What a thread held up left over is still there at the end.
        hammer(1_000) { .microseconds(40_000) }
        #expect(microseconds.load(ordering: .relaxed) == 40_000)
        #expect(admitted.load(ordering: .relaxed) == 1_000 + 20_000)
    }

    @Test("eight threads that queue at one window get every place once")
    func threadsInOneQueue() throws {
        let fixed = FixedWindow(limit: RecordCount(100), window: .milliseconds(10))
        let policy = Policy(.fixedWindow(fixed), onLimit: .wait(atMost: .max))
        try SharedState.create(at: folder.path("state"), initialWord: 0)
        let state = try SharedState(path: folder.path("state"))
        let counts = Mutex<[Int64: Int]>([:])
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            var own: [Int64: Int] = [:]
            for _ in 0..<1_000 {
                var opens = Nanoseconds.zero
                if case .wait(let until) = state.decide(policy, at: .zero) { opens = until }
                own[opens.count / 10_000_000, default: 0] += 1
            }
            counts.withLock { $0.merge(own, uniquingKeysWith: +) }
        }
        let once = Dictionary(uniqueKeysWithValues: (0..<80).map { (Int64($0), 100) })
        #expect(counts.withLock { $0 } == once)
    }

    @Test("four processes that hammer one bucket get exactly what one would")
    func processesOnOneBucket() async throws {
        let path = folder.path("state")
        try SharedState.create(at: path, initialWord: 0)
        await withTaskGroup { group in
            for number in 0..<4 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [path = path as String, number = number as Int] in
                        var admitted = 0
                        let state = try SharedState(path: path)
                        let bucket = TokenBucket(rate: Rate(1), burst: RecordCount(50_000))
                        for _ in 0..<20_000
                        where state.decide(Policy(.tokenBucket(bucket), onLimit: .deny), at: .zero)
                            == .admit
                        {
                            admitted += 1
                        }
                        try "\(admitted)".write(
                            toFile: "\(path).\(number)", atomically: false, encoding: .utf8)
                    }
                }
            }
        }
        let counts = try (0..<4).map { number in
            try #require(Int(String(contentsOfFile: "\(path).\(number)", encoding: .utf8)))
        }
        #expect(counts.reduce(0, +) == 50_000, "\(counts)")
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
