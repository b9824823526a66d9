import CCryptoki

extension Session {
    /// The labelled key of an algorithm on the token.
    ///
    /// - Throws: `CryptokiError.notFound` where there is not exactly one.
    func storedKey(
        _ label: String, _ algorithm: KeyAlgorithm, _ operation: AnchoredOperation
    ) throws(CryptokiError) -> AnchorKey {
        let key = try only(algorithm, label: label)
        guard algorithm == .rsa else {
            let length = try attribute(CKA_VALUE_LEN, of: key).number ?? 0
            return AnchorKey(opening: key, sealing: key, bits: Int(length) * 8)
        }
        guard case .bytes(let modulus) = try attribute(CKA_MODULUS, of: key) else {
            let instead = "the private key does not show its modulus"
            throw CryptokiError.notFound(what: "the public half of the RSA key", instead: instead)
        }
        let publicKey = try publicHalf(modulus: modulus, of: key, operation)
        return AnchorKey(
            opening: key, sealing: publicKey, bits: modulus.drop { $0 == 0 }.count * 8)
    }

    /// The stored public key with this modulus, or a session object made from it.
    private func publicHalf(
        modulus: [UInt8], of key: ObjectHandle, _ operation: AnchoredOperation
    ) throws(CryptokiError) -> ObjectHandle {
        let stored = try objects(matching: [
            .number(CKA_CLASS, UInt(CKO_PUBLIC_KEY)), .bytes(CKA_MODULUS, modulus),
        ])
        if let first = stored.first { return first }
        var exponent: [UInt8] = [1, 0, 1]
        if case .bytes(let bytes) = try attribute(CKA_PUBLIC_EXPONENT, of: key), !bytes.isEmpty {
            exponent = bytes
        }
        return try createObject(
            operation.usage(.publicKey) + [
                .number(CKA_CLASS, UInt(CKO_PUBLIC_KEY)), .number(CKA_KEY_TYPE, UInt(CKK_RSA)),
                .flag(CKA_TOKEN, false), .bytes(CKA_MODULUS, modulus),
                .bytes(CKA_PUBLIC_EXPONENT, exponent),
            ])
    }

    private func only(
        _ algorithm: KeyAlgorithm, label: String
    ) throws(CryptokiError) -> ObjectHandle {
        let found = try keys(of: algorithm, matching: [.text(CKA_LABEL, label)])
        if found.count == 1 { return found[0] }
        let what = "\(algorithm.article) named by object="
        guard found.isEmpty else {
            let instead = "\(found.count) of this kind bear that label, which must name one"
            throw CryptokiError.notFound(what: what, instead: instead)
        }
        let others = try keys(of: algorithm, matching: []).count
        let instead =
            others == 0
            ? "the token shows none of this kind; is the PIN given, and the key made?"
            : "the token shows \(others) of this kind under other labels"
        throw CryptokiError.notFound(what: what, instead: instead)
    }

    /// The secret or private keys of an algorithm that match every attribute.
    func keys(
        of algorithm: KeyAlgorithm, matching template: [Attribute]
    ) throws(CryptokiError) -> [ObjectHandle] {
        let kind = Attribute.number(
            CKA_CLASS, UInt(algorithm == .rsa ? CKO_PRIVATE_KEY : CKO_SECRET_KEY))
        var found: [ObjectHandle] = []
        for type in algorithm.keyTypes {
            found += try objects(matching: [kind, .number(CKA_KEY_TYPE, type)] + template)
        }
        return found
    }
}

extension KeyAlgorithm {
    /// The `CKK_` numbers that such a key may have.
    fileprivate var keyTypes: [UInt] {
        switch self {
        case .aes: [UInt(CKK_AES)]
        case .rsa: [UInt(CKK_RSA)]
        case .hmac: [UInt(CKK_GENERIC_SECRET), UInt(CKK_SHA256_HMAC)]
        }
    }

    /// One such key in words.
    fileprivate var article: String {
        switch self {
        case .aes: "an AES key"
        case .rsa: "an RSA private key"
        case .hmac: "a generic secret key"
        }
    }
}
