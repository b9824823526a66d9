import Foundation
import Load
import Units

/// What the kernel counts about the whole machine, read at one instant; two of them tell what
/// happened in between.
///
/// Reading takes three small files of `/proc`, some 50 µs in all.
package struct HostReading: Equatable, Sendable {
    /// When it was read, on the monotonic clock.
    package var instant: Nanoseconds
    /// Processor time since the machine started.
    package var processor: Result<ProcessorTicks, Unreadable>
    /// Stalls for want of a processor since the machine started.
    package var pressure: Result<ProcessorPressure, Unreadable>
    /// How many tasks ran or wanted to.
    package var load: Result<LoadAverage, Unreadable>

    /// A reading from the texts of `/proc/stat`, `/proc/pressure/cpu` and `/proc/loadavg`; a nil
    /// where one could not be read.
    package init(instant: Nanoseconds, stat: String?, pressure: String?, load: String?) {
        self.instant = instant
        processor = Self.parsed(stat, "/proc/stat", ProcessorTicks.init)
        self.pressure = Self.parsed(pressure, "/proc/pressure/cpu", ProcessorPressure.init)
        self.load = Self.parsed(load, "/proc/loadavg", LoadAverage.init)
    }

    /// Reads this machine.
    package static func now() -> HostReading {
        func text(_ path: String) -> String? { try? String(contentsOfFile: path, encoding: .utf8) }
        return HostReading(
            instant: MonotonicClock().now(), stat: text("/proc/stat"),
            pressure: text("/proc/pressure/cpu"), load: text("/proc/loadavg"))
    }

    private static func parsed<Value>(
        _ text: String?, _ path: String, _ parse: (String) -> Value?
    ) -> Result<Value, Unreadable> {
        guard let text else { return .failure(Unreadable("\(path) cannot be read here")) }
        guard let value = parse(text) else {
            return .failure(Unreadable("\(path) does not tell"))
        }
        return .success(value)
    }
}

/// Why a figure of the machine is not known, in words that follow "unavailable:".
package struct Unreadable: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// Time of all processors together in ticks (usually 10 ms), since the machine started.
package struct ProcessorTicks: Equatable, Sendable {
    /// All time, idle or not.
    package var total: UInt64
    /// Time with nothing to do, waiting for a disk included.
    package var idle: UInt64
    /// Time that the hypervisor gave to others while a task here wanted to run.
    package var steal: UInt64

    /// Reads the first line of `/proc/stat` (proc(5)); nil where it has no figure for steal.
    package init?(_ text: String) {
        guard let line = text.split(separator: "\n").first, line.hasPrefix("cpu ") else {
            return nil
        }
        // user, nice, system, idle, iowait, irq, softirq, steal; guest time is part of user time.
        let ticks = line.dropFirst(4).split(separator: " ").prefix(8).compactMap { UInt64($0) }
        guard ticks.count == 8 else { return nil }
        (total, idle, steal) = (ticks.reduce(0, +), ticks[3] + ticks[4], ticks[7])
    }
}

/// Pressure stall information of the processors: how long tasks waited for one.
package struct ProcessorPressure: Equatable, Sendable {
    /// Some task waited.
    package var some: Line
    /// Every task waited; nil on kernels that do not tell, and 0 for a whole machine.
    package var full: Line?

    /// One line of the file.
    package struct Line: Equatable, Sendable {
        /// The share of the last 10 s, 0...1.
        package var last10s: Double
        /// Time stalled since the machine started.
        package var total: Nanoseconds
    }

    /// Reads `/proc/pressure/cpu`.
    package init?(_ text: String) {
        var lines: [String: Line] = [:]
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard let kind = words.first else { continue }
            lines[String(kind)] = Line(words.dropFirst())
        }
        guard let some = lines["some"] else { return nil }
        (self.some, full) = (some, lines["full"])
    }
}

extension ProcessorPressure.Line {
    fileprivate init?(_ words: some Sequence<Substring>) {
        var values: [Substring: Substring] = [:]
        for word in words {
            let pair = word.split(separator: "=", maxSplits: 1)
            guard pair.count == 2 else { return nil }
            values[pair[0]] = pair[1]
        }
        guard let percent = values["avg10"].flatMap({ Double($0) }),
            let micros = values["total"].flatMap({ Int64($0) }), micros >= 0, micros < .max / 1_000
        else { return nil }
        self.init(last10s: percent / 100, total: .microseconds(micros))
    }
}

/// Tasks that ran or wanted to, averaged over the last minutes.
package struct LoadAverage: Equatable, Sendable, CustomStringConvertible {
    /// Over the last minute.
    package var oneMinute: Double
    /// Over the last 5 minutes.
    package var fiveMinutes: Double
    /// Over the last 15 minutes.
    package var fifteenMinutes: Double

    /// Reads `/proc/loadavg`.
    package init?(_ text: String) {
        let values = text.split(whereSeparator: \.isWhitespace).prefix(3).compactMap { Double($0) }
        guard values.count == 3 else { return nil }
        (oneMinute, fiveMinutes, fifteenMinutes) = (values[0], values[1], values[2])
    }

    package var description: String { "\(oneMinute) \(fiveMinutes) \(fifteenMinutes)" }
}
