import CCryptoki

/// The mechanisms of the token, and how an operation begins with one.
enum Mechanism {
    /// What `C_GetMechanismInfo` says of one.
    struct Information {
        let type: CK_MECHANISM_TYPE
        /// Sizes in bytes for AES and in bits for the others, as the standard has it.
        let info: CK_MECHANISM_INFO
    }

    static let all: [Information] = {
        let cipher = CKF_ENCRYPT | CKF_DECRYPT
        let wrapping = CKF_WRAP | CKF_UNWRAP
        return [
            aes(CKM_AES_KEY_GEN, CKF_GENERATE),
            aes(CKM_AES_GCM, cipher), aes(CKM_AES_CBC_PAD, cipher), aes(CKM_AES_CBC, cipher),
            aes(CKM_AES_CTR, cipher),
            aes(CKM_AES_KEY_WRAP, wrapping),
            rsa(CKM_RSA_PKCS_KEY_PAIR_GEN, CKF_GENERATE_KEY_PAIR),
            rsa(CKM_RSA_PKCS, cipher | wrapping), rsa(CKM_RSA_PKCS_OAEP, cipher | wrapping),
            generic(CKM_GENERIC_SECRET_KEY_GEN, CKF_GENERATE), generic(CKM_SHA256_HMAC, CKF_SIGN),
        ]
    }()

    /// A mechanism that can be left out, by the name that the standard gives it.
    static func type(named name: Substring) -> CK_MECHANISM_TYPE? {
        switch name {
        case "CKM_AES_KEY_GEN": CKM_AES_KEY_GEN
        case "CKM_AES_GCM": CKM_AES_GCM
        case "CKM_AES_CBC_PAD": CKM_AES_CBC_PAD
        case "CKM_AES_CBC": CKM_AES_CBC
        case "CKM_AES_CTR": CKM_AES_CTR
        case "CKM_AES_KEY_WRAP": CKM_AES_KEY_WRAP
        case "CKM_RSA_PKCS": CKM_RSA_PKCS
        case "CKM_RSA_PKCS_OAEP": CKM_RSA_PKCS_OAEP
        case "CKM_RSA_PKCS_KEY_PAIR_GEN": CKM_RSA_PKCS_KEY_PAIR_GEN
        case "CKM_GENERIC_SECRET_KEY_GEN": CKM_GENERIC_SECRET_KEY_GEN
        case "CKM_SHA256_HMAC": CKM_SHA256_HMAC
        default: nil
        }
    }

    /// The lengths of a modulus, in bits.
    static let modulusBits = CK_ULONG(512)...CK_ULONG(16_384)

    /// The lengths of an AES key, in bytes.
    static let aesLengths: [CK_ULONG] = [16, 24, 32]

    /// The lengths of a generic secret key, in bytes.
    static let genericLengths = CK_ULONG(1)...CK_ULONG(512)

    private static func aes(_ type: CK_MECHANISM_TYPE, _ flags: CK_FLAGS) -> Information {
        Information(
            type: type,
            info: CK_MECHANISM_INFO(ulMinKeySize: 16, ulMaxKeySize: 32, flags: flags))
    }

    private static func generic(_ type: CK_MECHANISM_TYPE, _ flags: CK_FLAGS) -> Information {
        Information(
            type: type,
            info: CK_MECHANISM_INFO(
                ulMinKeySize: genericLengths.lowerBound * 8,
                ulMaxKeySize: genericLengths.upperBound * 8, flags: flags))
    }

    private static func rsa(_ type: CK_MECHANISM_TYPE, _ flags: CK_FLAGS) -> Information {
        Information(
            type: type,
            info: CK_MECHANISM_INFO(
                ulMinKeySize: modulusBits.lowerBound, ulMaxKeySize: modulusBits.upperBound,
                flags: flags))
    }
}

extension Operation {
    /// Begins an operation with a mechanism and a key of the right kind.
    ///
    /// - Parameters:
    ///   - mechanism: As the caller gave it.
    ///   - key: The card of the key.
    ///   - rsaKind: The half of an RSA pair that the direction takes.
    /// - Throws: `CKR_MECHANISM_INVALID`, `CKR_MECHANISM_PARAM_INVALID`,
    ///   `CKR_KEY_TYPE_INCONSISTENT`.
    @inline(__always)
    init(_ mechanism: CK_MECHANISM, _ key: KeyCard, rsaKind: KeyCard.Kind) throws(Refusal) {
        let isRSA: Bool
        switch mechanism.mechanism {
        case CKM_AES_GCM:
            let tagLength = try Self.gcmTagLength(mechanism)
            self.init(cipher: .gcm, blockLength: tagLength, plaintextMax: 0)
            isRSA = false
        case CKM_AES_CBC_PAD, CKM_AES_CBC:
            guard mechanism.pParameter != nil, mechanism.ulParameterLen == 16 else {
                throw Refusal(CKR_MECHANISM_PARAM_INVALID)
            }
            let isPadded = mechanism.mechanism == CKM_AES_CBC_PAD
            self.init(cipher: isPadded ? .cbcPad : .cbc, blockLength: 0, plaintextMax: 0)
            isRSA = false
        case CKM_AES_CTR:
            _ = try Self.parameter(mechanism, CK_AES_CTR_PARAMS.self)
            self.init(cipher: .ctr, blockLength: 0, plaintextMax: 0)
            isRSA = false
        case CKM_RSA_PKCS:
            self.init(rsaBlock: key.modulusLength, overhead: 11)
            isRSA = true
        case CKM_RSA_PKCS_OAEP:
            self.init(rsaBlock: key.modulusLength, overhead: try Self.oaepOverhead(mechanism))
            isRSA = true
        default:
            throw Refusal(CKR_MECHANISM_INVALID)
        }
        guard key.kind == (isRSA ? rsaKind : .aes) else { throw Refusal(CKR_KEY_TYPE_INCONSISTENT) }
    }

    /// Begins the wrapping or unwrapping of a key: one call, which no session remembers.
    ///
    /// - Throws: As for a cipher.
    init(
        wrapping mechanism: CK_MECHANISM, _ key: KeyCard, rsaKind: KeyCard.Kind
    ) throws(Refusal) {
        switch mechanism.mechanism {
        case CKM_AES_KEY_WRAP:
            guard key.kind == .aes else { throw Refusal(CKR_KEY_TYPE_INCONSISTENT) }
            self.init(cipher: .keyWrap, blockLength: 8, plaintextMax: 0)
        case CKM_RSA_PKCS, CKM_RSA_PKCS_OAEP: try self.init(mechanism, key, rsaKind: rsaKind)
        default: throw Refusal(CKR_MECHANISM_INVALID)
        }
    }

    private init(rsaBlock length: Int, overhead: Int) {
        self.init(
            cipher: .rsa, blockLength: Int32(length), plaintextMax: Int32(max(0, length - overhead))
        )
    }

    private static func gcmTagLength(_ mechanism: CK_MECHANISM) throws(Refusal) -> Int32 {
        let tagBits = try parameter(mechanism, CK_GCM_PARAMS.self).ulTagBits
        guard (32...128).contains(tagBits), tagBits % 8 == 0 else {
            throw Refusal(CKR_MECHANISM_PARAM_INVALID)
        }
        return Int32(tagBits / 8)
    }

    /// Two bytes and two digests (RFC 8017, 7.1.1).
    private static func oaepOverhead(_ mechanism: CK_MECHANISM) throws(Refusal) -> Int {
        switch try parameter(mechanism, CK_RSA_PKCS_OAEP_PARAMS.self).hashAlg {
        case CKM_SHA_1: 2 + 2 * 20
        case CKM_SHA224: 2 + 2 * 28
        case CKM_SHA256: 2 + 2 * 32
        case CKM_SHA384: 2 + 2 * 48
        case CKM_SHA512: 2 + 2 * 64
        default: throw Refusal(CKR_MECHANISM_PARAM_INVALID)
        }
    }

    private static func parameter<Parameter>(
        _ mechanism: CK_MECHANISM, _ type: Parameter.Type
    ) throws(Refusal) -> Parameter {
        guard let parameter = mechanism.pParameter,
            mechanism.ulParameterLen == CK_ULONG(MemoryLayout<Parameter>.size)
        else { throw Refusal(CKR_MECHANISM_PARAM_INVALID) }
        return parameter.loadUnaligned(as: Parameter.self)
    }
}
