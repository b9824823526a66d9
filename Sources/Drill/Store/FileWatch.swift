import Glibc
import Load
import Units

/// Whether a file is where it was: one that was removed stays readable for who has it open.
struct FileWatch {
    /// How long an answer is good for a glance; asking at every row would take its part of a
    /// reader's time.
    static let interval = Nanoseconds.milliseconds(100)

    private let path: String
    private let device: UInt
    private let number: UInt
    private var due: Nanoseconds

    /// Watches a file; nil where there is none.
    init?(path: String) {
        guard let status = Self.status(of: path) else { return nil }
        self.path = path
        device = status.st_dev
        number = status.st_ino
        due = MonotonicClock().now() + Self.interval
    }

    /// Whether it is there, and no other in its place.
    var isThere: Bool {
        guard let status = Self.status(of: path) else { return false }
        return status.st_dev == device && status.st_ino == number
    }

    /// Whether it was there within the last interval.
    mutating func glance() -> Bool {
        let now = MonotonicClock().now()
        guard now >= due else { return true }
        due = now + Self.interval
        return isThere
    }

    private static func status(of path: String) -> stat? {
        var status = stat()
        return unsafe stat(path, &status) == 0 ? status : nil
    }
}
