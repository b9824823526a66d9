import Cryptoki
import Synchronization
import Units

/// A module loaded into this process, logged in once, with the keys that its callers use.
///
/// Only a worker process makes one: the parent never loads a module.
package final class LoadedAnchor: Sendable {
    private let module: Module
    private let slot: Slot
    private let isReadWrite: Bool
    /// Stays open as long as the anchor: the login and the session keys end with it.
    private let owner: Session
    private let keys = Mutex<[Purpose: AnchorKey]>([:])

    /// What a key is for: each operation with each mechanism has a key of its own.
    private struct Purpose: Hashable {
        let operation: AnchoredOperation
        let mechanism: RecordMechanism
    }

    /// How many distinct records a caller opens in turn.
    package static let recordsPerCaller = 64

    /// Loads the module, finds the token and logs in, once.
    ///
    /// - Parameters:
    ///   - initialize: a text that the module wants with `C_Initialize`.
    ///   - tokenLabel: nil for the only token.
    ///   - pin: empty where the user stated no source.
    /// - Throws: `CryptokiError`.
    package init(
        modulePath: String, initialize: String? = nil, tokenLabel: String?, pin: borrowing Pin,
        isReadWrite: Bool
    ) throws(CryptokiError) {
        module = try Module(path: modulePath, initialize: initialize)
        slot = try module.slot(tokenLabel: tokenLabel)
        self.isReadWrite = isReadWrite
        owner = try Session(module, slot: slot.id, readWrite: isReadWrite)
        guard slot.token.requiresLogin else { return }
        guard !pin.isEmpty else {
            throw CryptokiError.notFound(
                what: "a PIN for token '\(slot.token.label)'",
                instead: "the token requires a login: add '&pin-source=env:NAME', 'file:/path' or "
                    + "'prompt'")
        }
        try owner.login(pin: pin)
    }

    /// What the module and the token say of themselves.
    package func identity() throws(CryptokiError) -> AnchorIdentity {
        AnchorIdentity(module: try module.info(), token: slot.token)
    }

    /// Checks that the token has a mechanism, and finds or makes its key.
    ///
    /// - Returns: the key's length in bits.
    /// - Throws: `CryptokiError.notFound` naming the mechanism or the key and what there is.
    package func prepareKey(
        _ source: KeySource, for mechanism: RecordMechanism,
        operation: AnchoredOperation = .decrypt, bits: Int
    ) throws(CryptokiError) -> Int {
        let purpose = Purpose(operation: operation, mechanism: mechanism)
        if let known = keys.withLock({ $0[purpose] }) { return known.bits }
        let present = try module.mechanisms(of: slot.id)
        guard present.contains(mechanism.type) else {
            let kind = mechanism.algorithm.rawValue
            let names = present.map(\.description).filter { $0.contains(kind) }.sorted()
            throw CryptokiError.notFound(
                what: "mechanism \(mechanism.type) on token '\(slot.token.label)'",
                instead: names.isEmpty
                    ? "it has none of that kind" : "it has \(names.joined(separator: ", "))")
        }
        let key = try owner.anchorKey(source, for: mechanism, operation: operation, bits: bits)
        keys.withLock { $0[purpose] = key }
        return key.bits
    }

    /// Makes the decryption of one caller with a session of its own, in the caller's thread.
    ///
    /// - Parameter awaitTurn: called before each record is sealed.
    /// - Throws: `CryptokiError`, with the failing function.
    package func decryption(
        _ mechanism: RecordMechanism, recordBytes: Int, awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> PKCS11Decryption {
        let key = preparedKey(.decrypt, mechanism)
        let decryptor = try Decryptor(
            callerSession(), key: key, mechanism: mechanism, recordBytes: recordBytes,
            recordCount: Self.recordsPerCaller, awaitTurn: awaitTurn)
        return PKCS11Decryption(decryptor)
    }

    /// Makes the unwrapping of one caller with a session of its own, in the caller's thread.
    ///
    /// - Parameter awaitTurn: called before each data key is wrapped.
    /// - Throws: `CryptokiError`, with the failing function.
    package func unwrapping(
        _ mechanism: RecordMechanism, awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> PKCS11Unwrapping {
        let key = preparedKey(.unwrap, mechanism)
        let unwrapper = try Unwrapper(
            callerSession(), key: key, mechanism: mechanism, recordCount: Self.recordsPerCaller,
            awaitTurn: awaitTurn)
        return PKCS11Unwrapping(unwrapper)
    }

    /// Makes the authentication of one caller with a session of its own, in the caller's thread.
    ///
    /// Where the key was put in from outside, OpenSSL says what the MACs are.
    ///
    /// - Parameter awaitTurn: called before each record that the module signs in advance.
    /// - Throws: `CryptokiError`, with the failing function.
    package func authentication(
        _ mechanism: RecordMechanism, recordBytes: Int, awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> PKCS11Authentication {
        let key = preparedKey(.mac, mechanism)
        let authenticator = try Authenticator(
            callerSession(), key: key, mechanism: mechanism, recordBytes: recordBytes,
            recordCount: Self.recordsPerCaller,
            truth: key.knownValue.map { value in { hmacSHA256(key: value, $0) } },
            awaitTurn: awaitTurn)
        return PKCS11Authentication(authenticator)
    }

    private func preparedKey(
        _ operation: AnchoredOperation, _ mechanism: RecordMechanism
    ) -> AnchorKey {
        let purpose = Purpose(operation: operation, mechanism: mechanism)
        guard let key = keys.withLock({ $0[purpose] }) else {
            preconditionFailure("a key is prepared before its callers")
        }
        return key
    }

    private func callerSession() throws(CryptokiError) -> Session {
        try Session(module, slot: slot.id, readWrite: isReadWrite)
    }

    /// The policies of the keys on the token, for `doctor`.
    package func keyPolicies(label: String?) throws(CryptokiError) -> [KeyPolicy] {
        try owner.keyPolicies(label: label)
    }
}

/// What a module and a token say of themselves.
package struct AnchorIdentity: Codable, Equatable, Sendable {
    /// `CK_INFO`.
    package let module: ModuleInfo
    /// `CK_TOKEN_INFO`.
    package let token: TokenInfo
}
