/// Where a PIN comes from; never the PIN.
package enum PinSource: Equatable, Sendable, CustomStringConvertible {
    /// An environment variable.
    case environment(String)
    /// The first line of a file.
    case file(String)
    /// The terminal, without echo.
    case prompt

    init(parsing text: String) throws(URIError) {
        if text == "prompt" {
            self = .prompt
        } else if text.hasPrefix("env:"), text.count > 4 {
            self = .environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:"), text.count > 5 {
            let path = text.dropFirst(5)
            self = .file(String(path.hasPrefix("///") ? path.dropFirst(2) : path))
        } else if text.hasPrefix("/") {
            self = .file(text)
        } else {
            throw URIError(
                "pin-source must be env:NAME, file:/path or prompt; what stands there is none of "
                    + "these and is not repeated here, lest it be a PIN")
        }
    }

    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .prompt: "prompt"
        }
    }
}
