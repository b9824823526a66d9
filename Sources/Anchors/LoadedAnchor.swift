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
    private let retried: Atomic<Int>
    private let keys = Mutex<[Purpose: AnchorKey]>([:])

    /// What a key is for: each operation with each mechanism has a key of its own.
    private struct Purpose: Hashable {
        let operation: AnchoredOperation
        let mechanism: RecordMechanism
    }

    /// How many distinct records a caller opens in turn.
    package static let recordsPerCaller = 64

    /// Loads the module, finds the token and logs in.
    ///
    /// What a module refuses only for a moment is tried again within about a second; a PIN is tried
    /// once.
    ///
    /// - Parameters:
    ///   - initialize: a text that the module wants with `C_Initialize`.
    ///   - token: which one is meant.
    ///   - pin: empty where the user stated no source.
    /// - Throws: `CryptokiError`.
    package init(
        modulePath: String, initialize: String? = nil, token: TokenMatch, pin: borrowing Pin,
        isReadWrite: Bool
    ) throws(CryptokiError) {
        var patience = Patience()
        let turn = OpeningTurn(modulePath: modulePath)
        let opened = try patience.openToken(
            modulePath: modulePath, initialize: initialize, token, pin: pin,
            isReadWrite: isReadWrite)
        _ = consume turn
        self.isReadWrite = isReadWrite
        slot = opened.slot
        module = opened.session.module
        owner = opened.session
        retried = Atomic(patience.retries)
    }

    /// Loads the module, finds the token with a label, or the only one there is, and logs in.
    ///
    /// - Throws: `CryptokiError`.
    package convenience init(
        modulePath: String, tokenLabel: String?, pin: borrowing Pin, isReadWrite: Bool
    ) throws(CryptokiError) {
        try self.init(
            modulePath: modulePath, token: TokenMatch(label: tokenLabel), pin: pin,
            isReadWrite: isReadWrite)
    }

    /// How often something was tried again until the anchor and its callers' sessions were open.
    package var retries: Int { retried.load(ordering: .relaxed) }

    /// What the module and the token say of themselves.
    package func identity() throws(CryptokiError) -> AnchorIdentity {
        AnchorIdentity(module: try module.info(), token: slot.token)
    }

    /// Finds or makes the key of a mechanism, and checks that the token has it: one that it does
    /// not list is asked for all the same, but for unwrapping, which no function begins.
    ///
    /// - Returns: the key's length in bits.
    /// - Throws: `CryptokiError.unlisted` or `.notFound` naming the mechanism or the key and what
    ///   there is.
    package func prepareKey(
        _ source: KeySource, for mechanism: RecordMechanism,
        operation: AnchoredOperation = .decrypt, bits: Int
    ) throws(CryptokiError) -> Int {
        let purpose = Purpose(operation: operation, mechanism: mechanism)
        if let known = keys.withLock({ $0[purpose] }) { return known.bits }
        let present = try module.mechanisms(of: slot.id)
        let key: AnchorKey
        if present.contains(mechanism.type) {
            key = try owner.anchorKey(source, for: mechanism, operation: operation, bits: bits)
        } else {
            key = try unlistedKey(source, purpose, bits: bits, present)
        }
        keys.withLock { $0[purpose] = key }
        return key.bits
    }

    /// The key of a mechanism that the token does not list but takes.
    private func unlistedKey(
        _ source: KeySource, _ purpose: Purpose, bits: Int, _ present: [MechanismType]
    ) throws(CryptokiError) -> AnchorKey {
        let (mechanism, operation) = (purpose.mechanism, purpose.operation)
        let kind = mechanism.algorithm.rawValue
        let names = present.map(\.description).filter { $0.contains(kind) }.sorted()
        func refusal(_ answer: CryptokiError.Answer?) -> CryptokiError {
            .unlisted(mechanism.type, token: slot.token.label, answer: answer, listed: names)
        }
        let key: AnchorKey
        do throws(CryptokiError) {
            key = try owner.anchorKey(source, for: mechanism, operation: operation, bits: bits)
        } catch {
            guard error.concernsRequest else { throw error }
            throw refusal(error.answer)
        }
        let session = try Session(module, slot: slot.id, readWrite: isReadWrite)
        let answer = try session.answer(to: mechanism, operation, key: key)
        if let answer, answer.code.tellsOfLoss {
            throw CryptokiError.call(function: answer.function, code: answer.code)
        }
        guard answer?.code == .ok else { throw refusal(answer) }
        return key
    }

    /// Makes the decryption of one caller with a session of its own, in the caller's thread.
    ///
    /// - Parameters:
    ///   - deniedBy: codes by which a busy device denies the sealing, which is tried again then.
    ///   - awaitTurn: called before each record is sealed.
    /// - Throws: `CryptokiError`, with the failing function.
    package func decryption(
        _ mechanism: RecordMechanism, recordBytes: Int, recordCount: Int = recordsPerCaller,
        deniedBy: Set<ReturnCode> = [], awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> PKCS11Decryption {
        let key = preparedKey(.decrypt, mechanism)
        let decryptor = try Decryptor(
            callerSession(), key: key, mechanism: mechanism, recordBytes: recordBytes,
            recordCount: recordCount, deniedBy: deniedBy, awaitTurn: awaitTurn)
        return PKCS11Decryption(decryptor)
    }

    /// Makes the unwrapping of one caller with a session of its own, in the caller's thread.
    ///
    /// - Parameters:
    ///   - deniedBy: codes by which a busy device denies the wrapping, which is tried again then.
    ///   - awaitTurn: called before each data key is wrapped.
    /// - Throws: `CryptokiError`, with the failing function.
    package func unwrapping(
        _ mechanism: RecordMechanism, recordCount: Int = recordsPerCaller,
        deniedBy: Set<ReturnCode> = [], awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> PKCS11Unwrapping {
        let key = preparedKey(.unwrap, mechanism)
        let unwrapper = try Unwrapper(
            callerSession(), key: key, mechanism: mechanism, recordCount: recordCount,
            deniedBy: deniedBy, awaitTurn: awaitTurn)
        return PKCS11Unwrapping(unwrapper)
    }

    /// Makes the authentication of one caller with a session of its own, in the caller's thread.
    ///
    /// Where the key was put in from outside, OpenSSL says what the MACs are.
    ///
    /// - Parameters:
    ///   - deniedBy: codes by which a busy device denies that, which is tried again then.
    ///   - awaitTurn: called before each record that the module signs in advance.
    /// - Throws: `CryptokiError`, with the failing function.
    package func authentication(
        _ mechanism: RecordMechanism, recordBytes: Int, recordCount: Int = recordsPerCaller,
        deniedBy: Set<ReturnCode> = [], awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> PKCS11Authentication {
        let key = preparedKey(.mac, mechanism)
        let authenticator = try Authenticator(
            callerSession(), key: key, mechanism: mechanism, recordBytes: recordBytes,
            recordCount: recordCount,
            truth: key.knownValue.map { value in { hmacSHA256(key: value, $0) } },
            deniedBy: deniedBy, awaitTurn: awaitTurn)
        return PKCS11Authentication(authenticator)
    }

    /// Makes a thief who joins records that were sealed with a mechanism of decryption.
    ///
    /// - Parameters:
    ///   - longest: the longest ciphertext that will be opened, in bytes.
    ///   - turn: what stands before each call; before each record is sealed, too.
    /// - Throws: `CryptokiError`, with the failing function.
    package func batchThief(
        _ mechanism: RecordMechanism, recordBytes: Int, recordCount: Int, longest: Int,
        turn: BatchThief.Turn
    ) throws(CryptokiError) -> BatchThief {
        let decryptor = try BatchDecryptor(
            module, slot: slot.id, isReadWrite: isReadWrite, key: preparedKey(.decrypt, mechanism),
            mechanism: mechanism, recordBytes: recordBytes, recordCount: recordCount,
            longest: longest, awaitTurn: turn.wait)
        return BatchThief(decryptor, mechanism: mechanism, longest: longest, turn: turn)
    }

    /// Makes a session that seals and opens records of a database.
    ///
    /// - Parameter longest: the longest ciphertext that will be opened, in bytes; nil for that of
    ///   one record.
    /// - Throws: `CryptokiError`, with the failing function.
    package func recordOpener(
        _ mechanism: RecordMechanism, recordBytes: Int, longest: Int? = nil
    ) throws(CryptokiError) -> RecordOpener {
        try RecordOpener(
            callerSession(), key: preparedKey(.decrypt, mechanism), mechanism: mechanism,
            recordBytes: recordBytes, longest: longest)
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
        var patience = Patience()
        defer { retried.add(patience.retries, ordering: .relaxed) }
        return try patience.run { () throws(CryptokiError) in
            try Session(module, slot: slot.id, readWrite: isReadWrite)
        }
    }

    /// The policies of the keys on the token, for `doctor`.
    package func keyPolicies(label: String?) throws(CryptokiError) -> [KeyPolicy] {
        try owner.keyPolicies(matching: KeyMatch(label: label))
    }
}

/// A session on a token, logged in where the token wants it.
private struct OpenedToken: ~Copyable {
    let slot: Slot
    let session: Session
}

extension Patience {
    /// Opens a token, starting the module anew where a login did not come to the PIN even with a
    /// new session.
    fileprivate mutating func openToken(
        modulePath: String, initialize: String?, _ match: TokenMatch, pin: borrowing Pin,
        isReadWrite: Bool
    ) throws(CryptokiError) -> OpenedToken {
        while true {
            let (module, slot) = try findToken(
                modulePath: modulePath, initialize: initialize, match)
            do throws(CryptokiError) {
                let session = try session(module, slot, pin: pin, isReadWrite: isReadWrite)
                return OpenedToken(slot: slot, session: session)
            } catch {
                guard error.isUntriedLogin, pause() else { throw error }
            }
        }
    }

    /// Loads a module until it shows the token that is meant, or there were tries enough.
    ///
    /// A module that reads its tokens when it starts has to be started anew to see one that was
    /// being written.
    private mutating func findToken(
        modulePath: String, initialize: String?, _ match: TokenMatch
    ) throws(CryptokiError) -> (Module, Slot) {
        while true {
            let module = try run { () throws(CryptokiError) in
                try Module(path: modulePath, initialize: initialize)
            }
            do throws(CryptokiError) {
                let slot = try run { () throws(CryptokiError) in
                    try module.slot(matching: match)
                }
                return (module, slot)
            } catch {
                guard case .notFound = error, pause() else { throw error }
            }
        }
    }

    /// Opens a session and logs in, once more with a new session where the login did not come to
    /// the PIN.
    private mutating func session(
        _ module: Module, _ slot: Slot, pin: borrowing Pin, isReadWrite: Bool
    ) throws(CryptokiError) -> Session {
        var isFirst = true
        while true {
            let session = try run { () throws(CryptokiError) in
                try Session(module, slot: slot.id, readWrite: isReadWrite)
            }
            guard slot.token.requiresLogin else { return session }
            guard !pin.isEmpty else {
                throw CryptokiError.notFound(
                    what: "a PIN for token '\(slot.token.label)'",
                    instead: "the token requires a login: add '&pin-source=env:NAME', "
                        + "'file:/path' or 'prompt'")
            }
            do throws(CryptokiError) {
                try session.login(pin: pin)
                return session
            } catch {
                guard error.isUntriedLogin, isFirst, pause() else { throw error }
                isFirst = false
            }
        }
    }
}

/// What a module and a token say of themselves.
package struct AnchorIdentity: Codable, Equatable, Sendable {
    /// `CK_INFO`.
    package let module: ModuleInfo
    /// `CK_TOKEN_INFO`.
    package let token: TokenInfo
}
