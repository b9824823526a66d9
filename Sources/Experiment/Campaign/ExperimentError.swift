/// Why a measurement cannot be made or kept, sorted by what the exit code must say.
package enum ExperimentError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The device, the module, the token, the PIN or a key.
    case device(String)
    /// A file or a variable that is not there.
    case missingInput(String)
    /// The output folder.
    case output(String)

    package var description: String {
        switch self {
        case .device(let text), .missingInput(let text), .output(let text): text
        }
    }
}
