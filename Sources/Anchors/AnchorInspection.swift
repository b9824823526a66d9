import Cryptoki

/// What `doctor` finds on an anchor, in plain values that can leave the process that found them.
package struct AnchorInspection: Codable, Equatable, Sendable {
    /// The library's path.
    package let modulePath: String
    /// `CK_INFO`.
    package let module: ModuleInfo
    /// Every slot with a token.
    package let slots: [SlotSummary]
    /// The token that the anchor names; nil where none or several could be meant.
    package let chosenToken: String?
    /// The slot that it is in.
    package let chosenSlot: UInt?
    /// Names of the mechanisms of the chosen token.
    package let mechanisms: [String]
    /// Which of the mechanisms that can be measured the token has.
    package let usable: [RecordMechanism]
    /// The AES keys and RSA private keys that the login shows.
    package let keys: [KeyPolicy]
    /// Whether there was a session to look at the keys with, and a login where the token wants one.
    package let hasLookedAtKeys: Bool
    /// What a read-only session was refused with, where a read-write one was not.
    package let readOnlyRefusal: ReturnCode?
    /// What could not be looked at, in sentences.
    package let problems: [String]

    /// A slot with its token.
    package struct SlotSummary: Codable, Equatable, Sendable {
        /// `CK_SLOT_ID`.
        package let id: UInt
        /// The token.
        package let token: TokenInfo
    }

    /// Looks at a module: without a PIN as far as one can see without.
    ///
    /// - Throws: `CryptokiError` where not even the slots can be listed.
    package static func inspect(
        modulePath: String, initialize: String? = nil, token: TokenMatch, key: KeyMatch,
        pin: borrowing Pin
    ) throws(CryptokiError) -> AnchorInspection {
        let turn = OpeningTurn(modulePath: modulePath)
        let module = try Module(path: modulePath, initialize: initialize)
        var patience = Patience()
        let slots = try patience.run { () throws(CryptokiError) in
            try module.slotsWithToken().map { SlotSummary(id: $0.id, token: $0.token) }
        }
        var problems: [String] = []
        var (chosen, mechanisms, keys): (Slot?, [MechanismType], [KeyPolicy]?) = (nil, [], nil)
        var readOnlyRefusal: ReturnCode?
        do {
            let slot = try module.slot(matching: token)
            chosen = slot
            mechanisms = try module.mechanisms(of: slot.id)
            let session = try patience.session(module, slot: slot.id, &readOnlyRefusal)
            if slot.token.requiresLogin, pin.isEmpty {
                problems.append(
                    "no pin-source was given, so private keys are not seen: add "
                        + "'&pin-source=env:NAME' to the URI")
            } else if slot.token.requiresLogin {
                try session.login(pin: pin)
            }
            keys = try session.keyPolicies(matching: key)
        } catch {
            problems.append(error.advice)
        }
        _ = consume turn
        return AnchorInspection(
            modulePath: modulePath, module: try module.info(), slots: slots,
            chosenToken: chosen?.token.label, chosenSlot: chosen?.id,
            mechanisms: mechanisms.map(\.description),
            usable: RecordMechanism.allCases.filter { mechanisms.contains($0.type) },
            keys: keys ?? [], hasLookedAtKeys: keys != nil, readOnlyRefusal: readOnlyRefusal,
            problems: problems)
    }
}

extension Patience {
    /// Opens a read-only session, or a read-write one, with which nothing is written either, where
    /// the token refuses that.
    ///
    /// - Parameter refusal: set to what the token answered to the first.
    /// - Throws: the first refusal where it refuses both.
    fileprivate mutating func session(
        _ module: Module, slot: UInt, _ refusal: inout ReturnCode?
    ) throws(CryptokiError) -> Session {
        let first: CryptokiError
        do throws(CryptokiError) {
            return try run { () throws(CryptokiError) in try Session(module, slot: slot) }
        } catch {
            first = error
        }
        do throws(CryptokiError) {
            let session = try Session(module, slot: slot, readWrite: true)
            refusal = first.answer?.code
            return session
        } catch {
            throw first
        }
    }
}
