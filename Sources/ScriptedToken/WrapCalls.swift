import CCryptoki

/// The calls that take keys out of the token and in, under another key.
extension FunctionList {
    static func fillWrapping(_ list: inout CK_FUNCTION_LIST) {
        list.C_WrapKey = { session, mechanism, wrappingKey, key, wrapped, wrappedLength in
            answer(.wrapKey) { token throws(Refusal) in
                guard let mechanism else { throw Refusal(CKR_ARGUMENTS_BAD) }
                _ = try token.sessions.find(session)
                try token.wrapKey(mechanism.pointee, wrappingKey, key, wrapped, wrappedLength)
            }
        }
        list.C_UnwrapKey = {
            session, mechanism, unwrappingKey, wrapped, wrappedLength, template, count, key in
            answer(timed: .unwrapKey) { token, call throws(Refusal) in
                guard let mechanism, let wrapped, let key, wrappedLength <= CK_ULONG(Int32.max)
                else { throw Refusal(CKR_ARGUMENTS_BAD) }
                _ = try token.sessions.find(session)
                let attributes = try token.unwrapKey(
                    mechanism.pointee, unwrappingKey,
                    UnsafeBufferPointer(start: wrapped, count: Int(wrappedLength)),
                    try Attributes(template, count), call)
                key.pointee = try token.store(attributes, session)
            }
        }
    }
}

extension Token {
    /// Wraps the value of a secret key.
    ///
    /// - Throws: `CKR_KEY_UNEXTRACTABLE`, `CKR_KEY_NOT_WRAPPABLE` for one without a value,
    ///   `CKR_KEY_SIZE_RANGE`, and what a cipher refuses.
    func wrapKey(
        _ mechanism: CK_MECHANISM, _ wrappingKey: CK_OBJECT_HANDLE, _ key: CK_OBJECT_HANDLE,
        _ wrapped: UnsafeMutablePointer<UInt8>?, _ wrappedLength: UnsafeMutablePointer<CK_ULONG>?
    ) throws(Refusal) {
        guard let wrappedLength else { throw Refusal(CKR_ARGUMENTS_BAD) }
        let card = try usableKey(wrappingKey)
        try check(mechanism.mechanism)
        let operation = try Operation(wrapping: mechanism, card, rsaKind: .rsaPublic)
        guard card.allows(.wrap) else { throw Refusal(CKR_KEY_FUNCTION_NOT_PERMITTED) }
        let attributes = try object(key).attributes
        guard attributes.flag(CKA_EXTRACTABLE) else { throw Refusal(CKR_KEY_UNEXTRACTABLE) }
        guard let value = attributes[CKA_VALUE] else { throw Refusal(CKR_KEY_NOT_WRAPPABLE) }
        let needed = try operation.sealedLength(value.count)
        let capacity = wrappedLength.pointee
        wrappedLength.pointee = CK_ULONG(needed)
        guard let wrapped else { return }
        guard capacity >= CK_ULONG(needed) else { throw Refusal(CKR_BUFFER_TOO_SMALL) }
        operation.seal(value, value.count, into: wrapped, needed)
    }

    /// What becomes of a wrapped key, after the time that the script wants.
    ///
    /// - Throws: `CKR_WRAPPED_KEY_LEN_RANGE`, `CKR_WRAPPED_KEY_INVALID`, and what a cipher and the
    ///   making of objects refuse.
    func unwrapKey(
        _ mechanism: CK_MECHANISM, _ unwrappingKey: CK_OBJECT_HANDLE,
        _ wrapped: UnsafeBufferPointer<UInt8>, _ template: Attributes, _ call: Playback.Call?
    ) throws(Refusal) -> Attributes {
        let card = try usableKey(unwrappingKey)
        try check(mechanism.mechanism)
        let operation = try Operation(wrapping: mechanism, card, rsaKind: .rsaPrivate)
        guard card.allows(.unwrap) else { throw Refusal(CKR_KEY_FUNCTION_NOT_PERMITTED) }
        guard let start = wrapped.baseAddress else { throw Refusal(CKR_ARGUMENTS_BAD) }
        let length: Int
        do throws(Refusal) {
            length = try operation.openedLength(start, wrapped.count)
        } catch {
            let isLength = error.code == CKR_ENCRYPTED_DATA_LEN_RANGE
            throw Refusal(isLength ? CKR_WRAPPED_KEY_LEN_RANGE : CKR_WRAPPED_KEY_INVALID)
        }
        var value = [UInt8](repeating: 0, count: length)
        value.withUnsafeMutableBufferPointer { value in
            if let target = value.baseAddress { operation.open(start, into: target, length) }
        }
        var attributes = try ObjectMaking.unwrapped(template, value)
        guard let call else { return attributes }
        call.serve()
        let kept = value.withUnsafeMutableBufferPointer { value in
            value.baseAddress.map { call.spoil($0, length: length) } ?? 0
        }
        attributes[CKA_VALUE] = Array(value.prefix(kept))
        return attributes
    }
}
