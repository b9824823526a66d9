import CCryptoki
import Testing

/// The mechanisms of the token, each with parameters that it takes.
enum MechanismCase: String, CaseIterable, CustomTestStringConvertible {
    case gcm = "CKM_AES_GCM"
    case cbcPad = "CKM_AES_CBC_PAD"
    case cbc = "CKM_AES_CBC"
    case ctr = "CKM_AES_CTR"
    case rsaPKCS = "CKM_RSA_PKCS"
    case rsaOAEP = "CKM_RSA_PKCS_OAEP"

    var testDescription: String { rawValue }

    /// The built-in key that encrypts.
    func encryptionKey(_ caller: Caller) throws -> CK_OBJECT_HANDLE {
        isRSA
            ? try caller.find("records-rsa", CKO_PUBLIC_KEY)
            : try caller.find("records", CKO_SECRET_KEY)
    }

    /// The built-in key that decrypts.
    func decryptionKey(_ caller: Caller) throws -> CK_OBJECT_HANDLE {
        isRSA
            ? try caller.find("records-rsa", CKO_PRIVATE_KEY)
            : try caller.find("records", CKO_SECRET_KEY)
    }

    /// Lengths of plaintexts that it takes.
    var lengths: [Int] {
        self == .cbc ? [0, 16, 32, 208] : [0, 1, 15, 16, 17, 100, 214]
    }

    /// The length of the ciphertext of so many bytes, as the mechanism's standard has it.
    func ciphertextLength(_ length: Int) -> Int {
        switch self {
        case .gcm: length + 16
        case .cbcPad: length + 16 - length % 16
        case .cbc, .ctr: length
        case .rsaPKCS, .rsaOAEP: 256
        }
    }

    /// The mechanism for the length of a call.
    func withMechanism<Result>(_ body: (UnsafeMutablePointer<CK_MECHANISM>) -> Result) -> Result {
        var iv = [UInt8](repeating: 7, count: 16)
        return iv.withUnsafeMutableBufferPointer { iv in
            switch self {
            case .gcm:
                return with(
                    CKM_AES_GCM,
                    CK_GCM_PARAMS(
                        pIv: iv.baseAddress, ulIvLen: 12, ulIvBits: 96, pAAD: nil, ulAADLen: 0,
                        ulTagBits: 128), body)
            case .cbcPad, .cbc:
                var mechanism = CK_MECHANISM(
                    mechanism: self == .cbc ? CKM_AES_CBC : CKM_AES_CBC_PAD,
                    pParameter: iv.baseAddress, ulParameterLen: 16)
                return body(&mechanism)
            case .ctr:
                var parameters = CK_AES_CTR_PARAMS()
                parameters.ulCounterBits = 128
                return with(CKM_AES_CTR, parameters, body)
            case .rsaPKCS:
                var mechanism = CK_MECHANISM(
                    mechanism: CKM_RSA_PKCS, pParameter: nil, ulParameterLen: 0)
                return body(&mechanism)
            case .rsaOAEP:
                var parameters = CK_RSA_PKCS_OAEP_PARAMS()
                parameters.hashAlg = CKM_SHA_1
                parameters.mgf = CKG_MGF1_SHA1
                return with(CKM_RSA_PKCS_OAEP, parameters, body)
            }
        }
    }

    private var isRSA: Bool { self == .rsaPKCS || self == .rsaOAEP }

    private func with<Parameters, Result>(
        _ type: CK_MECHANISM_TYPE, _ parameters: Parameters,
        _ body: (UnsafeMutablePointer<CK_MECHANISM>) -> Result
    ) -> Result {
        var parameters = parameters
        return withUnsafeMutableBytes(of: &parameters) { bytes in
            var mechanism = CK_MECHANISM(
                mechanism: type, pParameter: bytes.baseAddress,
                ulParameterLen: CK_ULONG(bytes.count))
            return body(&mechanism)
        }
    }
}
