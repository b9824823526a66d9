import CCryptoki
import GateState

/// Encryption, which opens a ciphertext where the mechanism makes a key stream: both ways are the
/// same exclusive or. Such operations are charged like decryption.
extension Gate {
    /// Mechanisms with which encrypting does not open what the same key sealed: blocks that are
    /// chained, or single, and RSA. All others, those of vendors too, are taken for key streams.
    private static func makesKeyStream(_ mechanism: CK_MECHANISM_TYPE) -> Bool {
        switch mechanism {
        case CKM_RSA_PKCS, CKM_RSA_9796, CKM_RSA_X_509, CKM_RSA_PKCS_OAEP,
            CKM_AES_ECB, CKM_AES_CBC, CKM_AES_CBC_PAD, CKM_AES_CTS, CKM_AES_KEY_WRAP,
            CKM_AES_KEY_WRAP_PAD, CKM_DES_ECB, CKM_DES_CBC, CKM_DES_CBC_PAD, CKM_DES3_ECB,
            CKM_DES3_CBC, CKM_DES3_CBC_PAD, CKM_CAMELLIA_ECB, CKM_CAMELLIA_CBC,
            CKM_CAMELLIA_CBC_PAD, CKM_ARIA_ECB, CKM_ARIA_CBC, CKM_ARIA_CBC_PAD, CKM_SEED_ECB,
            CKM_SEED_CBC, CKM_SEED_CBC_PAD, CKM_BLOWFISH_CBC, CKM_TWOFISH_CBC:
            false
        default: true
        }
    }

    static func fillEncryption(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_EncryptInit != nil {
            list.C_EncryptInit = { session, mechanism, key in
                let opens = mechanism.map { Gate.makesKeyStream($0.pointee.mechanism) } ?? false
                let begin = { (session: CK_SESSION_HANDLE) in
                    Gate.wrapped.C_EncryptInit?(session, mechanism, key)
                }
                return Gate.guarded(begin) { guardian in
                    guard !opens || !guardian.chargesKeyStreams else {
                        return Gate.begin(.encrypt, .encrypt, session, begin)
                    }
                    if let refusal = guardian.refusal(.encrypt) { return refusal }
                    let code = begin(session)
                    if code == CKR_OK, let operations = guardian.operations {
                        operations.begin(.encrypt, session, charged: .max)
                    }
                    return code ?? CKR_FUNCTION_NOT_SUPPORTED
                }
            }
        }
        if Gate.wrapped.C_Encrypt != nil {
            list.C_Encrypt = { session, data, length, result, resultLength in
                Gate.goOn(
                    .encrypt, .encrypt, .whole, session, bytes: length, asksSize: result == nil
                ) {
                    Gate.wrapped.C_Encrypt?($0, data, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_EncryptUpdate != nil {
            list.C_EncryptUpdate = { session, part, length, result, resultLength in
                Gate.goOn(
                    .encrypt, .encrypt, .part, session, bytes: length, asksSize: result == nil
                ) {
                    Gate.wrapped.C_EncryptUpdate?($0, part, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_EncryptFinal != nil {
            list.C_EncryptFinal = { session, result, resultLength in
                Gate.goOn(.encrypt, .encrypt, .end, session, bytes: 0, asksSize: result == nil) {
                    Gate.wrapped.C_EncryptFinal?($0, result, resultLength)
                }
            }
        }
    }

    /// Calls that go on with two operations at once.
    static func fillCombined(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_DecryptDigestUpdate != nil {
            list.C_DecryptDigestUpdate = { session, part, length, result, resultLength in
                Gate.goOn(
                    .decrypt, .decrypt, .part, session, bytes: length, asksSize: result == nil
                ) {
                    Gate.wrapped.C_DecryptDigestUpdate?($0, part, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_DecryptVerifyUpdate != nil {
            list.C_DecryptVerifyUpdate = { session, part, length, result, resultLength in
                Gate.goOn(
                    .decrypt, .decrypt, .part, session, bytes: length, asksSize: result == nil
                ) {
                    Gate.wrapped.C_DecryptVerifyUpdate?($0, part, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_DigestEncryptUpdate != nil {
            list.C_DigestEncryptUpdate = { session, part, length, result, resultLength in
                Gate.goOn(
                    .encrypt, .encrypt, .part, session, bytes: length, asksSize: result == nil
                ) {
                    Gate.wrapped.C_DigestEncryptUpdate?($0, part, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_SignEncryptUpdate != nil {
            list.C_SignEncryptUpdate = { session, part, length, result, resultLength in
                // Signed and encrypted: charged for both, one after the other.
                Gate.goOn(.sign, .sign, .part, session, bytes: length, asksSize: result == nil) {
                    Gate.goOn(
                        .encrypt, .encrypt, .part, $0, bytes: length, asksSize: result == nil
                    ) {
                        Gate.wrapped.C_SignEncryptUpdate?(
                            $0, part, length, result, resultLength)
                    }
                }
            }
        }
    }
}
