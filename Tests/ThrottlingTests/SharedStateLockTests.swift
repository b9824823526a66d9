import Foundation
import Synchronization
import Testing
import Units

@testable import Throttling

@Suite("A lock between processes outlives whoever held it")
struct SharedStateLockTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("one caller at a time is under the lock")
    func exclusion() throws {
        let page = Page()
        #expect(page.lock.prepare())
        nonisolated(unsafe) var count = 0
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<5_000 { page.lock.withLock(repair: {}) { count += 1 } }
        }
        #expect(count == 40_000)
    }

    @Test("a holder who ends is noticed once, by whoever comes next")
    func endedHolder() throws {
        let page = Page()
        #expect(page.lock.prepare())
        for round in 0..<200 {
            page.endAThreadWithTheLock()
            var repairs = 0
            page.lock.withLock(repair: { repairs += 1 }) {}
            #expect(repairs == 1, "round \(round)")
            page.lock.withLock(repair: { repairs += 1 }) {}
            #expect(repairs == 1, "round \(round)")
        }
    }

    @Test("who sleeps takes a lock that was given back by somebody killed before waking him")
    func lostWakeUp() {
        let page = Page()
        #expect(page.lock.prepare())
        let (taken, over, done) = (
            DispatchSemaphore(value: 0), DispatchSemaphore(value: 0), DispatchSemaphore(value: 0)
        )
        Thread.detachNewThread {
            page.lock.lock(repair: {})
            taken.signal()
            over.wait()
            // Ends without giving back what the test has freed.
            withExtendedLifetime(page) {}
        }
        taken.wait()
        Thread.detachNewThread {
            page.lock.withLock(repair: {}) {}
            done.signal()
        }
        // The first word is the holder's thread, and a bit for that somebody sleeps.
        let word = page.memory.assumingMemoryBound(to: UInt32.self)
        while word.pointee & 0x8000_0000 == 0 { usleep(1_000) }
        word.pointee = 0
        #expect(done.wait(timeout: .now() + 60) == .success)
        over.signal()
    }

    @Test("a state whose lock's holder ended decides on, and has lost nothing")
    func endedHolderOfAState() throws {
        let policy = Policy(
            .slidingWindow(SlidingWindow(limit: RecordCount(50), window: .seconds(1))),
            onLimit: .deny)
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy)
        let state = try SharedState(path: path, policy: policy)
        let ledger = Ledger(policy.limit)
        let file = try SharedStateFile(path: path, fingerprint: policy.fingerprint) {
            SharedStateLayout(policy, ledger, clients: $0)
        }
        let row = Page(file.memory + SharedStateLayout.header)
        let words = (file.memory + SharedStateLayout.header + SharedStateLock.byteCount)
            .assumingMemoryBound(to: UInt64.self)
        for call in 0..<100 {
            row.endAThreadWithTheLock()
            // What it may leave: an instant in the place of the oldest, which is still the oldest.
            if call < 49 { words[3 + Int(words[2])] = 1 }
            let decision = state.decide(at: .zero)
            #expect(decision == (call < 50 ? .admit : .deny(retryAfter: .seconds(1))))
        }
    }

    @Test("processes that are killed at any instant leave a state that admits what it may")
    func killedProcesses() async throws {
        let path = folder.path("state")
        let kills = 24
        try SharedState.create(at: path, for: Killed.policy)
        try SharedState.create(at: "\(path).count", for: Killed.counter)
        for batch in 0..<(kills / 4) {
            await withTaskGroup { group in
                for number in 0..<4 {
                    let seed = UInt64(4 * batch + number)
                    group.addTask {
                        await #expect(processExitsWith: .signal(SIGKILL)) {
                            [path = path as String, seed = seed as UInt64] in
                            try Killed.hammer(path, seed: seed)
                        }
                    }
                }
            }
        }
        let counted = try SharedState(path: "\(path).count", policy: Killed.counter).spent
        let state = try SharedState(path: path, policy: Killed.policy)
        // What is left, found by asking for ever less.
        var left: UInt64 = 0
        for bit in (0..<23).reversed() {
            while state.decide(at: .zero, units: 1 << bit) == .admit { left += 1 << bit }
        }
        let most = Killed.most.count
        #expect(counted > 0)
        #expect(counted + left <= most, "\(counted) and \(left)")
        // Each thread that was killed had at most one decision in hand.
        #expect(counted + left >= most - UInt64(2 * kills), "\(counted) and \(left)")
    }
}

/// What is asked of a state by processes that are killed while they ask.
enum Killed {
    static let most = RecordCount(1 << 22)
    static let policy = Policy(
        .all([
            .slidingWindow(SlidingWindow(limit: most, window: .seconds(60))),
            .tokenBucket(TokenBucket(rate: Rate(1), burst: most)),
        ]), onLimit: .deny)
    /// Counts what was admitted and known to be so.
    static let counter = Policy(
        .fixedWindow(FixedWindow(limit: RecordCount(1 << 40), window: .max)), onLimit: .deny)

    /// Asks from two threads until the process kills itself, at an instant that the seed draws
    /// after one of them has asked and counted once: on a busy machine they are long in coming.
    static func hammer(_ path: String, seed: UInt64) throws {
        let state = try SharedState(path: path, policy: policy)
        let count = try SharedState(path: "\(path).count", policy: counter)
        var generator = SeededGenerator(seed: seed)
        let counted = DispatchSemaphore(value: 0)
        for _ in 0..<2 {
            Thread.detachNewThread {
                if state.decide(at: .zero) == .admit { _ = count.spend(upTo: most) }
                counted.signal()
                while true {
                    if state.decide(at: .zero) == .admit { _ = count.spend(upTo: most) }
                }
            }
        }
        counted.wait()
        usleep(.random(in: 100...3_000, using: &generator))
        kill(getpid(), SIGKILL)
    }
}

/// Some memory with a lock at its beginning.
final class Page: @unchecked Sendable {
    let memory: UnsafeMutableRawPointer
    private let isOwn: Bool

    init() {
        memory = UnsafeMutableRawPointer.allocate(byteCount: Self.byteCount, alignment: 64)
        memory.initializeMemory(as: UInt8.self, repeating: 0, count: Self.byteCount)
        isOwn = true
    }

    /// A lock that is in memory already.
    init(_ memory: UnsafeMutableRawPointer) { (self.memory, isOwn) = (memory, false) }

    private static let byteCount = 16_384

    deinit { if isOwn { memory.deallocate() } }

    var lock: SharedStateLock { SharedStateLock(at: memory) }

    /// Takes the lock in a thread that ends with it, as a killed process does.
    func endAThreadWithTheLock() {
        let taken = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            self.lock.lock(repair: {})
            taken.signal()
        }
        taken.wait()
    }
}
