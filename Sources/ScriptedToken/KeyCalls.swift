import CCryptoki

/// The calls that make keys and random numbers.
extension FunctionList {
    static func fillKeys(_ list: inout CK_FUNCTION_LIST) {
        list.C_GenerateKey = { session, mechanism, template, count, key in
            answer(.generateKey) { token throws(Refusal) in
                _ = try token.sessions.find(session)
                guard let mechanism, let key else { throw Refusal(CKR_ARGUMENTS_BAD) }
                try token.check(mechanism.pointee.mechanism)
                let wanted = try Attributes(template, count)
                let attributes =
                    switch mechanism.pointee.mechanism {
                    case CKM_AES_KEY_GEN: try ObjectMaking.generatedAES(wanted)
                    case CKM_GENERIC_SECRET_KEY_GEN: try ObjectMaking.generatedGeneric(wanted)
                    default: throw Refusal(CKR_MECHANISM_INVALID)
                    }
                key.pointee = try token.store(attributes, session)
            }
        }
        list.C_GenerateKeyPair = {
            session, mechanism, publicTemplate, publicCount, privateTemplate, privateCount,
            publicKey, privateKey in
            answer { token throws(Refusal) in
                _ = try token.sessions.find(session)
                guard let mechanism, let publicKey, let privateKey else {
                    throw Refusal(CKR_ARGUMENTS_BAD)
                }
                try token.check(mechanism.pointee.mechanism)
                guard mechanism.pointee.mechanism == CKM_RSA_PKCS_KEY_PAIR_GEN else {
                    throw Refusal(CKR_MECHANISM_INVALID)
                }
                let pair = try ObjectMaking.generatedRSA(
                    public: try Attributes(publicTemplate, publicCount),
                    private: try Attributes(privateTemplate, privateCount))
                privateKey.pointee = try token.store(pair.private, session)
                publicKey.pointee = try token.store(pair.public, session)
            }
        }
        list.C_GenerateRandom = { session, bytes, length in
            answer { token throws(Refusal) in
                _ = try token.sessions.find(session)
                guard let bytes, length <= CK_ULONG(Int32.max) else {
                    throw Refusal(CKR_ARGUMENTS_BAD)
                }
                let random = ObjectMaking.randomBytes(Int(length))
                bytes.update(from: random, count: random.count)
            }
        }
    }
}
