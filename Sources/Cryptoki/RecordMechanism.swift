import CCryptoki

/// How records are sealed, wrapped or authenticated under the anchor's key.
package enum RecordMechanism: String, CaseIterable, Codable, Sendable {
    /// `CKM_AES_GCM`: 12-byte IV, 128-bit tag after the ciphertext, no associated data.
    case aesGCM = "aes-gcm"
    /// `CKM_AES_CBC_PAD`: 16-byte IV, PKCS#7 padding.
    case aesCBCPad = "aes-cbc-pad"
    /// `CKM_AES_CBC`: 16-byte IV, whole blocks, no padding.
    case aesCBC = "aes-cbc"
    /// `CKM_AES_CTR`: a random 16-byte counter block, all of whose 128 bits count.
    case aesCTR = "aes-ctr"
    /// `CKM_RSA_PKCS`: PKCS#1 v1.5 (RFC 8017, 7.2).
    case rsaPKCS = "rsa-pkcs"
    /// `CKM_RSA_PKCS_OAEP` with SHA-1 and MGF1-SHA-1, the only hash that SoftHSM2 has.
    case rsaOAEP = "rsa-oaep"
    /// `CKM_AES_KEY_WRAP` (RFC 3394) with its default IV.
    case aesKeyWrap = "aes-key-wrap"
    /// `CKM_SHA256_HMAC`: 32 bytes over a record.
    case hmacSHA256 = "hmac-sha256"

    /// The number that the module knows it by.
    package var type: MechanismType {
        let number =
            switch self {
            case .aesGCM: CKM_AES_GCM
            case .aesCBCPad: CKM_AES_CBC_PAD
            case .aesCBC: CKM_AES_CBC
            case .aesCTR: CKM_AES_CTR
            case .rsaPKCS: CKM_RSA_PKCS
            case .rsaOAEP: CKM_RSA_PKCS_OAEP
            case .aesKeyWrap: CKM_AES_KEY_WRAP
            case .hmacSHA256: CKM_SHA256_HMAC
            }
        return MechanismType(rawValue: UInt(number))
    }

    /// What kind of key it takes.
    package var algorithm: KeyAlgorithm {
        switch self {
        case .aesGCM, .aesCBCPad, .aesCBC, .aesCTR, .aesKeyWrap: .aes
        case .rsaPKCS, .rsaOAEP: .rsa
        case .hmacSHA256: .hmac
        }
    }

    /// Whether the key is an RSA pair instead of a secret key.
    package var isRSA: Bool { algorithm == .rsa }

    /// Length of the initialisation vector, or of the counter block, in bytes; 0 without one.
    package var ivLength: Int {
        switch self {
        case .aesGCM: 12
        case .aesCBCPad, .aesCBC, .aesCTR: 16
        case .rsaPKCS, .rsaOAEP, .aesKeyWrap, .hmacSHA256: 0
        }
    }

    /// The largest ciphertext, wrapped key or MAC of a record of `length` bytes under a key of
    /// `keyBits`, in bytes.
    package func sealedBound(recordBytes length: Int, keyBits: Int) -> Int {
        switch self {
        case .aesGCM: length + 16
        case .aesCBCPad: (length / 16 + 1) * 16
        case .aesCBC, .aesCTR: length
        case .rsaPKCS, .rsaOAEP: keyBits / 8
        case .aesKeyWrap: length + 8
        case .hmacSHA256: 32
        }
    }

    /// What the length of a record must be a multiple of, in bytes.
    package var recordStep: Int { self == .aesCBC ? 16 : 1 }

    /// Whether ciphertexts join, so that one call may open many records.
    package var isJoinable: Bool { self == .aesCBCPad || self == .aesCBC }

    /// The longest record that one call seals, in bytes; nil where the mechanism sets no bound.
    package func longestRecord(keyBits: Int) -> Int? {
        switch self {
        case .rsaPKCS: keyBits / 8 - 11
        // RFC 8017, 7.1.1: k - 2 hLen - 2, with SHA-1's 20 bytes.
        case .rsaOAEP: keyBits / 8 - 42
        case .aesGCM, .aesCBCPad, .aesCBC, .aesCTR, .aesKeyWrap, .hmacSHA256: nil
        }
    }
}

/// A kind of key, with the lengths that can be measured.
package enum KeyAlgorithm: String, CaseIterable, Codable, Sendable {
    /// A secret key of AES.
    case aes = "AES"
    /// A pair of RSA.
    case rsa = "RSA"
    /// A secret key of a MAC, which PKCS#11 calls generic.
    case hmac = "HMAC"

    /// The lengths in bits that a scenario may ask for.
    package var sizes: [Int] {
        switch self {
        case .aes: [128, 192, 256]
        case .rsa: [1024, 2048, 3072, 4096]
        case .hmac: [128, 192, 256, 384, 512]
        }
    }

    /// The length in bits where none is asked for.
    package var usualSize: Int { self == .rsa ? 2048 : 256 }
}
