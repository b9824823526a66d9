import CCryptoki
import Glibc

extension Session {
    /// Makes a key that cannot leave the module and serves one operation: a token object where it
    /// has a label.
    ///
    /// A session key of a MAC is put in from outside where the module lets one in, because its
    /// MACs can then be checked against another implementation.
    package func makeKey(
        for mechanism: RecordMechanism, operation: AnchoredOperation = .decrypt, bits: Int,
        label: String?
    ) throws(CryptokiError) -> AnchorKey {
        let isToken = Attribute.flag(CKA_TOKEN, label != nil)
        let name = label.map { [Attribute.text(CKA_LABEL, $0), .text(CKA_ID, $0)] } ?? []
        let confined = [
            isToken, .flag(CKA_PRIVATE, true), .flag(CKA_SENSITIVE, true),
            .flag(CKA_EXTRACTABLE, false),
        ]
        switch mechanism.algorithm {
        case .rsa:
            let pair = try generateKeyPair(
                publicTemplate: name + operation.usage(.publicKey) + [
                    isToken, .number(CKA_MODULUS_BITS, UInt(bits)),
                    .bytes(CKA_PUBLIC_EXPONENT, [1, 0, 1]),
                ],
                privateTemplate: name + confined + operation.usage(.privateKey))
            return AnchorKey(opening: pair.privateKey, sealing: pair.publicKey, bits: bits)
        case .aes, .hmac:
            let template = name + confined + operation.usage(.secretKey)
            if operation == .mac, label == nil,
                let key = importedKey(template, bytes: bits / 8)
            {
                return key
            }
            let isAES = mechanism.algorithm == .aes
            let key = try generateKey(
                isAES ? UInt(CKM_AES_KEY_GEN) : UInt(CKM_GENERIC_SECRET_KEY_GEN),
                template + [.number(CKA_VALUE_LEN, UInt(bits / 8))])
            return AnchorKey(opening: key, sealing: key, bits: bits)
        }
    }

    /// A generic secret key of random bytes; nil where the module lets none in.
    private func importedKey(_ template: [Attribute], bytes count: Int) -> AnchorKey? {
        var value = [UInt8](repeating: 0, count: count)
        unsafe arc4random_buf(&value, count)
        let key = try? createObject(
            template + [
                .number(CKA_CLASS, UInt(CKO_SECRET_KEY)),
                .number(CKA_KEY_TYPE, UInt(CKK_GENERIC_SECRET)), .bytes(CKA_VALUE, value),
            ])
        return key.map {
            AnchorKey(opening: $0, sealing: $0, bits: count * 8, knownValue: value)
        }
    }

    private func generateKey(
        _ mechanism: UInt, _ template: [Attribute]
    ) throws(CryptokiError) -> ObjectHandle {
        let generate = unsafe try module.member(
            module.functions.pointee.C_GenerateKey, "C_GenerateKey")
        var mechanism = unsafe CK_MECHANISM(
            mechanism: mechanism, pParameter: nil, ulParameterLen: 0)
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

/// Which part of a key a template is for.
enum KeyPart {
    case secretKey
    case publicKey
    case privateKey
}

extension AnchoredOperation {
    /// Every usage that such a key could have: allowed where this operation needs it, or the
    /// sealing of its records, and denied by name elsewhere, because modules allow much by default.
    func usage(_ part: KeyPart) -> [Attribute] {
        let opening = [CKA_DECRYPT, CKA_UNWRAP, CKA_SIGN]
        let sealing = [CKA_ENCRYPT, CKA_WRAP, CKA_VERIFY]
        let possible =
            switch part {
            case .secretKey: opening + sealing
            case .publicKey: sealing
            case .privateKey: opening
            }
        let needed =
            switch self {
            case .decrypt: [CKA_DECRYPT, CKA_ENCRYPT]
            case .unwrap: [CKA_UNWRAP, CKA_WRAP]
            case .mac: [CKA_SIGN]
            }
        return possible.map { .flag($0, needed.contains($0)) }
    }
}
