import Glibc
import Synchronization
import Units

/// The state of one throttle in a mapped file, shared by every process that maps it.
///
/// The file is one page: a magic number, the layout's version, and the word. Each cell and round
/// makes a new one, so that no state outlives what it throttled.
@safe package final class SharedState: @unchecked Sendable {
    private let page: UnsafeMutableRawPointer

    private static let length = 4_096
    private static let magic: UInt64 = 0x616e_6368_6f72_0001
    private static let wordOffset = 64

    /// Makes the file and maps it; it must not exist.
    ///
    /// - Throws: `SharedStateError` with the path and the system's reason.
    package static func create(at path: String, initialWord: UInt64) throws(SharedStateError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SharedStateError(path, "cannot be made", errno) }
        defer { close(file) }
        // On a full disk a page that was merely promised would end the process that touches it.
        let code = posix_fallocate(file, 0, off_t(length))
        guard code == 0 else {
            unsafe unlink(path)
            throw SharedStateError(path, "cannot be sized", code)
        }
        let state = try SharedState(mapping: file, path: path)
        state.withWord { $0.store(initialWord, ordering: .relaxed) }
        unsafe state.page.storeBytes(of: magic, as: UInt64.self)
    }

    /// Maps a file that `create` made.
    package convenience init(path: String) throws(SharedStateError) {
        let file = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw SharedStateError(path, "cannot be opened", errno) }
        defer { close(file) }
        guard lseek(file, 0, SEEK_END) == off_t(Self.length) else {
            throw SharedStateError(path, "is truncated, or no throttle's state", 0)
        }
        try self.init(mapping: file, path: path)
        guard unsafe page.load(as: UInt64.self) == Self.magic else {
            throw SharedStateError(path, "is of another version, or no throttle's state", 0)
        }
    }

    private init(mapping file: Int32, path: String) throws(SharedStateError) {
        let address = unsafe mmap(nil, Self.length, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0)
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SharedStateError(path, "cannot be mapped", errno)
        }
        unsafe page = address
    }

    deinit { unsafe munmap(page, Self.length) }

    /// The state as it is now: what each limit makes of it stands with the limit.
    package var word: UInt64 { withWord { $0.load(ordering: .relaxed) } }

    /// Decides one call at `now` (since the throttle's epoch), against every process that shares
    /// the state: a place is taken by one compare-and-exchange.
    package func decide(_ policy: Policy, at now: Nanoseconds) -> Decision {
        switch policy.limit {
        case .none: .admit
        case .tokenBucket(let bucket): decide(bucket, policy.onLimit, at: now)
        case .fixedWindow(let fixed): decide(fixed, policy.onLimit, at: now)
        }
    }

    private func decide(
        _ limit: some SingleWordLimit, _ onLimit: OnLimit, at now: Nanoseconds
    ) -> Decision {
        withWord { word in
            var seen = word.load(ordering: .relaxed)
            while true {
                var next = seen
                let decision = limit.decide(&next, at: now, onLimit: onLimit)
                guard next != seen else { return decision }
                let (exchanged, original) = word.weakCompareExchange(
                    expected: seen, desired: next, ordering: .relaxed)
                if exchanged { return decision }
                seen = original
            }
        }
    }

    /// The word, bound into the mapped page.
    private func withWord<Result>(_ body: (borrowing Atomic<UInt64>) -> Result) -> Result {
        let address = unsafe (page + Self.wordOffset).assumingMemoryBound(to: Atomic<UInt64>.self)
        return unsafe body(address.pointee)
    }
}

/// Why a throttle's shared state cannot be used.
package struct SharedStateError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ path: String, _ what: String, _ code: Int32) {
        let reason =
            code == 0 ? "" : ": " + (unsafe strerror(code).map { unsafe String(cString: $0) } ?? "")
        description = "the throttle state '\(path)' \(what)\(reason)"
    }
}
