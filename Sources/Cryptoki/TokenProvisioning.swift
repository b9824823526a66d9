import CCryptoki

extension Module {
    /// Initialises a token in the first slot that holds an uninitialised one, and sets its PIN.
    ///
    /// `C_InitToken`, then `C_InitPIN` as security officer. Refuses a module that has no
    /// uninitialised token: nothing that exists is ever overwritten.
    ///
    /// - Returns: the slot that the token is in afterwards, which may be another one.
    package func provisionToken(
        label: String, securityOfficerPin: borrowing Pin, userPin: borrowing Pin
    ) throws(CryptokiError) -> Slot {
        guard let blank = try slotsWithToken().first(where: { !$0.token.isInitialized }) else {
            throw CryptokiError.notFound(
                what: "an uninitialised token in '\(path)'", instead: "every slot is in use")
        }
        let initToken = unsafe try member(functions.pointee.C_InitToken, "C_InitToken")
        // The standard wants the label blank-padded to 32 bytes and not terminated.
        var padded = Array(label.utf8.prefix(32))
        padded += [UInt8](repeating: 0x20, count: 32 - padded.count)
        let code = unsafe securityOfficerPin.withBytes { pin, length in
            unsafe initToken(blank.id, pin, length, &padded)
        }
        try check("C_InitToken", code)
        let slot = try slot(tokenLabel: label)
        let session = try Session(self, slot: slot.id, readWrite: true)
        try session.login(.securityOfficer, pin: securityOfficerPin)
        try session.setUserPin(userPin)
        try session.logout()
        return slot
    }
}

extension Session {
    fileprivate func setUserPin(_ pin: borrowing Pin) throws(CryptokiError) {
        let initPin = unsafe try module.member(module.functions.pointee.C_InitPIN, "C_InitPIN")
        try check("C_InitPIN", unsafe pin.withBytes { unsafe initPin(handle, $0, $1) })
    }
}
