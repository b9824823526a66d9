import Glibc
import Synchronization
import Throttling

/// The words of a gate's file before its throttle, mapped into this process.
@safe final class GateMemory: @unchecked Sendable {
    private let memory: UnsafeMutableRawPointer
    private let length: Int

    /// Maps so many bytes of an open file.
    init(file: Int32, length: Int, isWritable: Bool, _ path: String) throws(GateStateError) {
        let access = isWritable ? PROT_READ | PROT_WRITE : PROT_READ
        let address = unsafe mmap(nil, length, access, MAP_SHARED, file, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw GateStateError(path, "cannot be mapped", errno)
        }
        unsafe memory = address
        self.length = length
    }

    deinit { unsafe munmap(memory, length) }

    /// A word that processes share.
    @inline(__always)
    private func word<Result>(_ index: Int, _ body: (borrowing Atomic<UInt64>) -> Result) -> Result
    {
        let place = unsafe memory + 8 * index
        return unsafe body(place.assumingMemoryBound(to: Atomic<UInt64>.self).pointee)
    }

    /// A word by its place.
    @inline(__always)
    subscript(_ index: Int) -> UInt64 {
        get { word(index) { $0.load(ordering: .acquiring) } }
        set { word(index) { $0.store(newValue, ordering: .releasing) } }
    }

    /// Adds to a word that counts.
    @inline(__always)
    func add(_ amount: UInt64, to index: Int) {
        word(index) { _ = $0.wrappingAdd(amount, ordering: .relaxed) }
    }

    /// Counts in the word of a period.
    @inline(__always)
    func count(_ amount: UInt64, in period: UInt64, at index: Int) {
        word(index) { word in
            var seen = word.load(ordering: .relaxed)
            while true {
                let next = PeriodCount.word(after: seen, adding: amount, in: period)
                let (exchanged, original) = word.weakCompareExchange(
                    expected: seen, desired: next, ordering: .relaxed)
                if exchanged { return }
                seen = original
            }
        }
    }

    /// The lock of what is seldom changed.
    var lock: SharedStateLock {
        unsafe SharedStateLock(at: memory + 8 * GateLayout.Header.lock)
    }

    /// Writes a text of at most so many bytes, zeros behind it.
    func write(_ text: String, to index: Int, room: Int) {
        let bytes = Array(text.utf8)
        precondition(bytes.count < room, "the text has room, and a zero behind it")
        for offset in 0..<room {
            let byte = offset < bytes.count ? bytes[offset] : 0
            unsafe memory.storeBytes(of: byte, toByteOffset: 8 * index + offset, as: UInt8.self)
        }
    }

    /// The bytes of a text before its first zero.
    func bytes(at index: Int, room: Int) -> [UInt8] {
        var bytes: [UInt8] = []
        for offset in 0..<room {
            let byte = unsafe memory.load(fromByteOffset: 8 * index + offset, as: UInt8.self)
            guard byte != 0 else { break }
            bytes.append(byte)
        }
        return bytes
    }
}
