import CCryptoki

/// An object of the token: a key, or whatever else a caller stores.
struct TokenObject {
    let attributes: Attributes
    /// The session that made it and takes it along when it closes; nil for a token object.
    let owner: CK_SESSION_HANDLE?

    var isPrivate: Bool { attributes.flag(CKA_PRIVATE) }

    /// What a cipher needs to know of it.
    var card: KeyCard {
        KeyCard(
            kind: kind, usage: usage, isPrivate: isPrivate,
            modulusLength: attributes[CKA_MODULUS]?.count ?? 0)
    }

    private var usage: KeyCard.Usage {
        let all: [(CK_ATTRIBUTE_TYPE, KeyCard.Usage)] = [
            (CKA_ENCRYPT, .encrypt), (CKA_DECRYPT, .decrypt), (CKA_WRAP, .wrap),
            (CKA_UNWRAP, .unwrap), (CKA_SIGN, .sign),
        ]
        return all.reduce(into: []) { usage, pair in
            if attributes.flag(pair.0) { usage.insert(pair.1) }
        }
    }

    /// Whether an attribute is one that never leaves the token.
    func keepsSecret(_ type: CK_ATTRIBUTE_TYPE) -> Bool {
        switch attributes.number(CKA_CLASS) {
        case CKO_SECRET_KEY: type == CKA_VALUE && isSensitive
        case CKO_PRIVATE_KEY: Self.privateParts.contains(type) && isSensitive
        default: false
        }
    }

    private static let privateParts: Set<CK_ATTRIBUTE_TYPE> = [
        CKA_PRIVATE_EXPONENT, CKA_PRIME_1, CKA_PRIME_2, CKA_EXPONENT_1, CKA_EXPONENT_2,
        CKA_COEFFICIENT,
    ]

    private var isSensitive: Bool {
        attributes.flag(CKA_SENSITIVE) || !attributes.flag(CKA_EXTRACTABLE)
    }

    private var kind: KeyCard.Kind {
        switch (attributes.number(CKA_CLASS), attributes.number(CKA_KEY_TYPE)) {
        case (CKO_SECRET_KEY, CKK_AES): .aes
        case (CKO_SECRET_KEY, CKK_GENERIC_SECRET), (CKO_SECRET_KEY, CKK_SHA256_HMAC): .generic
        case (CKO_PUBLIC_KEY, CKK_RSA): .rsaPublic
        case (CKO_PRIVATE_KEY, CKK_RSA): .rsaPrivate
        default: .none
        }
    }
}
