/// What one anchored call does.
package enum AnchoredOperation: String, CaseIterable, Codable, Sendable {
    /// Opens a record: `C_DecryptInit` + `C_Decrypt`.
    case decrypt
    /// Unwraps a data key: `C_UnwrapKey` + `C_DestroyObject`.
    case unwrap
    /// Authenticates a record, such as a password to be hashed: `C_SignInit` + `C_Sign`.
    case mac

    /// The length of a data key in bytes: AES-256.
    package static let dataKeyBytes = 32

    /// The mechanisms that it takes.
    package var mechanisms: [RecordMechanism] {
        switch self {
        case .decrypt: [.aesGCM, .aesCBCPad, .aesCBC, .aesCTR, .rsaPKCS, .rsaOAEP]
        case .unwrap: [.aesKeyWrap, .rsaOAEP]
        case .mac: [.hmacSHA256]
        }
    }

    /// The mechanisms that are measured where none is named.
    package var usualMechanisms: [RecordMechanism] {
        switch self {
        case .decrypt: [.aesGCM, .rsaOAEP]
        case .unwrap, .mac: mechanisms
        }
    }

    /// Whether a record is one data key instead of bytes of the length that the user wants.
    package func opensDataKeys(with mechanism: RecordMechanism) -> Bool {
        self == .unwrap || mechanism.isRSA
    }
}
