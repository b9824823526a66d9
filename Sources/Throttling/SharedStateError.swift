import Glibc

/// Why a throttle's shared state cannot be used, in one sentence with the path and the remedy.
package struct SharedStateError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// Whether a process that was killed left the file half made: nobody has used it, so that it
    /// may be removed and made anew.
    package let isUnfinished: Bool

    /// What the system would not do with the file, and its reason.
    init(_ path: String, _ what: String, _ code: Int32) {
        description = "the throttle state '\(path)' \(what): \(Self.reason(of: code))"
        isUnfinished = false
    }

    /// What is wrong with the file.
    init(_ path: String, _ what: String, isUnfinished: Bool = false) {
        description = "the throttle state '\(path)' \(what)"
        self.isUnfinished = isUnfinished
    }

    /// What the system calls an error.
    package static func reason(of code: Int32) -> String {
        unsafe strerror(code).map { unsafe String(cString: $0) } ?? "error \(code)"
    }
}
