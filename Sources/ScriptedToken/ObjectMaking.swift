import CCryptoki

/// The attributes of new objects: what the caller asked for, and the token's defaults for the rest.
enum ObjectMaking {
    /// What `C_CreateObject` makes of a template.
    ///
    /// The MACs of this token are none, and whoever knew a key would rightly call them wrong: so it
    /// lets no generic secret key in.
    ///
    /// - Throws: `CKR_TEMPLATE_INCOMPLETE` without a class, or the type or value of a key;
    ///   `CKR_TEMPLATE_INCONSISTENT` for a generic secret key.
    static func created(_ template: Attributes) throws(Refusal) -> Attributes {
        guard let objectClass = template.number(CKA_CLASS) else {
            throw Refusal(CKR_TEMPLATE_INCOMPLETE)
        }
        var attributes = template
        switch objectClass {
        case CKO_SECRET_KEY, CKO_PUBLIC_KEY, CKO_PRIVATE_KEY:
            guard let type = template.number(CKA_KEY_TYPE) else {
                throw Refusal(CKR_TEMPLATE_INCOMPLETE)
            }
            guard type != CKK_GENERIC_SECRET, type != CKK_SHA256_HMAC else {
                throw Refusal(CKR_TEMPLATE_INCONSISTENT)
            }
            if type == CKK_AES {
                guard let value = template[CKA_VALUE] else {
                    throw Refusal(CKR_TEMPLATE_INCOMPLETE)
                }
                try checkAES(length: CK_ULONG(value.count))
                attributes.set(CKA_VALUE_LEN, CK_ULONG(value.count))
            }
            if type == CKK_RSA {
                guard let modulus = template[CKA_MODULUS] else {
                    throw Refusal(CKR_TEMPLATE_INCOMPLETE)
                }
                attributes.set(CKA_MODULUS_BITS, CK_ULONG(modulus.count * 8))
            }
            attributes.complete(with: keyDefaults(objectClass, type, local: false))
        default:
            attributes.complete(with: objectDefaults(isPrivate: false))
        }
        return attributes
    }

    /// What `C_GenerateKey` makes of a template with `CKM_AES_KEY_GEN`.
    ///
    /// - Throws: `CKR_TEMPLATE_INCOMPLETE` without a length, `CKR_KEY_SIZE_RANGE` with one that AES
    ///   lacks.
    static func generatedAES(_ template: Attributes) throws(Refusal) -> Attributes {
        guard let length = template.number(CKA_VALUE_LEN) else {
            throw Refusal(CKR_TEMPLATE_INCOMPLETE)
        }
        try checkAES(length: length)
        try check(template, CKO_SECRET_KEY, CKK_AES)
        var attributes = template
        attributes[CKA_VALUE] = randomBytes(Int(length))
        attributes.set(CKA_KEY_GEN_MECHANISM, CKM_AES_KEY_GEN)
        attributes.complete(with: keyDefaults(CKO_SECRET_KEY, CKK_AES, local: true))
        return attributes
    }

    /// What `C_GenerateKey` makes of a template with `CKM_GENERIC_SECRET_KEY_GEN`.
    ///
    /// - Throws: `CKR_TEMPLATE_INCOMPLETE` without a length, `CKR_KEY_SIZE_RANGE`.
    static func generatedGeneric(_ template: Attributes) throws(Refusal) -> Attributes {
        guard let length = template.number(CKA_VALUE_LEN) else {
            throw Refusal(CKR_TEMPLATE_INCOMPLETE)
        }
        guard Mechanism.genericLengths.contains(length) else { throw Refusal(CKR_KEY_SIZE_RANGE) }
        try check(template, CKO_SECRET_KEY, CKK_GENERIC_SECRET)
        var attributes = template
        attributes[CKA_VALUE] = randomBytes(Int(length))
        attributes.set(CKA_KEY_GEN_MECHANISM, CKM_GENERIC_SECRET_KEY_GEN)
        attributes.complete(with: keyDefaults(CKO_SECRET_KEY, CKK_GENERIC_SECRET, local: true))
        return attributes
    }

    /// What `C_UnwrapKey` makes of a template and the value that was wrapped.
    ///
    /// - Throws: `CKR_TEMPLATE_INCOMPLETE` without the type of the key,
    ///   `CKR_TEMPLATE_INCONSISTENT` for any but a secret key, or with a value of its own;
    ///   `CKR_WRAPPED_KEY_INVALID` for a value that is no such key.
    static func unwrapped(_ template: Attributes, _ value: [UInt8]) throws(Refusal) -> Attributes {
        guard let type = template.number(CKA_KEY_TYPE) else {
            throw Refusal(CKR_TEMPLATE_INCOMPLETE)
        }
        guard template[CKA_VALUE] == nil else { throw Refusal(CKR_TEMPLATE_INCONSISTENT) }
        try check(template, CKO_SECRET_KEY, type)
        guard type != CKK_AES || Mechanism.aesLengths.contains(CK_ULONG(value.count)) else {
            throw Refusal(CKR_WRAPPED_KEY_INVALID)
        }
        var attributes = template
        attributes[CKA_VALUE] = value
        attributes.set(CKA_VALUE_LEN, CK_ULONG(value.count))
        attributes.complete(with: keyDefaults(CKO_SECRET_KEY, type, local: false))
        return attributes
    }

    /// What `C_GenerateKeyPair` makes of two templates: a pair that is none, with a made-up
    /// modulus.
    ///
    /// - Throws: `CKR_TEMPLATE_INCOMPLETE` without `CKA_MODULUS_BITS`, `CKR_KEY_SIZE_RANGE`.
    static func generatedRSA(
        public publicTemplate: Attributes, private privateTemplate: Attributes
    ) throws(Refusal) -> (public: Attributes, private: Attributes) {
        guard let bits = publicTemplate.number(CKA_MODULUS_BITS) else {
            throw Refusal(CKR_TEMPLATE_INCOMPLETE)
        }
        guard Mechanism.modulusBits.contains(bits), bits % 8 == 0 else {
            throw Refusal(CKR_KEY_SIZE_RANGE)
        }
        try check(publicTemplate, CKO_PUBLIC_KEY, CKK_RSA)
        try check(privateTemplate, CKO_PRIVATE_KEY, CKK_RSA)
        var modulus = randomBytes(Int(bits / 8))
        modulus[0] |= 0x80
        modulus[modulus.count - 1] |= 1
        func half(_ template: Attributes, _ objectClass: CK_OBJECT_CLASS) -> Attributes {
            var attributes = template
            attributes[CKA_MODULUS] = modulus
            attributes[CKA_PUBLIC_EXPONENT] = [1, 0, 1]
            attributes.set(CKA_MODULUS_BITS, bits)
            attributes.set(CKA_KEY_GEN_MECHANISM, CKM_RSA_PKCS_KEY_PAIR_GEN)
            attributes.complete(with: keyDefaults(objectClass, CKK_RSA, local: true))
            return attributes
        }
        return (half(publicTemplate, CKO_PUBLIC_KEY), half(privateTemplate, CKO_PRIVATE_KEY))
    }

    /// Bytes of the system's generator.
    static func randomBytes(_ count: Int) -> [UInt8] {
        var generator = SystemRandomNumberGenerator()
        return (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
    }

    private static func checkAES(length: CK_ULONG) throws(Refusal) {
        guard Mechanism.aesLengths.contains(length) else { throw Refusal(CKR_KEY_SIZE_RANGE) }
    }

    private static func check(
        _ template: Attributes, _ objectClass: CK_OBJECT_CLASS, _ type: CK_KEY_TYPE
    ) throws(Refusal) {
        guard template.number(CKA_CLASS) ?? objectClass == objectClass,
            template.number(CKA_KEY_TYPE) ?? type == type
        else { throw Refusal(CKR_TEMPLATE_INCONSISTENT) }
    }

    private static func objectDefaults(isPrivate: Bool) -> Attributes {
        var attributes = Attributes()
        attributes.set(CKA_TOKEN, false)
        attributes.set(CKA_PRIVATE, isPrivate)
        attributes.set(CKA_MODIFIABLE, true)
        attributes.set(CKA_DESTROYABLE, true)
        attributes[CKA_LABEL] = []
        return attributes
    }

    private static func keyDefaults(
        _ objectClass: CK_OBJECT_CLASS, _ type: CK_KEY_TYPE, local: Bool
    ) -> Attributes {
        let isPublic = objectClass == CKO_PUBLIC_KEY
        var attributes = objectDefaults(isPrivate: !isPublic)
        attributes.set(CKA_CLASS, objectClass)
        attributes.set(CKA_KEY_TYPE, type)
        attributes[CKA_ID] = []
        attributes.set(CKA_LOCAL, local)
        attributes.set(CKA_DERIVE, false)
        attributes.set(CKA_ENCRYPT, objectClass != CKO_PRIVATE_KEY)
        attributes.set(CKA_WRAP, false)
        attributes.set(CKA_VERIFY, false)
        guard !isPublic else { return attributes }
        attributes.set(CKA_DECRYPT, true)
        attributes.set(CKA_UNWRAP, false)
        attributes.set(CKA_SIGN, false)
        attributes.set(CKA_ALWAYS_AUTHENTICATE, false)
        attributes.set(CKA_SENSITIVE, true)
        attributes.set(CKA_EXTRACTABLE, false)
        attributes.set(CKA_ALWAYS_SENSITIVE, local)
        attributes.set(CKA_NEVER_EXTRACTABLE, local)
        return attributes
    }
}
