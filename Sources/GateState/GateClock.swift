import Glibc

/// The clocks of a gate, in nanoseconds.
package enum GateClock {
    /// The machine's monotonic clock, the same in all its processes, from its start on.
    @inline(__always) package static func monotonic() -> Int64 { now(of: CLOCK_MONOTONIC) }

    /// The calendar's clock since the Unix epoch.
    package static func exactCalendar() -> Int64 { now(of: CLOCK_REALTIME) }

    @inline(__always) private static func now(of clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Sleeps until an instant of the monotonic clock.
    package static func sleep(until instant: Int64) {
        var time = timespec(
            tv_sec: Int(instant / 1_000_000_000), tv_nsec: Int(instant % 1_000_000_000))
        while unsafe clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &time, nil) == EINTR {}
    }

    /// What the kernel calls this start of the machine, as two words; nil where it does not say.
    static func boot() -> (UInt64, UInt64)? {
        let file = unsafe open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        var text = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(file, &text, text.count)
        guard count >= 36 else { return nil }
        let digits = text.prefix(36).compactMap {
            Character(Unicode.Scalar($0)).hexDigitValue.map(UInt64.init)
        }
        guard digits.count == 32 else { return nil }
        func word(_ digits: ArraySlice<UInt64>) -> UInt64 { digits.reduce(0) { $0 << 4 | $1 } }
        return (word(digits[..<16]), word(digits[16...]))
    }

    /// The number of this process's time namespace, in which the monotonic clock may be another; 0
    /// where the system has none.
    static func timeNamespace() -> UInt64 {
        var status = stat()
        return unsafe stat("/proc/self/ns/time", &status) == 0 ? UInt64(status.st_ino) : 0
    }
}
