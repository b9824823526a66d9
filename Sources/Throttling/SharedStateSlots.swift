import Glibc
import Synchronization
import Units

/// The slots of `concurrency` and the queue for them, in mapped memory under a lock of their own.
///
/// Every slot is a word: the process that holds it. Whoever finds none free takes a place with a
/// ticket and sleeps at the place's semaphore; who leaves hands its slot to the lowest ticket. Each
/// change becomes valid with one word, so that a process may be killed anywhere: `repair` ends what
/// it began, and the slots and places of the dead are cleared by those who wait.
@safe struct SharedStateSlots {
    private let memory: UnsafeMutableRawPointer
    private let layout: Layout

    /// Where everything lies, in bytes from the beginning.
    struct Layout {
        /// Slots.
        let slots: Int
        /// Places of those who wait in order; further ones wait for a place, in no order.
        let places: Int

        static let (counters, holders) = (64, 128)
        static let placeBytes = 64

        /// The layout of so many slots, where the state has so many rows.
        init(slots: Int, rows: Int) {
            self.slots = slots
            places = min(1_024, max(64, 65_536 / rows))
        }

        /// Where the places begin, each on a cache line of its own.
        var firstPlace: Int { (Self.holders + 8 * slots + 63) / 64 * 64 }
        /// Bytes of it all.
        var byteCount: Int { firstPlace + places * Self.placeBytes }
    }

    /// The words behind the lock.
    private enum Counter {
        /// The ticket given out last; how many wait; places ever used; when the dead were looked
        /// for, on the machine's clock.
        static let (ticket, waiting, used, checked) = (0, 1, 2, 3)
    }

    /// The words of a place; the semaphore follows.
    private enum Place {
        /// 0 where the place is free; the process that waits; one more than the slot it was given.
        static let (ticket, holder, given) = (0, 1, 2)
        static let semaphore = 32
    }

    /// Of a slot that its new holder has not yet come for.
    private static let promise: UInt64 = 1 << 63

    /// How long a waiting caller sleeps before it looks for the dead, in nanoseconds.
    private static let turn: Int64 = 20_000_000

    init(at address: UnsafeMutableRawPointer, _ layout: Layout) {
        unsafe memory = address
        self.layout = layout
    }

    /// Makes them, all free, in memory that is zero; false where the system knows no such lock.
    func prepare() -> Bool { lock.prepare() }

    /// Waits for a slot; false where none came free in time.
    func enter(_ holder: SlotHolder, waitingAtMost longest: Nanoseconds) -> Bool {
        let (sum, overflow) = Self.clock().addingReportingOverflow(max(0, longest.count))
        let deadline = overflow ? Int64.max : sum
        lock.lock { repair() }
        while true {
            if counter(Counter.waiting) == 0, take(holder) {
                lock.unlock()
                return true
            }
            // One who does not wait must find the slots of the dead as well.
            if longest <= .zero, buryTheDead() {
                handOver()
                continue
            }
            if longest > .zero, let place = queue(holder) {
                lock.unlock()
                return wait(at: place, until: deadline)
            }
            lock.unlock()
            guard Self.clock() < deadline else { return false }
            usleep(1_000)
            lock.lock { repair() }
        }
    }

    /// Gives back one slot of the process.
    func leave(_ holder: SlotHolder) {
        lock.withLock(repair: repair) {
            for slot in 0..<layout.slots where self[slot: slot] == holder.word {
                self[slot: slot] = 0
                break
            }
            handOver()
        }
    }

    // MARK: Under the lock

    /// Takes a free slot.
    private func take(_ holder: SlotHolder) -> Bool {
        guard let slot = freeSlot else { return false }
        self[slot: slot] = holder.word
        return true
    }

    private var freeSlot: Int? { (0..<layout.slots).first { self[slot: $0] == 0 } }

    /// Takes a place at the end of the queue; nil where all are taken.
    private func queue(_ holder: SlotHolder) -> Int? {
        guard let place = (0..<layout.places).first(where: { self[$0, Place.ticket] == 0 }) else {
            return nil
        }
        setCounter(Counter.used, max(counter(Counter.used), UInt64(place + 1)))
        self[place, Place.holder] = holder.word
        self[place, Place.given] = 0
        unsafe sem_init(semaphore(of: place), 1, 0)
        let ticket = counter(Counter.ticket) + 1
        setCounter(Counter.ticket, ticket)
        atomicMemoryFence(ordering: .releasing)
        self[place, Place.ticket] = ticket
        setCounter(Counter.waiting, counter(Counter.waiting) + 1)
        return place
    }

    /// Sleeps until the place was given a slot, or the time is over and it is given up.
    private func wait(at place: Int, until deadline: Int64) -> Bool {
        while true {
            let now = Self.clock()
            sleep(at: place, until: deadline - now > Self.turn ? now + Self.turn : deadline)
            let outcome: Bool? = lock.withLock(repair: repair) {
                if self[place, Place.given] == 0 {
                    buryTheDead()
                    handOver()
                }
                if self[place, Place.given] > 0 {
                    self[slot: Int(self[place, Place.given]) - 1] &= ~Self.promise
                    atomicMemoryFence(ordering: .releasing)
                    self[place, Place.ticket] = 0
                    return true
                }
                guard Self.clock() >= deadline else { return nil }
                self[place, Place.ticket] = 0
                setCounter(Counter.waiting, counter(Counter.waiting) - 1)
                return false
            }
            if let outcome { return outcome }
        }
    }

    /// Gives every free slot to whoever has waited longest.
    private func handOver() {
        while counter(Counter.waiting) > 0, let slot = freeSlot, let place = firstInQueue {
            // Given from here on: were this process killed now, `repair` would do the rest.
            self[place, Place.given] = UInt64(slot + 1)
            atomicMemoryFence(ordering: .releasing)
            self[slot: slot] = self[place, Place.holder] | Self.promise
            setCounter(Counter.waiting, counter(Counter.waiting) - 1)
            unsafe sem_post(semaphore(of: place))
        }
    }

    private var firstInQueue: Int? {
        var (first, least): (Int?, UInt64) = (nil, .max)
        for place in places where self[place, Place.given] == 0 {
            let ticket = self[place, Place.ticket]
            if ticket > 0, ticket < least { (first, least) = (place, ticket) }
        }
        return first
    }

    private var places: Range<Int> { 0..<Int(counter(Counter.used)) }

    /// Ends what a process had begun that was killed under the lock.
    private func repair() {
        var waiting: UInt64 = 0
        for place in places where self[place, Place.ticket] > 0 {
            let given = Int(self[place, Place.given])
            if given == 0 {
                waiting += 1
            } else if self[slot: given - 1] == 0 {
                self[slot: given - 1] = self[place, Place.holder] | Self.promise
            }
        }
        setCounter(Counter.waiting, waiting)
        setCounter(Counter.checked, 0)
        buryTheDead()
        handOver()
    }

    /// Clears the places and slots of processes that are gone, unless somebody just has.
    ///
    /// - Returns: whether a slot came free.
    @discardableResult
    private func buryTheDead() -> Bool {
        let (now, checked) = (Self.clock(), Int64(counter(Counter.checked)))
        guard now - checked >= Self.turn || checked > now else { return false }
        setCounter(Counter.checked, UInt64(now))
        var isAlive: [UInt64: Bool] = [:]
        func isDead(_ word: UInt64) -> Bool {
            let known = isAlive[word] ?? SlotHolder(word: word).isAlive
            isAlive[word] = known
            return !known
        }
        for place in places
        where self[place, Place.ticket] > 0 && isDead(self[place, Place.holder]) {
            // Its slot, where it was given one, goes with its other slots below.
            self[place, Place.ticket] = 0
            if self[place, Place.given] == 0 {
                setCounter(Counter.waiting, counter(Counter.waiting) - 1)
            }
        }
        var cameFree = false
        for slot in 0..<layout.slots where self[slot: slot] != 0 {
            guard isDead(self[slot: slot] & ~Self.promise) else { continue }
            self[slot: slot] = 0
            cameFree = true
        }
        return cameFree
    }

    // MARK: Memory and clock

    private var lock: SharedStateLock { unsafe SharedStateLock(at: memory) }

    private func counter(_ index: Int) -> UInt64 {
        unsafe memory.load(fromByteOffset: Layout.counters + 8 * index, as: UInt64.self)
    }

    private func setCounter(_ index: Int, _ value: UInt64) {
        unsafe memory.storeBytes(
            of: value, toByteOffset: Layout.counters + 8 * index, as: UInt64.self)
    }

    private subscript(slot slot: Int) -> UInt64 {
        get { unsafe memory.load(fromByteOffset: Layout.holders + 8 * slot, as: UInt64.self) }
        nonmutating set {
            unsafe memory.storeBytes(
                of: newValue, toByteOffset: Layout.holders + 8 * slot, as: UInt64.self)
        }
    }

    private subscript(_ place: Int, _ word: Int) -> UInt64 {
        get { unsafe memory.load(fromByteOffset: offset(of: place) + 8 * word, as: UInt64.self) }
        nonmutating set {
            unsafe memory.storeBytes(
                of: newValue, toByteOffset: offset(of: place) + 8 * word, as: UInt64.self)
        }
    }

    private func semaphore(of place: Int) -> UnsafeMutablePointer<sem_t> {
        unsafe (memory + offset(of: place) + Place.semaphore).assumingMemoryBound(to: sem_t.self)
    }

    private func offset(of place: Int) -> Int { layout.firstPlace + place * Layout.placeBytes }

    private func sleep(at place: Int, until instant: Int64) {
        var time = timespec()
        time.tv_sec = Int(instant / 1_000_000_000)
        time.tv_nsec = Int(instant % 1_000_000_000)
        unsafe sem_clockwait(semaphore(of: place), CLOCK_MONOTONIC, &time)
    }

    /// The machine's monotonic clock, the same in all its processes.
    private static func clock() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }
}
