import CCryptoki

/// What a PKCS#11 function returned: a `CKR_` code, known or not.
///
/// A struct and no closed enum: a vendor's code and one that a later standard adds must survive as
/// they came.
package struct ReturnCode: RawRepresentable, Hashable, Sendable, Codable, CustomStringConvertible {
    /// The code as the module gave it.
    package let rawValue: UInt

    package init(rawValue: UInt) { self.rawValue = rawValue }

    /// `CKR_OK`.
    package static let ok = ReturnCode(rawValue: 0x000)
    /// `CKR_GENERAL_ERROR`.
    package static let generalError = ReturnCode(rawValue: 0x005)
    /// `CKR_ARGUMENTS_BAD`.
    package static let argumentsBad = ReturnCode(rawValue: 0x007)
    /// `CKR_ATTRIBUTE_SENSITIVE`.
    package static let attributeSensitive = ReturnCode(rawValue: 0x011)
    /// `CKR_ATTRIBUTE_TYPE_INVALID`.
    package static let attributeTypeInvalid = ReturnCode(rawValue: 0x012)
    /// `CKR_DATA_INVALID`.
    package static let dataInvalid = ReturnCode(rawValue: 0x020)
    /// `CKR_DEVICE_ERROR`.
    package static let deviceError = ReturnCode(rawValue: 0x030)
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`.
    package static let keyFunctionNotPermitted = ReturnCode(rawValue: 0x068)
    /// `CKR_MECHANISM_INVALID`.
    package static let mechanismInvalid = ReturnCode(rawValue: 0x070)
    /// `CKR_MECHANISM_PARAM_INVALID`.
    package static let mechanismParamInvalid = ReturnCode(rawValue: 0x071)
    /// `CKR_OPERATION_ACTIVE`.
    package static let operationActive = ReturnCode(rawValue: 0x090)
    /// `CKR_OPERATION_NOT_INITIALIZED`.
    package static let operationNotInitialized = ReturnCode(rawValue: 0x091)
    /// `CKR_PIN_INCORRECT`.
    package static let pinIncorrect = ReturnCode(rawValue: 0x0A0)
    /// `CKR_PIN_LOCKED`.
    package static let pinLocked = ReturnCode(rawValue: 0x0A4)
    /// `CKR_SESSION_CLOSED`.
    package static let sessionClosed = ReturnCode(rawValue: 0x0B0)
    /// `CKR_SESSION_HANDLE_INVALID`.
    package static let sessionHandleInvalid = ReturnCode(rawValue: 0x0B3)
    /// `CKR_TOKEN_NOT_PRESENT`.
    package static let tokenNotPresent = ReturnCode(rawValue: 0x0E0)
    /// `CKR_TOKEN_NOT_RECOGNIZED`.
    package static let tokenNotRecognized = ReturnCode(rawValue: 0x0E1)
    /// `CKR_USER_ALREADY_LOGGED_IN`.
    package static let userAlreadyLoggedIn = ReturnCode(rawValue: 0x100)
    /// `CKR_USER_PIN_NOT_INITIALIZED`.
    package static let userPinNotInitialized = ReturnCode(rawValue: 0x102)
    /// `CKR_BUFFER_TOO_SMALL`.
    package static let bufferTooSmall = ReturnCode(rawValue: 0x150)
    /// `CKR_CRYPTOKI_ALREADY_INITIALIZED`.
    package static let cryptokiAlreadyInitialized = ReturnCode(rawValue: 0x191)

    /// Where the codes of vendors begin; the header's own macro is not importable.
    static let vendorDefined: UInt = 0x8000_0000

    /// `CKR_DEVICE_ERROR`, or for a code that no standard names `CKR_0x1234`,
    /// `CKR_VENDOR_DEFINED+0x12`.
    package var description: String {
        if let name = Self.names[rawValue] { return name }
        if rawValue >= Self.vendorDefined, rawValue <= UInt(UInt32.max) {
            return "CKR_VENDOR_DEFINED+0x\(String(rawValue - Self.vendorDefined, radix: 16))"
        }
        return "CKR_0x\(String(rawValue, radix: 16))"
    }
}

extension ReturnCode {
    /// Whether the device, the token, the session or the login is gone.
    package var tellsOfLoss: Bool {
        switch rawValue {
        case UInt(CKR_HOST_MEMORY), UInt(CKR_CRYPTOKI_NOT_INITIALIZED),
            UInt(CKR_USER_NOT_LOGGED_IN),
            // CKR_DEVICE_ERROR to CKR_DEVICE_REMOVED
            0x030...0x032,
            UInt(CKR_SESSION_CLOSED), UInt(CKR_SESSION_HANDLE_INVALID),
            UInt(CKR_TOKEN_NOT_PRESENT), UInt(CKR_TOKEN_NOT_RECOGNIZED):
            true
        default: false
        }
    }

    /// Whether it is about a mechanism, a key, a template or data, or about what this session may
    /// do with them; and not about a device, a token or a session that is in trouble.
    package var concernsRequest: Bool {
        switch rawValue {
        case UInt(CKR_ARGUMENTS_BAD), UInt(CKR_FUNCTION_NOT_SUPPORTED),
            // CKR_ATTRIBUTE_READ_ONLY to CKR_ATTRIBUTE_VALUE_INVALID
            0x010...0x013,
            UInt(CKR_DATA_INVALID), UInt(CKR_DATA_LEN_RANGE),
            UInt(CKR_ENCRYPTED_DATA_INVALID), UInt(CKR_ENCRYPTED_DATA_LEN_RANGE),
            // CKR_KEY_SIZE_RANGE to CKR_KEY_UNEXTRACTABLE
            0x062...0x06A,
            UInt(CKR_MECHANISM_INVALID), UInt(CKR_MECHANISM_PARAM_INVALID),
            UInt(CKR_SESSION_READ_ONLY), UInt(CKR_TOKEN_WRITE_PROTECTED),
            UInt(CKR_TEMPLATE_INCOMPLETE), UInt(CKR_TEMPLATE_INCONSISTENT),
            UInt(CKR_UNWRAPPING_KEY_SIZE_RANGE), UInt(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT),
            UInt(CKR_WRAPPED_KEY_INVALID), UInt(CKR_WRAPPED_KEY_LEN_RANGE),
            UInt(CKR_WRAPPING_KEY_SIZE_RANGE), UInt(CKR_WRAPPING_KEY_TYPE_INCONSISTENT):
            true
        default: false
        }
    }
}

extension ReturnCode {
    /// The code that is written so: `CKR_DEVICE_ERROR`, `CKR_VENDOR_DEFINED+0x12`, or a number such
    /// as `0x30`.
    ///
    /// - Returns: nil for a name that no standard knows, and for what is no number.
    package init?(named text: String) {
        let vendor = "CKR_VENDOR_DEFINED+"
        func number(_ text: some StringProtocol) -> UInt? {
            text.hasPrefix("0x") ? UInt(text.dropFirst(2), radix: 16) : UInt(text)
        }
        if let known = Self.names.first(where: { $0.value == text }) {
            self.init(rawValue: known.key)
        } else if text.hasPrefix(vendor), let number = number(text.dropFirst(vendor.count)) {
            self.init(rawValue: Self.vendorDefined + number)
        } else if let number = number(text) {
            self.init(rawValue: number)
        } else {
            return nil
        }
    }
}
