import CCryptoki

/// What a module says of itself (`CK_INFO`).
package struct ModuleInfo: Codable, Equatable, Sendable {
    /// The version of the Cryptoki interface, such as `2.40`.
    package let cryptokiVersion: String
    /// Who made the library.
    package let manufacturer: String
    /// What the library calls itself.
    package let description: String
    /// The library's own version.
    package let libraryVersion: String

    init(_ info: CK_INFO) {
        cryptokiVersion = versionText(info.cryptokiVersion)
        manufacturer = paddedText(info.manufacturerID)
        description = paddedText(info.libraryDescription)
        libraryVersion = versionText(info.libraryVersion)
    }
}

/// What a token says of itself (`CK_TOKEN_INFO`), without what names its owner's keys.
package struct TokenInfo: Codable, Equatable, Sendable {
    /// The label given at `C_InitToken`.
    package let label: String
    /// Who made the token.
    package let manufacturer: String
    /// The model.
    package let model: String
    /// The serial number, as the token gives it.
    package let serialNumber: String
    /// Hardware version.
    package let hardwareVersion: String
    /// Firmware version.
    package let firmwareVersion: String
    /// `CKF_` flags.
    package let flags: UInt
    /// Sessions open and allowed; nil where the token does not tell, 0 allowed is "no limit".
    package let sessionCount: UInt?
    /// The largest number of sessions; 0 is no limit, nil is not told.
    package let maxSessionCount: UInt?

    init(_ info: CK_TOKEN_INFO) {
        label = paddedText(info.label)
        manufacturer = paddedText(info.manufacturerID)
        model = paddedText(info.model)
        serialNumber = paddedText(info.serialNumber)
        hardwareVersion = versionText(info.hardwareVersion)
        firmwareVersion = versionText(info.firmwareVersion)
        flags = info.flags
        // CK_UNAVAILABLE_INFORMATION is all ones; its macro is not importable.
        sessionCount = info.ulSessionCount == .max ? nil : info.ulSessionCount
        maxSessionCount = info.ulMaxSessionCount == .max ? nil : info.ulMaxSessionCount
    }

    /// Whether `C_InitToken` has run.
    package var isInitialized: Bool { flags & UInt(CKF_TOKEN_INITIALIZED) != 0 }
    /// Whether private objects need `C_Login`.
    package var requiresLogin: Bool { flags & UInt(CKF_LOGIN_REQUIRED) != 0 }
    /// Whether the user's PIN is locked.
    package var isPinLocked: Bool { flags & UInt(CKF_USER_PIN_LOCKED) != 0 }
    /// Whether the next wrong PIN locks the token, or some wrong ones were already given.
    package var isPinCountLow: Bool {
        flags & UInt(CKF_USER_PIN_COUNT_LOW | CKF_USER_PIN_FINAL_TRY) != 0
    }
}

func versionText(_ version: CK_VERSION) -> String { "\(version.major).\(version.minor)" }

/// The text of a fixed field that PKCS#11 pads with blanks.
func paddedText<Field: BitwiseCopyable>(_ field: Field) -> String {
    let bytes = unsafe withUnsafeBytes(of: field) { unsafe Array($0) }
    let end = bytes.lastIndex { $0 != 0x20 && $0 != 0 }.map { $0 + 1 } ?? 0
    return String(decoding: bytes[..<end], as: UTF8.self)
}
