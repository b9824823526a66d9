import Foundation
import Synchronization
import Testing
import Units

@testable import Throttling

@Suite("Slots are held by so many at once and given in the order of asking")
struct SharedStateSlotsTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private func state(_ slots: UInt64, scope: Scope = .global) throws -> SharedState {
        let policy = Policy(.concurrency(RecordCount(slots)), scope: scope)
        let path = folder.path("state")
        try SharedState.create(at: path, for: policy, clients: 2)
        return try SharedState(path: path, policy: policy)
    }

    @Test("no more than the slots are ever in flight, and everybody comes in", arguments: [1, 3])
    func inFlight(_ slots: Int) throws {
        let state = try state(UInt64(slots))
        let inside = Atomic<Int>(0)
        let most = Atomic<Int>(0)
        let entered = Atomic<Int>(0)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            for _ in 0..<200 where state.enter(waitingAtMost: .seconds(60)) {
                let now = inside.add(1, ordering: .relaxed).newValue
                most.max(now, ordering: .relaxed)
                entered.add(1, ordering: .relaxed)
                if now.isMultiple(of: 2) { sched_yield() }
                inside.subtract(1, ordering: .relaxed)
                state.leave()
            }
        }
        #expect(most.load(ordering: .relaxed) <= slots)
        #expect(entered.load(ordering: .relaxed) == 1_600)
        for _ in 0..<slots { #expect(state.enter(waitingAtMost: .zero)) }
        #expect(!state.enter(waitingAtMost: .zero))
    }

    @Test("who waits is let in in turn")
    func order() throws {
        let state = try state(1)
        #expect(state.enter(waitingAtMost: .zero))
        let entered = Mutex<[Int]>([])
        let done = DispatchGroup()
        for number in 0..<6 {
            Thread.detachNewThread(in: done) {
                guard state.enter(waitingAtMost: .seconds(300)) else { return }
                entered.withLock { $0.append(number) }
                state.leave()
            }
            try Holding.await(waiting: UInt64(number + 1), at: folder.path("state"), slots: 1)
        }
        // Nobody overtakes a queue.
        #expect(!state.enter(waitingAtMost: .zero))
        state.leave()
        done.wait()
        #expect(entered.withLock { $0 } == [0, 1, 2, 3, 4, 5])
    }

    @Test("who gives up is gone from the queue, and those behind move up")
    func givingUp() throws {
        let state = try state(1)
        // On a busy machine the second may come when the first has given up already.
        let wasBehind = try [Nanoseconds.milliseconds(500), .seconds(5), .seconds(50)].contains {
            try givesUp(after: $0, before: state)
        }
        #expect(wasBehind)
    }

    /// Has one caller wait for so long and another behind it for longer; whether the other was
    /// there before the first gave up.
    private func givesUp(after shorter: Nanoseconds, before state: SharedState) throws -> Bool {
        #expect(state.enter(waitingAtMost: .zero))
        let outcomes = Mutex<[Int: Bool]>([:])
        let groups = [DispatchGroup(), DispatchGroup()]
        let waiting = try Holding.waiting(at: folder.path("state"), slots: 1)
        for (number, patience) in [shorter, .seconds(300)].enumerated() {
            Thread.detachNewThread(in: groups[number]) {
                let isIn = state.enter(waitingAtMost: patience)
                outcomes.withLock { $0[number] = isIn }
            }
            while waiting() <= number, outcomes.withLock({ $0.isEmpty }) { usleep(1_000) }
        }
        let wasBehind = waiting() == 2
        groups[0].wait()
        try Holding.await(waiting: 1, at: folder.path("state"), slots: 1)
        #expect(outcomes.withLock { $0 } == [0: false])
        state.leave()
        groups[1].wait()
        #expect(outcomes.withLock { $0 } == [0: false, 1: true])
        state.leave()
        #expect(state.enter(waitingAtMost: .zero))
        state.leave()
        return wasBehind
    }

    @Test("a wait is as long as was said")
    func patience() throws {
        let state = try state(1)
        #expect(state.enter(waitingAtMost: .zero))
        let clock = ContinuousClock()
        let waited = clock.measure { #expect(!state.enter(waitingAtMost: .milliseconds(70))) }
        #expect(waited >= .milliseconds(70) && waited < .seconds(60))
    }

    @Test("every client has slots of its own where the scope says so")
    func clients() throws {
        let state = try state(1, scope: .perClient)
        #expect(state.enter(client: 0, waitingAtMost: .zero))
        #expect(!state.enter(client: 0, waitingAtMost: .zero))
        #expect(state.enter(client: 1, waitingAtMost: .zero))
        state.leave(client: 0)
        #expect(state.enter(client: 0, waitingAtMost: .zero))
        #expect(!state.enter(client: 1, waitingAtMost: .zero))
    }

    @Test("the slots of a process that was killed are free again", arguments: [0, 60])
    func killedHolder(_ patience: Int) async throws {
        let state = try state(2)
        let path = folder.path("state")
        for round in 0..<3 {
            await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
                let policy = Policy(.concurrency(RecordCount(2)))
                let state = try SharedState(path: path, policy: policy)
                guard state.enter(waitingAtMost: .zero), state.enter(waitingAtMost: .zero) else {
                    exit(1)
                }
                kill(getpid(), SIGKILL)
            }
            for _ in 0..<2 {
                #expect(state.enter(waitingAtMost: .seconds(Int64(patience))), "round \(round)")
            }
            #expect(!state.enter(waitingAtMost: .zero))
            for _ in 0..<2 { state.leave() }
        }
    }

    @Test("a process that was killed while it waited holds up nobody behind it")
    func killedWaiter() async throws {
        let state = try state(1)
        let path = folder.path("state")
        #expect(state.enter(waitingAtMost: .zero))
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let policy = Policy(.concurrency(RecordCount(1)))
            let state = try SharedState(path: path, policy: policy)
            Thread.detachNewThread { _ = state.enter(waitingAtMost: .seconds(60)) }
            try Holding.await(waiting: 1, at: path, slots: 1)
            kill(getpid(), SIGKILL)
        }
        let done = DispatchGroup()
        let entered = Atomic<Int>(0)
        Thread.detachNewThread(in: done) {
            guard state.enter(waitingAtMost: .seconds(300)) else { return }
            entered.store(1, ordering: .relaxed)
        }
        // The dead one is found while the living one waits.
        try Holding.await(waiting: 1, at: path, slots: 1)
        state.leave()
        done.wait()
        #expect(entered.load(ordering: .relaxed) == 1)
    }

    @Test("processes that are killed at any instant leave every slot to those who come after")
    func killedAnywhere() async throws {
        let state = try state(2)
        let path = folder.path("state")
        for batch in 0..<3 {
            await withTaskGroup { group in
                for number in 0..<4 {
                    let seed = UInt64(4 * batch + number)
                    group.addTask {
                        await #expect(processExitsWith: .signal(SIGKILL)) {
                            [path = path as String, seed = seed as UInt64] in
                            try Holding.untilKilled(path, seed)
                        }
                    }
                }
            }
            for _ in 0..<2 { #expect(state.enter(waitingAtMost: .seconds(60)), "batch \(batch)") }
            #expect(!state.enter(waitingAtMost: .zero), "batch \(batch)")
            for _ in 0..<2 { state.leave() }
        }
    }

    @Test("eight processes share the slots")
    func processes() async throws {
        _ = try state(2)
        let path = folder.path("state")
        await withTaskGroup { group in
            for number in 0..<8 {
                group.addTask {
                    await #expect(processExitsWith: .success) {
                        [path = path as String, number = number as Int] in
                        try Holding.hold(path, number)
                    }
                }
            }
        }
        // A step up where a holder came, down where it went: the clock is the same for all.
        var steps: [(instant: Int64, step: Int)] = []
        for number in 0..<8 {
            let text = try String(contentsOfFile: "\(path).\(number)", encoding: .utf8)
            let instants = text.split(separator: " ").compactMap { Int64($0) }
            #expect(instants.count == 2 * Holding.times)
            for (index, instant) in instants.enumerated() {
                steps.append((instant, index.isMultiple(of: 2) ? 1 : -1))
            }
        }
        var (inside, most) = (0, 0)
        for step in steps.sorted(by: { ($0.instant, $0.step) < ($1.instant, $1.step) }) {
            inside += step.step
            most = max(most, inside)
        }
        #expect(inside == 0 && (1...2).contains(most))
    }

    @Test("a slot that was given to who waits is its, even before it wakes")
    func promises() throws {
        let (page, own) = (Page(), SharedStateHolder().current)
        let layout = SharedStateSlotsMemory.Layout(slots: 2, rows: 65_536)
        let memory = SharedStateSlotsMemory(at: page.memory, layout)
        let slots = SharedStateSlots(memory)
        #expect(memory.lock.prepare())
        #expect(slots.enter(own, waitingAtMost: .zero) && slots.enter(own, waitingAtMost: .zero))
        // Somebody of the same process waits.
        memory[0, .holder] = own.word
        memory[0, .ticket] = 1
        (memory[.waiting], memory[.used], memory[.ticket]) = (1, 1, 1)
        slots.leave(own)
        let promised = memory[slot: 0]
        #expect(memory[0, .given] == 1 && promised != 0 && promised != own.word)
        // The other one leaves: it gives back what it holds, not what was given to the first.
        slots.leave(own)
        #expect(memory[slot: 0] == promised && memory[slot: 1] == 0)
        // Whoever was killed between giving and marking it has given it all the same.
        memory[slot: 0] = 0
        page.endAThreadWithTheLock()
        #expect(slots.enter(own, waitingAtMost: .zero))
        #expect(memory[slot: 0] == promised && memory[slot: 1] == own.word)
        #expect(!slots.enter(own, waitingAtMost: .zero))
    }

    @Test("a process that ended and was not yet buried holds nothing")
    func unburied() throws {
        var (child, arguments) = (
            pid_t(0), [UnsafeMutablePointer<CChar>?](repeating: nil, count: 2)
        )
        arguments[0] = strdup("true")
        defer { free(arguments[0]) }
        #expect(posix_spawn(&child, "/bin/true", nil, nil, arguments, nil) == 0)
        let holder = SlotHolder(process: child)
        for _ in 0..<30_000 where holder.isAlive { usleep(1_000) }
        // Its number is still taken.
        #expect(!holder.isAlive && kill(child, 0) == 0)
        #expect(waitpid(child, nil, 0) == child)
    }

    @Test("a process is known by its number and its start")
    func holders() throws {
        let own = SharedStateHolder().current
        #expect(own.isAlive && own.word != 0)
        #expect(own == SlotHolder(process: getpid()))
        // The same number, started at another time: it was used again.
        #expect(!SlotHolder(word: own.word ^ 1 << 30).isAlive)
        // Beyond what Linux gives out by default, and never the first process.
        #expect(!SlotHolder(word: 4_194_303).isAlive)
        let first = SlotHolder(process: 1)
        #expect(first.isAlive && first != own)
    }
}

/// What a process does with a slot: holds it again and again, and writes down when.
enum Holding {
    static let times = 100

    static func hold(_ path: String, _ number: Int) throws {
        let state = try SharedState(path: path, policy: Policy(.concurrency(RecordCount(2))))
        var instants: [UInt64] = []
        for _ in 0..<times {
            guard state.enter(waitingAtMost: .seconds(60)) else { exit(1) }
            instants.append(DispatchTime.now().uptimeNanoseconds)
            usleep(50)
            instants.append(DispatchTime.now().uptimeNanoseconds)
            state.leave()
        }
        let text = instants.map(String.init).joined(separator: " ")
        try text.write(toFile: "\(path).\(number)", atomically: false, encoding: .utf8)
    }

    /// Sleeps until so many callers wait for a slot, or a minute is over.
    static func await(waiting count: UInt64, at path: String, slots: UInt64) throws {
        let waiting = try waiting(at: path, slots: slots)
        for _ in 0..<60_000 where waiting() != count { usleep(1_000) }
        #expect(waiting() == count)
    }

    /// What tells how many callers wait for a slot.
    static func waiting(at path: String, slots: UInt64) throws -> () -> UInt64 {
        let policy = Policy(.concurrency(RecordCount(slots)))
        let ledger = Ledger(policy.limit)
        let layout = try #require(SharedStateLayout(policy, ledger, clients: 1))
        let (start, slots) = (try #require(layout.slots), try #require(layout.slotsLayout))
        let file = try SharedStateFile(path: path, fingerprint: policy.fingerprint) { _ in layout }
        let memory = SharedStateSlotsMemory(at: file.memory + layout.row(of: 0) + start, slots)
        return { withExtendedLifetime(file) { memory[.waiting] } }
    }

    /// Holds slots for no time in four threads, until the process kills itself at an instant that
    /// the seed draws after one of them has held a slot.
    static func untilKilled(_ path: String, _ seed: UInt64) throws {
        let state = try SharedState(path: path, policy: Policy(.concurrency(RecordCount(2))))
        let held = DispatchSemaphore(value: 0)
        for _ in 0..<4 {
            Thread.detachNewThread {
                while state.enter(waitingAtMost: .seconds(60)) {
                    state.leave()
                    held.signal()
                }
            }
        }
        _ = held.wait(timeout: .now() + 60)
        var generator = SeededGenerator(seed: seed)
        usleep(.random(in: 100...5_000, using: &generator))
        kill(getpid(), SIGKILL)
    }
}

extension Thread {
    /// Runs `body` in a thread of its own that the group waits for.
    fileprivate static func detachNewThread(
        in group: DispatchGroup, _ body: @escaping @Sendable () -> Void
    ) {
        group.enter()
        detachNewThread {
            body()
            group.leave()
        }
    }
}
