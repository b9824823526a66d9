import Glibc
import Throttling

/// Why a gate's state cannot be used, in one sentence with the path and the remedy.
package struct GateStateError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// What kind of trouble it is.
    package let kind: Kind

    /// What a program says of it to its caller.
    package enum Kind: Sendable {
        /// What was asked for makes no sense.
        case misused
        /// The file is not there.
        case missing
        /// The file cannot be used as it is.
        case unusable
        /// The file cannot be made.
        case notMade
    }

    /// What is wrong with the file, or with what was asked of it.
    init(_ path: String, _ what: String, _ kind: Kind = .unusable) {
        description = "the gate's state '\(path)' \(what)"
        self.kind = kind
    }

    /// What the system would not do with the file, and its reason.
    init(_ path: String, _ what: String, _ code: Int32) {
        let isMissing = code == ENOENT
        self.init(
            path,
            isMissing
                ? "is not there: name the file that 'anchorbench gate create' made"
                : "\(what): \(SharedStateError.reason(of: code))",
            isMissing ? Kind.missing : Kind.unusable)
    }

    /// What hinders the file from being made.
    init(making path: String, _ what: String, _ code: Int32) {
        let hindrance =
            switch code {
            case EEXIST:
                "is there already, and a gate is never made anew: name another file, or remove "
                    + "this one once no client uses it"
            case ENOENT: "cannot be made: its folder is not there; make that first"
            default: "\(what): \(SharedStateError.reason(of: code))"
            }
        self.init(path, hindrance, Kind.notMade)
    }

    /// What is wrong with the throttle's part of it.
    init(_ error: SharedStateError, isMaking: Bool = false) {
        description = error.description
        kind = isMaking ? .notMade : .unusable
    }

    /// What is wrong with how it is used.
    package init(_ sentence: String) {
        description = sentence
        kind = .misused
    }
}
