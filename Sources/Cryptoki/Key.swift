/// The key that opens records, with the one that seals them for the trial.
package struct AnchorKey: Sendable {
    /// The secret key, or the private half of the pair: it decrypts, unwraps or signs.
    package let opening: ObjectHandle
    /// The same secret key, or the public half.
    package let sealing: ObjectHandle
    /// Length of the key, or of the modulus, in bits.
    package let bits: Int
    /// The bytes of a session key that was put in from outside, so that what it gives can be
    /// checked outside too; nil where the module alone knows them.
    package var knownValue: [UInt8]?
    /// Who makes the IVs under it; shared by all copies.
    let vectors = GCMVectors()
}

/// Where a key comes from.
package enum KeySource: Equatable, Sendable, Codable {
    /// An object of the token.
    case stored(KeyMatch)
    /// A session object, made for this process and gone with it.
    case session

    /// An object of the token with this `CKA_LABEL`.
    package static func token(label: String) -> KeySource { .stored(KeyMatch(label: label)) }
}

extension Session {
    /// Finds the named key on the token, or makes a session key.
    ///
    /// A session key lives as long as the session that makes it.
    ///
    /// - Throws: `CryptokiError.notFound` with what kinds of key there are, never their labels or
    ///   ids.
    package func anchorKey(
        _ source: KeySource, for mechanism: RecordMechanism,
        operation: AnchoredOperation = .decrypt, bits: Int
    ) throws(CryptokiError) -> AnchorKey {
        switch source {
        case .stored(let match):
            return try storedKey(match, mechanism.algorithm, operation)
        case .session:
            return try makeKey(for: mechanism, operation: operation, bits: bits, label: nil)
        }
    }
}
