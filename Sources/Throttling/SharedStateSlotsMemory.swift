import Glibc

/// The words of slots and of the queue for them in mapped memory: the lock, counters, a word for
/// each slot, and places of those who wait, each with a semaphore on a cache line of its own.
@safe struct SharedStateSlotsMemory {
    /// Which counter; all of them lie behind the lock.
    enum Counter: Int {
        /// The ticket that was given out last.
        case ticket
        /// Those who wait and were given nothing yet.
        case waiting
        /// Places that were ever used, from the first on.
        case used
        /// When the dead were looked for, on the machine's clock.
        case checked
    }

    /// Which word of a place.
    enum PlaceWord: Int {
        /// The ticket of who waits there; 0 where the place is free.
        case ticket
        /// The process that waits.
        case holder
        /// One more than the slot that it was given; 0 before.
        case given
    }

    /// How much there is of everything.
    struct Layout {
        /// Slots.
        let slots: Int
        /// Places of those who wait in order; further ones wait for a place, in no order.
        let places: Int

        fileprivate static let (counters, holders) = (64, 128)
        fileprivate static let (placeBytes, semaphore) = (64, 32)

        /// The layout of so many slots, where the state has so many rows.
        init(slots: Int, rows: Int) {
            self.slots = slots
            places = min(1_024, max(64, 65_536 / rows))
        }

        fileprivate var firstPlace: Int { (Self.holders + 8 * slots + 63) / 64 * 64 }

        /// Bytes of it all.
        var byteCount: Int { firstPlace + places * Self.placeBytes }
    }

    /// How much there is.
    let layout: Layout
    private let memory: UnsafeMutableRawPointer

    init(at address: UnsafeMutableRawPointer, _ layout: Layout) {
        unsafe memory = address
        self.layout = layout
    }

    /// The lock of all the rest.
    var lock: SharedStateLock { unsafe SharedStateLock(at: memory) }

    /// A counter.
    subscript(_ counter: Counter) -> UInt64 {
        get { self[byte: Layout.counters + 8 * counter.rawValue] }
        nonmutating set { self[byte: Layout.counters + 8 * counter.rawValue] = newValue }
    }

    /// Who holds a slot; 0 where it is free.
    subscript(slot slot: Int) -> UInt64 {
        get { self[byte: Layout.holders + 8 * slot] }
        nonmutating set { self[byte: Layout.holders + 8 * slot] = newValue }
    }

    /// A word of a place.
    subscript(_ place: Int, _ word: PlaceWord) -> UInt64 {
        get { self[byte: offset(of: place) + 8 * word.rawValue] }
        nonmutating set { self[byte: offset(of: place) + 8 * word.rawValue] = newValue }
    }

    /// Makes the semaphore of a place anew, whoever slept there before.
    func prepareSleep(at place: Int) { unsafe sem_init(semaphore(of: place), 1, 0) }

    /// Wakes who sleeps at a place, or is about to.
    func wake(_ place: Int) { unsafe sem_post(semaphore(of: place)) }

    /// Sleeps until somebody wakes the place, or so many nanoseconds are over.
    ///
    /// The system's semaphores know the calendar's clock alone: callers sleep in short turns and
    /// look at the other one in between, so that a correction of the calendar delays one turn.
    func sleep(at place: Int, for length: Int64) {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        let end = Int64(time.tv_nsec) + max(0, length)
        time.tv_sec += Int(end / 1_000_000_000)
        time.tv_nsec = Int(end % 1_000_000_000)
        unsafe sem_timedwait(semaphore(of: place), &time)
    }

    /// The machine's monotonic clock in nanoseconds, the same in all its processes.
    static func clock() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    private subscript(byte offset: Int) -> UInt64 {
        get { unsafe memory.load(fromByteOffset: offset, as: UInt64.self) }
        nonmutating set {
            unsafe memory.storeBytes(of: newValue, toByteOffset: offset, as: UInt64.self)
        }
    }

    private func semaphore(of place: Int) -> UnsafeMutablePointer<sem_t> {
        unsafe (memory + offset(of: place) + Layout.semaphore).assumingMemoryBound(to: sem_t.self)
    }

    private func offset(of place: Int) -> Int { layout.firstPlace + place * Layout.placeBytes }
}
