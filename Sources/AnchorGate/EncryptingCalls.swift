import CCryptoki
import GateState

/// Encryption with a secret key, which opens records too: with AES-GCM and AES-CTR the ciphertext
/// gives the plaintext, and any other way to encrypt or wrap a block of one's choice with the same
/// key, AES-ECB's and AES-CBC's as well, gives their key stream (NIST SP 800-38A, 6.5). So such
/// operations are charged like decryption.
extension Gate {
    /// Whether a mechanism encrypts with a secret key: all but those of RSA, for which a public key
    /// will do that anybody may have. Those of vendors are taken to.
    static func takesSecretKey(_ mechanism: CK_MECHANISM) -> Bool {
        switch mechanism.mechanism {
        case CKM_RSA_PKCS, CKM_RSA_9796, CKM_RSA_X_509, CKM_RSA_PKCS_OAEP: false
        default: true
        }
    }

    /// Runs a call with a copy of a mechanism, which nobody can change between the gate's look at
    /// it and the module's.
    @inline(__always)
    static func withCopy(
        of mechanism: UnsafeMutablePointer<CK_MECHANISM>?,
        _ body: (UnsafeMutablePointer<CK_MECHANISM>?, _ takesSecretKey: Bool) -> CK_RV
    ) -> CK_RV {
        guard let mechanism else { return body(nil, false) }
        var copy = mechanism.pointee
        let takesSecretKey = takesSecretKey(copy)
        return withUnsafeMutablePointer(to: &copy) { body($0, takesSecretKey) }
    }

    static func fillEncryption(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_EncryptInit != nil {
            list.C_EncryptInit = { session, mechanism, key in
                Gate.withCopy(of: mechanism) { mechanism, opens in
                    let begin = { (session: CK_SESSION_HANDLE) in
                        Gate.wrapped.C_EncryptInit?(session, mechanism, key)
                    }
                    return Gate.guarded(begin) { guardian in
                        guard !opens || !guardian.chargesEncryption else {
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
                    .decrypt, .decrypt, .part, session, bytes: length, asksSize: result == nil,
                    opening: part
                ) {
                    Gate.wrapped.C_DecryptDigestUpdate?($0, part, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_DecryptVerifyUpdate != nil {
            list.C_DecryptVerifyUpdate = { session, part, length, result, resultLength in
                Gate.goOn(
                    .decrypt, .decrypt, .part, session, bytes: length, asksSize: result == nil,
                    opening: part
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
                let call = { (session: CK_SESSION_HANDLE) in
                    Gate.wrapped.C_SignEncryptUpdate?(session, part, length, result, resultLength)
                }
                return Gate.guarded(call) { guardian in
                    // Charged for both; also where it asks for a size, since a module may sign what
                    // it was given all the same.
                    let refusal =
                        guardian.charge(.sign, .sign, of: session, bytes: length)
                        ?? guardian.charge(.encrypt, .encrypt, of: session, bytes: length)
                        ?? guardian.enter(.sign)
                    if let refusal {
                        _ = Gate.abandon(.sign, session, guardian, refusal)
                        return Gate.abandon(.encrypt, session, guardian, refusal)
                    }
                    let code = call(session) ?? CKR_FUNCTION_NOT_SUPPORTED
                    guardian.leave()
                    guard let operations = guardian.operations, code != CKR_BUFFER_TOO_SMALL else {
                        return code
                    }
                    for kind in [OperationTable.Kind.sign, .encrypt] {
                        if code == CKR_OK {
                            operations.advance(kind, session, bytes: length)
                        } else {
                            operations.end(kind, session)
                        }
                    }
                    return code
                }
            }
        }
    }
}
