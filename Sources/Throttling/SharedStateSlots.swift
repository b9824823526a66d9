import Glibc
import Synchronization
import Units

/// The slots of `concurrency`, first come first served between processes.
///
/// Every slot is a word: the process that holds it. Whoever finds none free takes a place with a
/// ticket and sleeps there; who leaves hands its slot to the lowest ticket. Each change becomes
/// valid with one word, so that a process may be killed anywhere: `repair` ends what it began, and
/// those who wait clear the slots and places of the dead.
struct SharedStateSlots {
    private let memory: SharedStateSlotsMemory

    /// Of a slot that its new holder has not yet come for.
    private static let promise: UInt64 = 1 << 63

    /// How long a waiting caller sleeps before it looks for the dead, in nanoseconds.
    private static let turn: Int64 = 20_000_000

    init(_ memory: SharedStateSlotsMemory) { self.memory = memory }

    /// Waits for a slot; false where none came free in time.
    func enter(_ holder: SlotHolder, waitingAtMost longest: Nanoseconds) -> Bool {
        let (sum, overflow) = SharedStateSlotsMemory.clock()
            .addingReportingOverflow(max(0, longest.count))
        let deadline = overflow ? Int64.max : sum
        memory.lock.lock(repair: repair)
        while true {
            if take(holder) {
                memory.lock.unlock()
                return true
            }
            // Who does not wait must find the slots of the dead as well.
            if longest <= .zero, buryTheDead() { continue }
            if longest > .zero, let place = queue(holder) {
                memory.lock.unlock()
                return wait(at: place, until: deadline)
            }
            memory.lock.unlock()
            guard SharedStateSlotsMemory.clock() < deadline else { return false }
            usleep(1_000)
            memory.lock.lock(repair: repair)
        }
    }

    /// Gives back one slot of the process.
    func leave(_ holder: SlotHolder) {
        memory.lock.withLock(repair: repair) {
            for slot in slots where memory[slot: slot] == holder.word {
                memory[slot: slot] = 0
                break
            }
            handOver()
        }
    }

    private var slots: Range<Int> { 0..<memory.layout.slots }
    private var places: Range<Int> {
        0..<Int(min(memory[.used], UInt64(memory.layout.places)))
    }
    private var freeSlot: Int? { slots.first { memory[slot: $0] == 0 } }

    /// The slot that a place was given; nil before, and for what no slot is: whoever may write the
    /// memory must not lead anybody outside of it.
    private func slot(givenTo place: Int) -> Int? {
        let given = memory[place, .given]
        return (1...UInt64(memory.layout.slots)).contains(given) ? Int(given) - 1 : nil
    }

    /// Sleeps until the place was given a slot, or the time is over and it is given up.
    private func wait(at place: Int, until deadline: Int64) -> Bool {
        while true {
            let left = deadline - SharedStateSlotsMemory.clock()
            memory.sleep(at: place, for: min(left, Self.turn))
            let outcome: Bool? = memory.lock.withLock(repair: repair) {
                if memory[place, .given] == 0 {
                    buryTheDead()
                    handOver()
                }
                if let slot = slot(givenTo: place) {
                    memory[slot: slot] &= ~Self.promise
                    atomicMemoryFence(ordering: .releasing)
                    memory[place, .ticket] = 0
                    return true
                }
                guard SharedStateSlotsMemory.clock() >= deadline else { return nil }
                memory[place, .ticket] = 0
                memory[.waiting] -= 1
                return false
            }
            if let outcome { return outcome }
        }
    }
}

/// What is done under the lock.
extension SharedStateSlots {
    /// Takes a free slot where nobody waits for one.
    private func take(_ holder: SlotHolder) -> Bool {
        handOver()
        guard memory[.waiting] == 0, let slot = freeSlot else { return false }
        memory[slot: slot] = holder.word
        return true
    }

    /// Takes a place at the end of the queue; nil where all are taken.
    private func queue(_ holder: SlotHolder) -> Int? {
        let free = (0..<memory.layout.places).first { memory[$0, .ticket] == 0 }
        guard let place = free else { return nil }
        memory[.used] = max(memory[.used], UInt64(place + 1))
        memory[place, .holder] = holder.word
        memory[place, .given] = 0
        memory.prepareSleep(at: place)
        memory[.ticket] += 1
        atomicMemoryFence(ordering: .releasing)
        memory[place, .ticket] = memory[.ticket]
        memory[.waiting] += 1
        return place
    }

    /// Gives every free slot to whoever has waited longest.
    private func handOver() {
        while memory[.waiting] > 0, let slot = freeSlot, let place = firstInQueue {
            // Given from here on: were this process killed now, `repair` would do the rest.
            memory[place, .given] = UInt64(slot + 1)
            atomicMemoryFence(ordering: .releasing)
            memory[slot: slot] = memory[place, .holder] | Self.promise
            memory[.waiting] -= 1
            memory.wake(place)
        }
    }

    private var firstInQueue: Int? {
        places.filter { memory[$0, .ticket] > 0 && memory[$0, .given] == 0 }
            .min { memory[$0, .ticket] < memory[$1, .ticket] }
    }

    /// Ends what a process had begun that was killed under the lock.
    private func repair() {
        var waiting: UInt64 = 0
        for place in places where memory[place, .ticket] > 0 {
            guard let slot = slot(givenTo: place) else {
                waiting += 1
                continue
            }
            if memory[slot: slot] == 0 {
                memory[slot: slot] = memory[place, .holder] | Self.promise
            }
        }
        memory[.waiting] = waiting
        memory[.checked] = 0
        buryTheDead()
        handOver()
    }

    /// Clears the places and slots of processes that are gone, unless somebody just has.
    ///
    /// - Returns: whether a slot came free.
    @discardableResult
    private func buryTheDead() -> Bool {
        let (now, checked) = (SharedStateSlotsMemory.clock(), Int64(memory[.checked]))
        guard now - checked >= Self.turn || checked > now else { return false }
        memory[.checked] = UInt64(now)
        var known: [UInt64: Bool] = [:]
        func isDead(_ word: UInt64) -> Bool {
            let isAlive = known[word] ?? SlotHolder(word: word).isAlive
            known[word] = isAlive
            return !isAlive
        }
        for place in places
        where memory[place, .ticket] > 0 && isDead(memory[place, .holder]) {
            // Its slot, where it was given one, goes with its other slots below.
            memory[place, .ticket] = 0
            if memory[place, .given] == 0 { memory[.waiting] -= 1 }
        }
        var cameFree = false
        for slot in slots where memory[slot: slot] != 0 {
            guard isDead(memory[slot: slot] & ~Self.promise) else { continue }
            memory[slot: slot] = 0
            cameFree = true
        }
        return cameFree
    }
}
