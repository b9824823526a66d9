import Glibc
import Synchronization
import Throttling
import Units

/// What tells a file from every other.
struct GateFileIdentity: Hashable, Sendable {
    let device: UInt
    let number: UInt
}

/// The file of a gate's state: made whole or not at all, and refused where anything is wrong.
struct GateFile {
    /// The words before the throttle.
    let memory: GateMemory
    /// Where everything lies.
    let layout: GateLayout
    /// What it was made to do.
    let configuration: GateConfiguration
    /// The throttle; nil for who only reads.
    let throttle: SharedState?
    /// Which file it is, whatever it is called.
    let identity: GateFileIdentity

    /// What a file is opened for.
    enum Access {
        /// To guard a module: its owner must be root or this user, and nobody else may write it.
        case guarding
        /// To change who is revoked.
        case steering
        /// To look at it.
        case reading
    }

    /// The version stands in the last four digits.
    private static let magic: UInt64 = 0x676b_6565_7000_0002
    private static let versions: UInt64 = 0xffff
    private static let whole: UInt64 = 0x7768_6f6c_6501_0000
    private typealias Header = GateLayout.Header

    /// Opens a file.
    init(path: String, for access: Access) throws(GateStateError) {
        let isWritable = access != .reading
        let flags = (isWritable ? O_RDWR : O_RDONLY) | O_CLOEXEC | O_NONBLOCK
        let file = unsafe open(path, flags)
        guard file >= 0 else { throw GateStateError(path, "cannot be opened", errno) }
        defer { close(file) }
        let status = try Self.status(of: file, path, isTrusted: access == .guarding)
        identity = GateFileIdentity(device: status.st_dev, number: status.st_ino)
        let size = Int(status.st_size)
        let (header, layout) = try Self.header(of: file, size: size, path)
        let memory = try GateMemory(
            file: file, length: layout.length, isWritable: isWritable, path)
        let canaries = CanaryTable(memory, layout).contents
        guard UInt64(canaries.count) == header[Header.canaries],
            canaries.sum == header[Header.canarySum]
        else { throw Self.damaged(path) }
        (self.memory, self.layout) = (memory, layout)
        configuration = try Self.configuration(header, memory, layout, path)
        guard isWritable else {
            throttle = nil
            return
        }
        do throws(SharedStateError) {
            throttle = try SharedState(
                in: SharedStatePlace(file: file, path: path, offset: layout.length),
                policy: configuration.policy)
        } catch {
            throw GateStateError(error)
        }
    }

    /// What the system says of a file that may be trusted so far.
    private static func status(
        of file: Int32, _ path: String, isTrusted: Bool
    ) throws(GateStateError) -> stat {
        var status = stat()
        guard unsafe fstat(file, &status) == 0 else {
            throw GateStateError(path, "cannot be read", errno)
        }
        guard status.st_mode & S_IFMT == S_IFREG else {
            throw GateStateError(path, "is no file: name the file that 'gate create' made")
        }
        guard isTrusted else { return status }
        let user = geteuid()
        guard status.st_uid == 0 || status.st_uid == user else {
            throw GateStateError(
                path,
                "belongs to user \(status.st_uid), who could have made any gate: it must "
                    + "belong to root or to user \(user), who runs this")
        }
        guard status.st_mode & S_IWOTH == 0 else {
            throw GateStateError(
                path,
                "may be written by everybody, and so by a thief: take that right away "
                    + "('chmod o-w')")
        }
        return status
    }

    /// The header of a file that is whole and of this version, and where everything lies in it.
    private static func header(
        of file: Int32, size: Int, _ path: String
    ) throws(GateStateError) -> (words: [UInt64], layout: GateLayout) {
        var header = [UInt64](repeating: 0, count: Header.count)
        let read = unsafe header.withUnsafeMutableBytes { bytes in
            unsafe pread(file, bytes.baseAddress, bytes.count, 0)
        }
        guard read >= 0 else { throw GateStateError(path, "cannot be read", errno) }
        guard header[Header.magic] & ~versions == magic & ~versions else {
            throw GateStateError(
                path, "is no gate's state: make one with 'anchorbench gate create'")
        }
        guard header[Header.magic] == magic else {
            throw GateStateError(
                path,
                "is of version \(header[Header.magic] & versions), not \(magic & versions): "
                    + "make a new one with 'anchorbench gate create'")
        }
        guard read == 8 * Header.count, header[Header.mark] == whole,
            UInt64(size) == header[Header.length]
        else {
            throw GateStateError(
                path, "is truncated: restore it, or make a new one with 'anchorbench gate create'")
        }
        let (capacity, history) = (header[Header.capacity], header[Header.history])
        let canaries = header[Header.canaries]
        guard (1...10_000).contains(capacity), (2...100_000).contains(history),
            canaries <= UInt64(GateConfiguration.mostCanaries)
        else { throw damaged(path) }
        let layout = GateLayout(
            capacity: Int(capacity), history: Int(history), canaryCount: Int(canaries))
        guard layout.length == Int(clamping: header[Header.ownLength]), layout.length < size,
            UInt64(layout.canarySlots) == header[Header.canarySlots]
        else { throw damaged(path) }
        return (header, layout)
    }

    private static func damaged(_ path: String) -> GateStateError {
        GateStateError(
            path, "is damaged: restore it, or make a new one with 'anchorbench gate create'")
    }

    private static func configuration(
        _ header: [UInt64], _ memory: GateMemory, _ layout: GateLayout, _ path: String
    ) throws(GateStateError) -> GateConfiguration {
        let count = header[Header.policyCount]
        guard count <= UInt64(Header.mostPolicy),
            let policy = Policy(words: (0..<Int(count)).map { memory[Header.policy + $0] }),
            let period = Int64(exactly: header[Header.period])
        else { throw damaged(path) }
        let module = memory.bytes(at: Header.path, room: 4_096)
        let flags = header[Header.flags]
        let configuration = GateConfiguration(
            module: String(decoding: module, as: UTF8.self), policy: policy,
            period: Nanoseconds(period), history: layout.history, capacity: layout.capacity,
            chargesEncryption: flags & 2 != 0,
            throttledCode: UInt(header[Header.throttledCode]),
            revokedCode: UInt(header[Header.revokedCode]))
        guard module.count == Int(clamping: header[Header.pathCount]), configuration.flaw == nil
        else { throw damaged(path) }
        var complete = configuration
        complete.isClosed = flags & 1 != 0
        return complete
    }
}

extension GateFile {
    /// Makes a file; it must not exist.
    ///
    /// - Parameters:
    ///   - mode: its permissions.
    ///   - group: who owns it besides; nil for the usual group.
    static func create(
        at path: String, _ configuration: GateConfiguration, mode: mode_t, group: gid_t?
    ) throws(GateStateError) {
        if let flaw = configuration.flaw { throw GateStateError(flaw) }
        let draft = "\(path).\(getpid())"
        unsafe unlink(draft)
        let file = unsafe open(draft, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw GateStateError(making: path, "cannot be made", errno) }
        defer {
            close(file)
            unsafe unlink(draft)
        }
        try fill(file, configuration, path)
        guard group.map({ fchown(file, uid_t.max, $0) }) ?? 0 == 0, fchmod(file, mode) == 0 else {
            throw GateStateError(making: path, "cannot be given to its group", errno)
        }
        guard fsync(file) == 0, unsafe link(draft, path) == 0 else {
            throw GateStateError(making: path, "cannot be made", errno)
        }
    }

    private static func fill(
        _ file: Int32, _ configuration: GateConfiguration, _ path: String
    ) throws(GateStateError) {
        let canaries = Set(configuration.canaries)
        let layout = GateLayout(
            capacity: configuration.capacity, history: configuration.history,
            canaryCount: canaries.count)
        let code = posix_fallocate(file, 0, off_t(layout.length))
        guard code == 0 else {
            throw GateStateError(making: path, "cannot be sized to \(layout.length) bytes", code)
        }
        do throws(SharedStateError) {
            try SharedState.make(
                in: SharedStatePlace(file: file, path: path, offset: layout.length),
                for: configuration.policy, clients: configuration.capacity)
        } catch {
            throw GateStateError(error, isMaking: true)
        }
        let memory = try GateMemory(
            file: file, length: layout.length, isWritable: true, path)
        guard memory.lock.prepare(), let boot = GateClock.boot() else {
            throw GateStateError(making: path, "cannot be made: no lock, or no /proc", ENOSYS)
        }
        let policy = configuration.policy.words
        precondition(policy.count <= Header.mostPolicy, "a policy has few members")
        for (index, word) in policy.enumerated() { memory[Header.policy + index] = word }
        memory[Header.policyCount] = UInt64(policy.count)
        memory.write(configuration.module, to: Header.path, room: 4_096)
        memory[Header.pathCount] = UInt64(configuration.module.utf8.count)
        memory[Header.capacity] = UInt64(configuration.capacity)
        memory[Header.history] = UInt64(configuration.history)
        memory[Header.period] = UInt64(configuration.period.count)
        memory[Header.flags] =
            (configuration.isClosed ? 1 : 0) | (configuration.chargesEncryption ? 2 : 0)
        memory[Header.throttledCode] = UInt64(configuration.throttledCode)
        memory[Header.revokedCode] = UInt64(configuration.revokedCode)
        let calendar = GateClock.exactCalendar()
        memory[Header.created] = UInt64(calendar)
        // The gate's time begins with the week of the calendar, so that days and weeks end when
        // they do in UTC for as long as the machine runs.
        let start = calendar - calendar % Self.week
        memory[Header.calendarOfStart] = UInt64(start)
        (memory[Header.boot], memory[Header.boot + 1]) = boot
        memory[Header.timeNamespace] = GateClock.timeNamespace()
        memory[Header.offset] = UInt64(
            bitPattern: calendar - start - GateClock.monotonic())
        var known: Set<String> = []
        for name in configuration.identities where known.insert(name).inserted {
            let row = layout.row(known.count - 1)
            memory.write(name, to: row + GateLayout.Row.name, room: 64)
            memory[row + GateLayout.Row.taken] = 1
        }
        let table = CanaryTable(memory, layout)
        for fingerprint in canaries { table.insert(fingerprint) }
        memory[Header.canaries] = UInt64(canaries.count)
        memory[Header.canarySlots] = UInt64(layout.canarySlots)
        memory[Header.canarySum] = table.contents.sum
        memory[Header.ownLength] = UInt64(layout.length)
        let size = lseek(file, 0, SEEK_END)
        memory[Header.length] = UInt64(size)
        memory[Header.magic] = magic
        memory[Header.mark] = whole
    }

    private static let week: Int64 = 7 * 86_400 * 1_000_000_000
}
