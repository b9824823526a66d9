import Glibc
import Synchronization

/// The file of a throttle's state, mapped into this process.
///
/// Its first words are a magic number with the layout's version, the policy's fingerprint, and how
/// many rows of which length follow; the mark that it is whole stands alone and is written last.
@safe final class SharedStateFile: @unchecked Sendable {
    /// The mapped bytes.
    let memory: UnsafeMutableRawPointer
    /// How many they are.
    let length: Int

    /// The version stands in the last four digits.
    private static let magic: UInt64 = 0x616e_6368_6f72_0002
    private static let versions: UInt64 = 0xffff
    private static let whole: UInt64 = 0x7768_6f6c_6500_0000
    private static let headerCount = 9

    private enum Word {
        static let (magic, fingerprint, rows, stride, length, mark) = (0, 1, 2, 3, 4, 8)
    }

    /// Makes the file; it must not exist.
    ///
    /// - Parameter fill: writes what a fresh state needs beyond zeros; false where the system
    ///   refuses.
    /// - Throws: `SharedStateError` with the path and the system's reason.
    static func create(
        at path: String, _ layout: SharedStateLayout, fingerprint: UInt64,
        fill: (UnsafeMutableRawPointer) -> Bool
    ) throws(SharedStateError) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SharedStateError(path, "cannot be made", errno) }
        defer { close(file) }
        do {
            try unsafe make(
                in: SharedStatePlace(file: file, path: path), layout, fingerprint: fingerprint,
                fill: fill)
        } catch {
            unsafe unlink(path)
            throw error
        }
    }

    /// Makes it at the end of an open file.
    static func make(
        in place: SharedStatePlace, _ layout: SharedStateLayout, fingerprint: UInt64,
        fill: (UnsafeMutableRawPointer) -> Bool
    ) throws(SharedStateError) {
        // On a full disk a page that was merely promised would end the process that touches it.
        let code = posix_fallocate(place.file, off_t(place.offset), off_t(layout.length))
        guard code == 0 else {
            throw SharedStateError(place.path, "cannot be sized to \(layout.length) bytes", code)
        }
        let mapped = try SharedStateFile(mapping: place, layout.length)
        guard unsafe fill(mapped.memory) else {
            throw SharedStateError(
                place.path, "cannot be made: no lock between processes", ENOSYS)
        }
        mapped[Word.fingerprint] = fingerprint
        mapped[Word.rows] = UInt64(layout.rows)
        mapped[Word.stride] = UInt64(layout.stride)
        mapped[Word.length] = UInt64(layout.length)
        mapped[Word.magic] = magic
        atomicMemoryFence(ordering: .releasing)
        mapped[Word.mark] = whole
    }

    /// Opens a file that `create` made.
    ///
    /// - Parameter layout: the layout of the expected policy with so many rows.
    /// - Throws: `SharedStateError` where it is anything but whole and of this policy.
    convenience init(
        path: String, fingerprint: UInt64, layout: (Int) -> SharedStateLayout?
    ) throws(SharedStateError) {
        let file = unsafe open(path, O_RDWR | O_CLOEXEC)
        guard file >= 0 else { throw SharedStateError(path, "cannot be opened", errno) }
        defer { close(file) }
        try self.init(
            in: SharedStatePlace(file: file, path: path), fingerprint: fingerprint, layout: layout)
    }

    /// Maps what `make` made.
    convenience init(
        in place: SharedStatePlace, fingerprint: UInt64, layout: (Int) -> SharedStateLayout?
    ) throws(SharedStateError) {
        let header = try Self.header(of: place)
        guard header[Word.fingerprint] == fingerprint else {
            throw SharedStateError(
                place.path, "was made for another policy: name that policy, or another file")
        }
        guard let rows = Int(exactly: header[Word.rows]), rows > 0, let layout = layout(rows),
            layout.rows == rows, UInt64(layout.stride) == header[Word.stride],
            UInt64(layout.length) == header[Word.length]
        else {
            throw SharedStateError(
                place.path, "is damaged: restore it, or remove it to begin with a fresh state")
        }
        try self.init(mapping: place, layout.length)
    }

    /// The header of a file that is whole and of this version.
    private static func header(of place: SharedStatePlace) throws(SharedStateError) -> [UInt64] {
        let path = place.path
        var header = [UInt64](repeating: 0, count: headerCount)
        let read = unsafe header.withUnsafeMutableBytes { bytes in
            unsafe pread(place.file, bytes.baseAddress, bytes.count, off_t(place.offset))
        }
        guard read >= 0 else { throw SharedStateError(path, "cannot be read", errno) }
        // Zeros are what the system made of a file that nobody came to write.
        guard header.contains(where: { $0 != 0 }) else { throw unfinished(path) }
        guard header[Word.magic] & ~versions == magic & ~versions else {
            guard header[Word.magic] == 0, header[Word.mark] == 0 else {
                throw SharedStateError(path, "is no throttle's state: name another file")
            }
            throw unfinished(path)
        }
        guard header[Word.magic] == magic else {
            throw SharedStateError(
                path,
                "is of version \(header[Word.magic] & versions), not \(magic & versions): use the "
                    + "anchorbench that made it, or another file")
        }
        let size = lseek(place.file, 0, SEEK_END) - off_t(place.offset)
        guard size >= off_t(SharedStateLayout.header) else { throw truncated(path) }
        guard header[Word.mark] == whole else { throw unfinished(path) }
        guard UInt64(size) == header[Word.length] else { throw truncated(path) }
        return header
    }

    private static func unfinished(_ path: String) -> SharedStateError {
        SharedStateError(
            path, "was left half made by a process that was killed: remove it and begin anew",
            isUnfinished: true)
    }

    private static func truncated(_ path: String) -> SharedStateError {
        SharedStateError(
            path, "is truncated: restore it, or remove it to begin with a fresh state")
    }

    private init(mapping place: SharedStatePlace, _ length: Int) throws(SharedStateError) {
        let address = unsafe mmap(
            nil, length, PROT_READ | PROT_WRITE, MAP_SHARED, place.file, off_t(place.offset))
        guard let address = unsafe address, unsafe address != MAP_FAILED else {
            throw SharedStateError(place.path, "cannot be mapped", errno)
        }
        unsafe memory = address
        self.length = length
    }

    deinit { unsafe munmap(memory, length) }

    /// A word of the header.
    subscript(_ index: Int) -> UInt64 {
        get { unsafe memory.load(fromByteOffset: 8 * index, as: UInt64.self) }
        set { unsafe memory.storeBytes(of: newValue, toByteOffset: 8 * index, as: UInt64.self) }
    }

    /// Rows that the header tells of.
    var rows: Int { Int(self[Word.rows]) }
}
