import CCryptoki

/// What the attributes of one key allow, as far as they decide whether the key anchors anything.
package struct KeyPolicy: Codable, Equatable, Sendable {
    /// `AES`, `RSA` or `HMAC`.
    package let kind: String
    /// Length of the key or modulus in bits; nil where the token does not tell.
    package let bits: Int?
    /// Whether it is stored on the token.
    package let isToken: Bool
    /// The attributes that were asked for, by `CKA_` name; nil where the module has no such one.
    package let flags: [String: Bool?]
    /// `CKA_ALLOWED_MECHANISMS` by name; nil where the key is not restricted.
    package let allowedMechanisms: [String]?

    fileprivate static let asked: [(name: String, type: UInt)] = [
        ("CKA_EXTRACTABLE", CKA_EXTRACTABLE), ("CKA_SENSITIVE", CKA_SENSITIVE),
        ("CKA_ALWAYS_SENSITIVE", CKA_ALWAYS_SENSITIVE),
        ("CKA_NEVER_EXTRACTABLE", CKA_NEVER_EXTRACTABLE),
        ("CKA_WRAP_WITH_TRUSTED", CKA_WRAP_WITH_TRUSTED), ("CKA_ENCRYPT", CKA_ENCRYPT),
        ("CKA_DECRYPT", CKA_DECRYPT), ("CKA_WRAP", CKA_WRAP), ("CKA_UNWRAP", CKA_UNWRAP),
        ("CKA_SIGN", CKA_SIGN), ("CKA_DERIVE", CKA_DERIVE), ("CKA_MODIFIABLE", CKA_MODIFIABLE),
    ]
}

extension Session {
    /// The policies of the keys that could be anchors and that this session sees: AES keys, RSA
    /// private keys, generic secret keys.
    ///
    /// - Parameter match: which keys are meant; by default all.
    package func keyPolicies(
        matching match: KeyMatch = KeyMatch()
    ) throws(CryptokiError) -> [KeyPolicy] {
        var policies: [KeyPolicy] = []
        for algorithm in KeyAlgorithm.allCases
        where match.type == nil || match.type == algorithm.objectType {
            for key in try keys(of: algorithm, matching: match.template) {
                policies.append(try keyPolicy(of: key, algorithm))
            }
        }
        return policies
    }

    private func keyPolicy(
        of key: ObjectHandle, _ algorithm: KeyAlgorithm
    ) throws(CryptokiError) -> KeyPolicy {
        var flags: [String: Bool?] = [:]
        for (name, type) in KeyPolicy.asked {
            flags.updateValue(try attribute(type, of: key).flag, forKey: name)
        }
        var bits: Int?
        if algorithm == .rsa, case .bytes(let modulus) = try attribute(CKA_MODULUS, of: key) {
            bits = modulus.drop { $0 == 0 }.count * 8
        } else if let length = try attribute(CKA_VALUE_LEN, of: key).number {
            bits = Int(length) * 8
        }
        return KeyPolicy(
            kind: algorithm.rawValue, bits: bits,
            isToken: try attribute(CKA_TOKEN, of: key).flag ?? false, flags: flags,
            allowedMechanisms: try allowedMechanisms(of: key))
    }

    private func allowedMechanisms(of key: ObjectHandle) throws(CryptokiError) -> [String]? {
        guard case .bytes(let bytes) = try attribute(CKA_ALLOWED_MECHANISMS, of: key),
            !bytes.isEmpty
        else { return nil }
        return stride(from: 0, to: bytes.count, by: MemoryLayout<UInt>.size).compactMap { start in
            let slice = bytes[start..<min(start + MemoryLayout<UInt>.size, bytes.count)]
            return AttributeValue.bytes(Array(slice)).number
                .map { MechanismType(rawValue: $0).description }
        }
    }
}
