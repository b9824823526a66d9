import CCryptoki

/// The calls that are measured: encryption and decryption in one part.
///
/// Any answer but `CKR_OK` to a size query and `CKR_BUFFER_TOO_SMALL` ends the operation, as the
/// standard has it: a scripted fault too.
extension FunctionList {
    static func fillCiphers(_ list: inout CK_FUNCTION_LIST) {
        list.C_EncryptInit = { session, mechanism, key in
            answer(.encryptInit) { token throws(Refusal) in
                try token.encryptInit(session, mechanism, key)
            }
        }
        list.C_Encrypt = { session, data, length, target, targetLength in
            let token = Token.shared
            do throws(Refusal) {
                try token.encrypt(session, data, length, target, targetLength)
                return CKR_OK
            } catch {
                guard error.code != CKR_BUFFER_TOO_SMALL else { return error.code }
                (try? token.sessions.find(session))?.pointee.encryption = .none
                return error.code
            }
        }
        list.C_DecryptInit = { session, mechanism, key in
            answer(.decryptInit) { token throws(Refusal) in
                try token.decryptInit(session, mechanism, key)
            }
        }
        list.C_Decrypt = { session, data, length, target, targetLength in
            let token = Token.shared
            do throws(Refusal) {
                try token.decrypt(session, data, length, target, targetLength)
                return CKR_OK
            } catch {
                guard error.code != CKR_BUFFER_TOO_SMALL,
                    token.playback?.leavesActive != true
                else { return error.code }
                (try? token.sessions.find(session))?.pointee.decryption = .none
                return error.code
            }
        }
        // There are no parts, so that nothing is left to be given back: this only ends what a
        // script left active.
        list.C_DecryptFinal = { session, _, length in
            answer { token throws(Refusal) in
                let session = try token.sessions.find(session)
                guard session.pointee.decryption.isActive else {
                    throw Refusal(CKR_OPERATION_NOT_INITIALIZED)
                }
                session.pointee.decryption = .none
                length?.pointee = 0
            }
        }
    }
}

extension Token {
    func encryptInit(
        _ handle: CK_SESSION_HANDLE, _ mechanism: UnsafeMutablePointer<CK_MECHANISM>?,
        _ key: CK_OBJECT_HANDLE
    ) throws(Refusal) {
        let session = try sessions.find(handle)
        guard let mechanism else { throw Refusal(CKR_ARGUMENTS_BAD) }
        guard !session.pointee.encryption.isActive else { throw Refusal(CKR_OPERATION_ACTIVE) }
        try check(mechanism.pointee.mechanism)
        let card = try usableKey(key)
        let operation = try Operation(mechanism.pointee, card, rsaKind: .rsaPublic)
        guard card.allows(.encrypt) else { throw Refusal(CKR_KEY_FUNCTION_NOT_PERMITTED) }
        if let ivs = playback?.ivs {
            session.pointee.sealingVector =
                try operation.cipher == .gcm ? ivs.vector(for: mechanism.pointee) : nil
        }
        session.pointee.encryption = operation
    }

    func encrypt(
        _ handle: CK_SESSION_HANDLE, _ plaintext: UnsafeMutablePointer<UInt8>?,
        _ length: CK_ULONG, _ ciphertext: UnsafeMutablePointer<UInt8>?,
        _ ciphertextLength: UnsafeMutablePointer<CK_ULONG>?
    ) throws(Refusal) {
        _ = try admit(.encrypt)
        let session = try sessions.find(handle)
        let operation = session.pointee.encryption
        guard operation.isActive else { throw Refusal(CKR_OPERATION_NOT_INITIALIZED) }
        guard let ciphertextLength, plaintext != nil || length == 0, length <= CK_ULONG(Int32.max)
        else { throw Refusal(CKR_ARGUMENTS_BAD) }
        let vector = playback?.ivs == nil ? nil : session.pointee.sealingVector
        let sealedLength = try operation.sealedLength(Int(length))
        let needed = sealedLength + (vector?.appendedLength ?? 0)
        let capacity = ciphertextLength.pointee
        ciphertextLength.pointee = CK_ULONG(needed)
        guard let ciphertext else { return }
        guard capacity >= CK_ULONG(needed) else { throw Refusal(CKR_BUFFER_TOO_SMALL) }
        operation.seal(plaintext, Int(length), into: ciphertext, sealedLength)
        vector?.finish(ciphertext, sealedLength, tagLength: Int(operation.blockLength))
        session.pointee.encryption = .none
    }

    @inline(__always)
    func decryptInit(
        _ handle: CK_SESSION_HANDLE, _ mechanism: UnsafeMutablePointer<CK_MECHANISM>?,
        _ key: CK_OBJECT_HANDLE
    ) throws(Refusal) {
        let session = try sessions.find(handle)
        guard let mechanism else { throw Refusal(CKR_ARGUMENTS_BAD) }
        guard !session.pointee.decryption.isActive else { throw Refusal(CKR_OPERATION_ACTIVE) }
        try check(mechanism.pointee.mechanism)
        let card = try usableKey(key)
        let operation = try Operation(mechanism.pointee, card, rsaKind: .rsaPrivate)
        guard card.allows(.decrypt) else { throw Refusal(CKR_KEY_FUNCTION_NOT_PERMITTED) }
        if playback?.ivs != nil {
            session.pointee.openingVector =
                try operation.cipher == .gcm ? GCMVector(opening: mechanism.pointee) : nil
        }
        session.pointee.decryption = operation
    }

    @inline(__always)
    func decrypt(
        _ handle: CK_SESSION_HANDLE, _ ciphertext: UnsafeMutablePointer<UInt8>?,
        _ length: CK_ULONG, _ plaintext: UnsafeMutablePointer<UInt8>?,
        _ plaintextLength: UnsafeMutablePointer<CK_ULONG>?
    ) throws(Refusal) {
        let call = try admit(.decrypt)
        let session = try sessions.find(handle)
        let operation = session.pointee.decryption
        guard operation.isActive else { throw Refusal(CKR_OPERATION_NOT_INITIALIZED) }
        guard let ciphertext, let plaintextLength, length <= CK_ULONG(Int32.max) else {
            throw Refusal(CKR_ARGUMENTS_BAD)
        }
        try call?.take(length)
        let opened = try operation.openedLength(ciphertext, Int(length))
        if call?.playback.ivs != nil, let vector = session.pointee.openingVector,
            !vector.fits(ciphertext, Int(length), tagLength: Int(operation.blockLength))
        {
            throw Refusal(CKR_ENCRYPTED_DATA_INVALID)
        }
        let capacity = plaintextLength.pointee
        plaintextLength.pointee = CK_ULONG(opened)
        guard let plaintext else { return }
        guard capacity >= CK_ULONG(opened) else { throw Refusal(CKR_BUFFER_TOO_SMALL) }
        if let call {
            call.serve()
            operation.open(ciphertext, into: plaintext, opened)
            plaintextLength.pointee = CK_ULONG(call.spoil(plaintext, length: opened))
        } else {
            operation.open(ciphertext, into: plaintext, opened)
        }
        session.pointee.decryption = .none
    }

    /// The card of a key that the caller may use.
    ///
    /// - Throws: `CKR_KEY_HANDLE_INVALID`, `CKR_USER_NOT_LOGGED_IN` for a private one without a
    ///   login.
    @inline(__always)
    func usableKey(_ handle: CK_OBJECT_HANDLE) throws(Refusal) -> KeyCard {
        let card = try keys.find(handle)
        guard !card.isPrivate || loggedIn else { throw Refusal(CKR_USER_NOT_LOGGED_IN) }
        return card
    }
}
