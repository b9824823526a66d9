import CCryptoki

/// The calls about the slot, its token and its mechanisms.
extension FunctionList {
    static func fillSlots(_ list: inout CK_FUNCTION_LIST) {
        list.C_GetSlotList = { _, slots, count in
            answer(.getSlotList) { _ throws(Refusal) in
                try give([Token.slotID], slots, count)
            }
        }
        list.C_GetSlotInfo = { slot, info in
            answer { token throws(Refusal) in try token.slotInfo(slot, info) }
        }
        list.C_GetTokenInfo = { slot, info in
            answer(.getTokenInfo) { token throws(Refusal) in try token.tokenInfo(slot, info) }
        }
        list.C_GetMechanismList = { slot, types, count in
            answer { token throws(Refusal) in
                try token.check(slot: slot)
                let present = Mechanism.all.map(\.type).filter {
                    token.playback?.has($0) ?? true
                }
                try give(present, types, count)
            }
        }
        list.C_GetMechanismInfo = { slot, type, info in
            answer { token throws(Refusal) in
                try token.check(slot: slot)
                guard let info else { throw Refusal(CKR_ARGUMENTS_BAD) }
                try token.check(type)
                guard let mechanism = Mechanism.all.first(where: { $0.type == type }) else {
                    throw Refusal(CKR_MECHANISM_INVALID)
                }
                info.pointee = mechanism.info
            }
        }
    }
}

extension Token {
    /// Refuses every slot but the one.
    func check(slot: CK_SLOT_ID) throws(Refusal) {
        guard slot == Self.slotID else { throw Refusal(CKR_SLOT_ID_INVALID) }
    }

    func slotInfo(
        _ slot: CK_SLOT_ID, _ info: UnsafeMutablePointer<CK_SLOT_INFO>?
    ) throws(Refusal) {
        try check(slot: slot)
        guard let info else { throw Refusal(CKR_ARGUMENTS_BAD) }
        info.pointee = CK_SLOT_INFO()
        pad(&info.pointee.slotDescription, with: "Scripted slot")
        pad(&info.pointee.manufacturerID, with: "anchorbench")
        info.pointee.flags = CKF_TOKEN_PRESENT
    }

    func tokenInfo(
        _ slot: CK_SLOT_ID, _ info: UnsafeMutablePointer<CK_TOKEN_INFO>?
    ) throws(Refusal) {
        try check(slot: slot)
        guard let info else { throw Refusal(CKR_ARGUMENTS_BAD) }
        info.pointee = CK_TOKEN_INFO()
        pad(&info.pointee.label, with: contents.withLock { $0.script.label })
        pad(&info.pointee.manufacturerID, with: "anchorbench")
        pad(&info.pointee.model, with: "scripted")
        pad(&info.pointee.serialNumber, with: "1")
        pad(&info.pointee.utcTime, with: "")
        info.pointee.flags =
            CKF_RNG | CKF_LOGIN_REQUIRED | CKF_USER_PIN_INITIALIZED | CKF_TOKEN_INITIALIZED
        info.pointee.ulMaxSessionCount = CK_ULONG(SessionTable.capacity)
        info.pointee.ulMaxRwSessionCount = CK_ULONG(SessionTable.capacity)
        info.pointee.ulSessionCount = CK_ULONG(sessions.open.count)
        info.pointee.ulRwSessionCount = CK_ULONG(sessions.readWriteCount)
        info.pointee.ulMaxPinLen = 255
        info.pointee.ulMinPinLen = 1
        let unavailable = CK_ULONG.max
        info.pointee.ulTotalPublicMemory = unavailable
        info.pointee.ulFreePublicMemory = unavailable
        info.pointee.ulTotalPrivateMemory = unavailable
        info.pointee.ulFreePrivateMemory = unavailable
    }
}

/// Answers a call for a list: its length alone where there is no array, `CKR_BUFFER_TOO_SMALL`
/// where the array is too short.
func give<Element>(
    _ elements: [Element], _ target: UnsafeMutablePointer<Element>?,
    _ count: UnsafeMutablePointer<CK_ULONG>?
) throws(Refusal) {
    guard let count else { throw Refusal(CKR_ARGUMENTS_BAD) }
    let capacity = count.pointee
    count.pointee = CK_ULONG(elements.count)
    guard let target else { return }
    guard capacity >= CK_ULONG(elements.count) else { throw Refusal(CKR_BUFFER_TOO_SMALL) }
    for (index, element) in elements.enumerated() { target[index] = element }
}
