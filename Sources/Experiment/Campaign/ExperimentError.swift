/// Why a measurement cannot be made or kept, sorted by what the exit code must say.
package enum ExperimentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The device, the module, the token, a PIN that it refuses, or a key.
    case device(String)
    /// The token refused a login, which must not be tried again.
    case login(String)
    /// The run was asked to stop before anything was measured.
    case interrupted(String)
    /// A file or a variable that is not there.
    case missingInput(String)
    /// A file or a folder that is there, and is not of the kind that was asked for.
    case wrongInput(String)
    /// The output folder.
    case output(String)

    package var description: String {
        switch self {
        case .device(let text), .login(let text), .interrupted(let text),
            .missingInput(let text), .wrongInput(let text), .output(let text):
            text
        }
    }
}
