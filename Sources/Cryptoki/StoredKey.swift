import CCryptoki

extension Session {
    /// The key of an algorithm that is meant.
    ///
    /// - Throws: `CryptokiError.notFound` where there is not exactly one.
    func storedKey(
        _ match: KeyMatch, _ algorithm: KeyAlgorithm, _ operation: AnchoredOperation
    ) throws(CryptokiError) -> AnchorKey {
        let key = try only(algorithm, match)
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
        _ algorithm: KeyAlgorithm, _ match: KeyMatch
    ) throws(CryptokiError) -> ObjectHandle {
        let what = "\(algorithm.article) named by \(match.names)"
        if let type = match.type, type != algorithm.objectType {
            throw CryptokiError.notFound(
                what: what, instead: "such a key has type=\(algorithm.objectType.rawValue)")
        }
        let found = try keys(of: algorithm, matching: match.template)
        if found.count == 1 { return found[0] }
        let isByLabel = match.label != nil && match.id == nil
        guard found.isEmpty else {
            let alike = isByLabel ? "bear that label, which must name one" : "are meant by it"
            throw CryptokiError.notFound(
                what: what,
                instead: "\(found.count) of this kind \(alike); "
                    + (try hint(telling: found, apartFor: match)))
        }
        let others = try keys(of: algorithm, matching: []).count
        let instead =
            others == 0
            ? "the token shows none of this kind; is the PIN given, and the key made?"
            : "the token shows \(others) of this kind under other "
                + (isByLabel ? "labels" : match.label == nil ? "ids" : "labels or ids")
        throw CryptokiError.notFound(what: what, instead: instead)
    }

    /// Which attribute that is not asked for yet would decide between keys.
    private func hint(
        telling keys: [ObjectHandle], apartFor match: KeyMatch
    ) throws(CryptokiError) -> String {
        for (name, type, isAsked) in [
            ("id=", CKA_ID, match.id != nil), ("object=", CKA_LABEL, match.label != nil),
        ] where !isAsked {
            var values: Set<[UInt8]> = []
            for key in keys {
                if case .bytes(let bytes) = try attribute(type, of: key) { values.insert(bytes) }
            }
            if values.count == keys.count { return "\(name) in the URI would tell them apart" }
        }
        return "neither label nor id tells them apart"
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

    /// The `type` of a URI that such a key has.
    var objectType: ObjectType { self == .rsa ? .privateKey : .secretKey }

    /// One such key in words.
    fileprivate var article: String {
        switch self {
        case .aes: "an AES key"
        case .rsa: "an RSA private key"
        case .hmac: "a generic secret key"
        }
    }
}
