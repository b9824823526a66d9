import CCryptoki

/// A slot of a module with the token in it.
package struct Slot: Sendable {
    /// `CK_SLOT_ID`; SoftHSM2 draws it at random, so choose by label.
    package let id: UInt
    /// The token in the slot.
    package let token: TokenInfo
}

extension Module {
    /// The slots that hold a token (`C_GetSlotList`, `C_GetTokenInfo`).
    package func slotsWithToken() throws(CryptokiError) -> [Slot] {
        var slots: [Slot] = []
        for id in try slotIdentifiers() { slots.append(Slot(id: id, token: try token(in: id))) }
        return slots
    }

    /// The one slot whose token has this label, or the only token there is where none is named.
    ///
    /// - Throws: `CryptokiError.notFound` with the labels that there are.
    package func slot(tokenLabel: String?) throws(CryptokiError) -> Slot {
        let slots = try slotsWithToken().filter { $0.token.isInitialized }
        let labels = slots.map { "'\($0.token.label)'" }.joined(separator: ", ")
        let present = slots.isEmpty ? "no initialised token is present" : "present: \(labels)"
        guard let tokenLabel else {
            guard slots.count == 1, let only = slots.first else {
                let instead =
                    slots.isEmpty ? present : "\(present); name one with token= in the URI"
                throw CryptokiError.notFound(what: "a single token in '\(path)'", instead: instead)
            }
            return only
        }
        let matching = slots.filter { $0.token.label == tokenLabel }
        guard let slot = matching.first else {
            throw CryptokiError.notFound(
                what: "token '\(tokenLabel)' in '\(path)'", instead: present)
        }
        guard matching.count == 1 else {
            let instead = "\(matching.count) tokens bear this label, which must name one"
            throw CryptokiError.notFound(what: "a single token '\(tokenLabel)'", instead: instead)
        }
        return slot
    }

    /// The mechanisms of a slot (`C_GetMechanismList`).
    package func mechanisms(of slot: UInt) throws(CryptokiError) -> [MechanismType] {
        let call = unsafe try member(functions.pointee.C_GetMechanismList, "C_GetMechanismList")
        var count: UInt = 0
        try check("C_GetMechanismList", unsafe call(slot, nil, &count))
        var types = [UInt](repeating: 0, count: Int(count))
        try check("C_GetMechanismList", unsafe call(slot, &types, &count))
        return types.prefix(Int(count)).map(MechanismType.init(rawValue:))
    }

    private func slotIdentifiers() throws(CryptokiError) -> [UInt] {
        let call = unsafe try member(functions.pointee.C_GetSlotList, "C_GetSlotList")
        var count: UInt = 0
        let present = CK_BBOOL(CK_TRUE)
        try check("C_GetSlotList", unsafe call(present, nil, &count))
        var ids = [UInt](repeating: 0, count: Int(count))
        try check("C_GetSlotList", unsafe call(present, &ids, &count))
        return Array(ids.prefix(Int(count)))
    }

    private func token(in slot: UInt) throws(CryptokiError) -> TokenInfo {
        var info = CK_TOKEN_INFO()
        let call = unsafe try member(functions.pointee.C_GetTokenInfo, "C_GetTokenInfo")
        try check("C_GetTokenInfo", unsafe call(slot, &info))
        return TokenInfo(info)
    }
}
