import CCryptoki

extension CryptokiError {
    /// The description with what to do, for the one sentence that ends a command.
    package var advice: String {
        switch self {
        case .unlisted(_, _, _, let listed):
            let names = listed.isEmpty ? "none of that kind" : listed.joined(separator: ", ")
            return "\(description); it lists \(names)"
        case .call(let function, let code):
            guard let advice = Self.advice(on: code, of: function) else { return description }
            return "\(description): \(advice)"
        case .module, .notFound, .pinRefused, .vector, .busy: return description
        }
    }

    private static func advice(on code: ReturnCode, of function: String) -> String? {
        switch (function, code.rawValue) {
        case ("C_Initialize", _):
            "the module does not start; is the daemon or device that it needs there, is its "
                + "configuration found, and does it want a text ('anchor.initialize')?"
        case ("C_OpenSession", UInt(CKR_TOKEN_WRITE_PROTECTED)):
            "the token is write-protected; take 'anchor.session: read-only'"
        case (_, UInt(CKR_TOKEN_WRITE_PROTECTED)):
            "the token is write-protected; name a key that it stores with 'object=' in the URI"
        case ("C_OpenSession", UInt(CKR_SESSION_READ_WRITE_SO_EXISTS)):
            "its security officer is logged in; let that end first"
        case (_, UInt(CKR_SESSION_READ_ONLY)):
            "take 'anchor.session: read-write', or name a key that the token stores with 'object=' "
                + "in the URI"
        case ("C_OpenSession", UInt(CKR_SESSION_COUNT)):
            "the token has no room for another session; take fewer callers, or close other "
                + "programs that use it"
        case (_, UInt(CKR_USER_PIN_NOT_INITIALIZED)):
            "the token has no user PIN yet; its security officer must set one"
        case (_, UInt(CKR_PIN_EXPIRED)):
            "the PIN must be changed with the vendor's own tool first"
        case (_, UInt(CKR_DEVICE_REMOVED)), (_, UInt(CKR_TOKEN_NOT_PRESENT)):
            "the token is gone; is its device connected, and its daemon running?"
        default: nil
        }
    }
}
