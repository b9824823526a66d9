import CCryptoki

/// A slot of a module with the token in it.
package struct Slot: Sendable {
    /// `CK_SLOT_ID`; SoftHSM2 draws it at random, so choose by label.
    package let id: UInt
    /// What the slot calls itself.
    package let description: String
    /// Who made the slot.
    package let manufacturer: String
    /// The token in the slot.
    package let token: TokenInfo
}

extension Module {
    /// The slots that hold a token (`C_GetSlotList`, `C_GetSlotInfo`, `C_GetTokenInfo`).
    package func slotsWithToken() throws(CryptokiError) -> [Slot] {
        var slots: [Slot] = []
        for id in try slotIdentifiers() { slots.append(try slot(id)) }
        return slots
    }

    /// The one slot whose token has this label, or the only token there is where none is named.
    ///
    /// - Throws: `CryptokiError.notFound` with the labels that there are.
    package func slot(tokenLabel: String?) throws(CryptokiError) -> Slot {
        try slot(matching: TokenMatch(label: tokenLabel))
    }

    /// The one slot that is meant, with an initialised token.
    ///
    /// - Throws: `CryptokiError.notFound` with what there is, or with the attribute that would
    ///   decide between several.
    package func slot(matching match: TokenMatch) throws(CryptokiError) -> Slot {
        let library = try info()
        guard match.fits(library) else {
            let asked = match.attributes.filter { library.value(of: $0) != nil }
            let wanted = asked.map { "\($0.rawValue) '\(match[$0] ?? "")'" }
            let found = asked.map { "\($0.rawValue) '\(library.value(of: $0) ?? "")'" }
            throw CryptokiError.notFound(
                what: "a library with \(wanted.joined(separator: ", ")) at '\(path)'",
                instead: "this one has \(found.joined(separator: ", "))")
        }
        let all = try slotsWithToken()
        let slots = all.filter { $0.token.isInitialized }
        let fitting = slots.filter { match.fits($0) }
        if fitting.count == 1 { return fitting[0] }
        let asked = match.attributes.filter { $0 != .token && library.value(of: $0) == nil }
        func list(_ slots: [Slot]) -> String {
            slots.map { $0.words(telling: asked) }.joined(separator: ", ")
        }
        guard fitting.isEmpty else {
            let deciding = TokenAttribute.deciding(between: fitting).rawValue
            let single = match[.token] == nil ? "" : "a single "
            throw CryptokiError.notFound(
                what: "\(single)\(match.words(article: "a single")) in '\(path)'",
                instead: "present: \(list(fitting)); name one with \(deciding)= in the URI")
        }
        throw CryptokiError.notFound(
            what: "\(match.words(article: "a")) in '\(path)'",
            instead: slots.isEmpty ? Self.nothing(among: all) : "present: \(list(slots))")
    }

    /// What to do where no token can be used.
    private static func nothing(among slots: [Slot]) -> String {
        slots.isEmpty
            ? "the module shows no token; is its device or daemon there, and its configuration "
                + "found?"
            : "no token is initialised; do that with the vendor's own tool first (its label, and a "
                + "user PIN)"
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

    private func slot(_ id: UInt) throws(CryptokiError) -> Slot {
        var info = CK_SLOT_INFO()
        let call = unsafe try member(functions.pointee.C_GetSlotInfo, "C_GetSlotInfo")
        try check("C_GetSlotInfo", unsafe call(id, &info))
        return Slot(
            id: id, description: paddedText(info.slotDescription),
            manufacturer: paddedText(info.manufacturerID), token: try token(in: id))
    }

    private func token(in slot: UInt) throws(CryptokiError) -> TokenInfo {
        var info = CK_TOKEN_INFO()
        let call = unsafe try member(functions.pointee.C_GetTokenInfo, "C_GetTokenInfo")
        try check("C_GetTokenInfo", unsafe call(slot, &info))
        return TokenInfo(info)
    }
}

extension Slot {
    /// The token's label with those attributes that were asked for.
    fileprivate func words(telling attributes: [TokenAttribute]) -> String {
        let others = attributes.map { "\($0.rawValue) '\(value(of: $0) ?? "")'" }
        return "'\(token.label)'" + (others.isEmpty ? "" : " (\(others.joined(separator: ", ")))")
    }
}

extension TokenAttribute {
    /// The attribute, the most telling first, in which no two of the slots are alike.
    fileprivate static func deciding(between slots: [Slot]) -> TokenAttribute {
        let telling: [TokenAttribute] = [.token, .serial, .model, .manufacturer, .slotDescription]
        return telling.first { attribute in
            Set(slots.map { $0.value(of: attribute) }).count == slots.count
        } ?? .slotID
    }
}
