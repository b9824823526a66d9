import CCryptoki

/// A `CKM_` number, named where the standard names it.
package struct MechanismType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number.
    package let rawValue: UInt

    package init(rawValue: UInt) { self.rawValue = rawValue }

    package var description: String {
        Self.names[rawValue] ?? "CKM_0x\(String(rawValue, radix: 16))"
    }
}

/// A way in which records are sealed under the anchor's key.
package enum RecordMechanism: String, CaseIterable, Codable, Sendable {
    /// `CKM_AES_GCM`: 12-byte IV, 128-bit tag after the ciphertext, no associated data.
    case aesGCM = "aes-gcm"
    /// `CKM_AES_CBC_PAD`: 16-byte IV, PKCS#7 padding.
    case aesCBCPad = "aes-cbc-pad"
    /// `CKM_RSA_PKCS_OAEP` with SHA-1 and MGF1-SHA-1, the only hash that SoftHSM2 has.
    case rsaOAEP = "rsa-oaep"

    /// The number that the module knows it by.
    package var type: MechanismType {
        switch self {
        case .aesGCM: MechanismType(rawValue: UInt(CKM_AES_GCM))
        case .aesCBCPad: MechanismType(rawValue: UInt(CKM_AES_CBC_PAD))
        case .rsaOAEP: MechanismType(rawValue: UInt(CKM_RSA_PKCS_OAEP))
        }
    }

    /// Whether the key is an RSA pair instead of a secret key.
    package var isRSA: Bool { self == .rsaOAEP }

    /// Length of the initialisation vector in bytes; 0 where there is none.
    package var ivLength: Int {
        switch self {
        case .aesGCM: 12
        case .aesCBCPad: 16
        case .rsaOAEP: 0
        }
    }

    /// The largest ciphertext of a record of `length` bytes under a key of `keyBits`.
    package func ciphertextBound(recordBytes length: Int, keyBits: Int) -> Int {
        switch self {
        case .aesGCM: length + 16
        case .aesCBCPad: (length / 16 + 1) * 16
        case .rsaOAEP: keyBits / 8
        }
    }

    /// The longest record that one call seals; nil where the mechanism sets no bound.
    package func longestRecord(keyBits: Int) -> Int? {
        // RFC 8017, 7.1.1: k - 2 hLen - 2, with SHA-1's 20 bytes.
        isRSA ? keyBits / 8 - 42 : nil
    }
}
