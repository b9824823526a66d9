/// A PKCS#11 call that failed, or an anchor that is not there: which call, which code, what to do.
package enum CryptokiError: Error, Equatable, Sendable {
    /// A function returned something other than `CKR_OK`.
    case call(function: String, code: ReturnCode)
    /// The library could not be loaded, or is no PKCS#11 module.
    case module(path: String, reason: String)
    /// A thing that was looked for is absent: what, and what there is instead.
    case notFound(what: String, instead: String)
    /// The PIN was refused, after the one try that is made.
    case pinRefused(code: ReturnCode)
}

extension CryptokiError {
    /// Whether the token refused a login, for whatever reason: another try may lock it.
    package var isRefusedLogin: Bool {
        switch self {
        case .pinRefused: true
        case .call(let function, _): function == "C_Login"
        case .module, .notFound: false
        }
    }
}

extension CryptokiError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .call(let function, let code):
            "\(function) answered \(code)"
        case .module(let path, let reason):
            "the PKCS#11 module '\(path)' cannot be used: \(reason)"
        case .notFound(let what, let instead):
            "\(what) was not found; \(instead)"
        case .pinRefused(let code):
            "C_Login answered \(code): the PIN was tried once and will not be tried again, because "
                + "a token may lock after a few wrong ones; check the pin-source first"
        }
    }
}

/// Turns a return code into an error in one place.
///
/// - Throws: `CryptokiError.call` unless `code` is `CKR_OK`.
func check(_ function: String, _ code: UInt) throws(CryptokiError) {
    guard code == ReturnCode.ok.rawValue else {
        throw CryptokiError.call(function: function, code: ReturnCode(rawValue: code))
    }
}
