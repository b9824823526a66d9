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
    /// A mechanism that the token does not list, with what it answered when it was asked for all
    /// the same, nil where it was not, and what of that kind it lists.
    case unlisted(MechanismType, token: String, answer: Answer?, listed: [String])
    /// An IV of AES-GCM that must not be used, or cannot be: what the token did.
    case vector(String)
    /// A code by which the device denies a call because it is busy, again and again.
    case busy(Answer)

    /// What the function answered that failed; nil where none did.
    package var answer: Answer? {
        guard case .call(let function, let code) = self else { return nil }
        return Answer(function: function, code: code)
    }

    /// What a function answered.
    package struct Answer: Equatable, Sendable {
        /// Its name.
        package let function: String
        /// The code.
        package let code: ReturnCode

        package init(function: String, code: ReturnCode) {
            self.function = function
            self.code = code
        }
    }
}

extension CryptokiError {
    /// Whether the token refused a login, for whatever reason: another try may lock it.
    package var isRefusedLogin: Bool {
        switch self {
        case .pinRefused: true
        case .call(let function, _): function == "C_Login"
        case .module, .notFound, .unlisted, .vector, .busy: false
        }
    }
}

extension CryptokiError {
    /// Whether this concerns what was asked for, a mechanism with its key and records, and not the
    /// device: another request may well succeed.
    package var concernsRequest: Bool {
        switch self {
        case .notFound, .unlisted, .vector: true
        case .call(_, let code): code.concernsRequest
        case .module, .pinRefused, .busy: false
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
        case .pinRefused(.pinLocked):
            "C_Login answered \(ReturnCode.pinLocked): the token has locked the PIN after too many "
                + "wrong ones; only its security officer can set a new one"
        case .pinRefused(let code):
            "C_Login answered \(code): the PIN was tried once and will not be tried again, because "
                + "a token may lock after a few wrong ones; check the pin-source first"
        case .unlisted(let mechanism, let token, let answer, _):
            "token '\(token)' lists no \(mechanism)"
                + (answer.map { ", and \($0.function) answered \($0.code)" } ?? "")
        case .vector(let deed):
            "\(deed), so nothing more is sealed with AES-GCM; take another mechanism"
        case .busy(let answer):
            "\(answer.function) answered \(answer.code), a code of 'anchor.denied-by', again and "
                + "again while a record was sealed for the trial; wait until the device is less "
                + "busy, or take fewer callers or a lower --max-rate"
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
