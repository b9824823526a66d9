import CCryptoki

/// The key that opens records, with the one that seals them for the trial.
package struct AnchorKey: Sendable {
    /// The secret key, or the private half of the pair.
    package let decrypting: ObjectHandle
    /// The same secret key, or the public half.
    package let encrypting: ObjectHandle
    /// Length of the key, or of the modulus, in bits.
    package let bits: Int
}

/// Where a key comes from.
package enum KeySource: Equatable, Sendable, Codable {
    /// An object of the token with this `CKA_LABEL`.
    case token(label: String)
    /// A session object, made for this process and gone with it.
    case session
}

extension Session {
    /// Finds the labelled key on the token, or makes a session key.
    ///
    /// A session key lives as long as the session that makes it.
    ///
    /// - Throws: `CryptokiError.notFound` with what kinds of key there are (never their labels).
    package func anchorKey(
        _ source: KeySource, for mechanism: RecordMechanism, bits: Int
    ) throws(CryptokiError) -> AnchorKey {
        switch source {
        case .token(let label):
            return try mechanism.isRSA ? storedPair(label) : storedSecretKey(label)
        case .session:
            return try makeKey(for: mechanism, bits: bits, label: nil)
        }
    }

    /// Makes a key that cannot leave the module: a token object where it has a label.
    package func makeKey(
        for mechanism: RecordMechanism, bits: Int, label: String?
    ) throws(CryptokiError) -> AnchorKey {
        let isToken = Attribute.flag(CKA_TOKEN, label != nil)
        let name = label.map { [Attribute.text(CKA_LABEL, $0), .text(CKA_ID, $0)] } ?? []
        guard mechanism.isRSA else {
            let key = try generateKey(
                name + [
                    isToken, .flag(CKA_PRIVATE, true), .flag(CKA_SENSITIVE, true),
                    .flag(CKA_EXTRACTABLE, false), .flag(CKA_ENCRYPT, true),
                    .flag(CKA_DECRYPT, true), .flag(CKA_WRAP, false), .flag(CKA_UNWRAP, false),
                    .number(CKA_VALUE_LEN, UInt(bits / 8)),
                ])
            return AnchorKey(decrypting: key, encrypting: key, bits: bits)
        }
        let pair = try generateKeyPair(
            publicTemplate: name + [
                isToken, .flag(CKA_ENCRYPT, true), .flag(CKA_WRAP, false),
                .number(CKA_MODULUS_BITS, UInt(bits)), .bytes(CKA_PUBLIC_EXPONENT, [1, 0, 1]),
            ],
            privateTemplate: name + [
                isToken, .flag(CKA_PRIVATE, true), .flag(CKA_SENSITIVE, true),
                .flag(CKA_EXTRACTABLE, false), .flag(CKA_DECRYPT, true), .flag(CKA_UNWRAP, false),
            ])
        return AnchorKey(decrypting: pair.privateKey, encrypting: pair.publicKey, bits: bits)
    }

    private func storedSecretKey(_ label: String) throws(CryptokiError) -> AnchorKey {
        let key = try only(
            [.number(CKA_CLASS, UInt(CKO_SECRET_KEY)), .number(CKA_KEY_TYPE, UInt(CKK_AES))],
            label: label, kind: "an AES key")
        let length = try attribute(CKA_VALUE_LEN, of: key).number ?? 0
        return AnchorKey(decrypting: key, encrypting: key, bits: Int(length) * 8)
    }

    private func storedPair(_ label: String) throws(CryptokiError) -> AnchorKey {
        let key = try only(
            [.number(CKA_CLASS, UInt(CKO_PRIVATE_KEY)), .number(CKA_KEY_TYPE, UInt(CKK_RSA))],
            label: label, kind: "an RSA private key")
        guard case .bytes(let modulus) = try attribute(CKA_MODULUS, of: key) else {
            let instead = "the private key does not show its modulus"
            throw CryptokiError.notFound(what: "the public half of the RSA key", instead: instead)
        }
        let bits = modulus.drop { $0 == 0 }.count * 8
        let publicKey = try publicHalf(modulus: modulus, of: key)
        return AnchorKey(decrypting: key, encrypting: publicKey, bits: bits)
    }

    /// The stored public key with this modulus, or a session object made from it.
    private func publicHalf(
        modulus: [UInt8], of key: ObjectHandle
    ) throws(CryptokiError) -> ObjectHandle {
        let stored = try objects(matching: [
            .number(CKA_CLASS, UInt(CKO_PUBLIC_KEY)), .bytes(CKA_MODULUS, modulus),
        ])
        if let first = stored.first { return first }
        var exponent: [UInt8] = [1, 0, 1]
        if case .bytes(let bytes) = try attribute(CKA_PUBLIC_EXPONENT, of: key), !bytes.isEmpty {
            exponent = bytes
        }
        return try createObject([
            .number(CKA_CLASS, UInt(CKO_PUBLIC_KEY)), .number(CKA_KEY_TYPE, UInt(CKK_RSA)),
            .flag(CKA_TOKEN, false), .flag(CKA_ENCRYPT, true), .bytes(CKA_MODULUS, modulus),
            .bytes(CKA_PUBLIC_EXPONENT, exponent),
        ])
    }

    private func only(
        _ template: [Attribute], label: String, kind: String
    ) throws(CryptokiError) -> ObjectHandle {
        let found = try objects(matching: template + [.text(CKA_LABEL, label)])
        if found.count == 1 { return found[0] }
        guard found.isEmpty else {
            let instead = "\(found.count) of this kind bear that label, which must name one"
            throw CryptokiError.notFound(what: "\(kind) named by object=", instead: instead)
        }
        let others = try objects(matching: template).count
        let instead =
            others == 0
            ? "the token shows none of this kind; is the PIN given, and the key made?"
            : "the token shows \(others) of this kind under other labels"
        throw CryptokiError.notFound(what: "\(kind) named by object=", instead: instead)
    }
}

extension Session {
    private func generateKey(_ template: [Attribute]) throws(CryptokiError) -> ObjectHandle {
        let generate = unsafe try module.member(
            module.functions.pointee.C_GenerateKey, "C_GenerateKey")
        var mechanism = unsafe CK_MECHANISM(
            mechanism: CK_MECHANISM_TYPE(CKM_AES_KEY_GEN), pParameter: nil, ulParameterLen: 0)
        var key: UInt = 0
        let code = unsafe template.withTemplate {
            unsafe generate(handle, &mechanism, $0, $1, &key)
        }
        try check("C_GenerateKey", code)
        return ObjectHandle(rawValue: key)
    }

    private func generateKeyPair(
        publicTemplate: [Attribute], privateTemplate: [Attribute]
    ) throws(CryptokiError) -> (publicKey: ObjectHandle, privateKey: ObjectHandle) {
        let generate = unsafe try module.member(
            module.functions.pointee.C_GenerateKeyPair, "C_GenerateKeyPair")
        var mechanism = unsafe CK_MECHANISM(
            mechanism: CK_MECHANISM_TYPE(CKM_RSA_PKCS_KEY_PAIR_GEN), pParameter: nil,
            ulParameterLen: 0)
        var (publicKey, privateKey): (UInt, UInt) = (0, 0)
        let code = unsafe publicTemplate.withTemplate { publicStart, publicCount in
            unsafe privateTemplate.withTemplate { privateStart, privateCount in
                unsafe generate(
                    handle, &mechanism, publicStart, publicCount, privateStart, privateCount,
                    &publicKey, &privateKey)
            }
        }
        try check("C_GenerateKeyPair", code)
        return (ObjectHandle(rawValue: publicKey), ObjectHandle(rawValue: privateKey))
    }
}
