import CCryptoki

/// An open session; closing it is the end of the value.
///
/// It may move to a thread but is never shared by two: PKCS#11 allows one operation a session.
package struct Session: ~Copyable {
    package let module: Module
    let handle: UInt
    private let slot: UInt
    private let isReadWrite: Bool

    /// `C_OpenSession` on a slot.
    package init(_ module: Module, slot: UInt, readWrite: Bool = false) throws(CryptokiError) {
        self.module = module
        let open = unsafe try module.member(
            module.functions.pointee.C_OpenSession, "C_OpenSession")
        let flags = CK_FLAGS(CKF_SERIAL_SESSION) | (readWrite ? CK_FLAGS(CKF_RW_SESSION) : 0)
        var handle: UInt = 0
        try check("C_OpenSession", unsafe open(slot, flags, nil, nil, &handle))
        self.handle = handle
        self.slot = slot
        isReadWrite = readWrite
    }

    /// A fresh session in place of this one, in which no operation is active.
    ///
    /// - Throws: `CryptokiError.call` where the module opens none; this one stays then.
    func renewed() throws(CryptokiError) -> Session {
        try Session(module, slot: slot, readWrite: isReadWrite)
    }

    deinit {
        _ = unsafe module.functions.pointee.C_CloseSession?(handle)
    }

    /// `C_Login`, tried once: a token may lock after a few wrong PINs.
    ///
    /// Someone already logged in is success: the state belongs to the whole process.
    ///
    /// - Throws: `CryptokiError.pinRefused`, or `.call` for any other refusal.
    package func login(_ role: Role = .user, pin: borrowing Pin) throws(CryptokiError) {
        let login = unsafe try module.member(module.functions.pointee.C_Login, "C_Login")
        let code = unsafe pin.withBytes { unsafe login(handle, role.type, $0, $1) }
        switch ReturnCode(rawValue: code) {
        case .ok, .userAlreadyLoggedIn: return
        case .pinIncorrect, .pinLocked:
            throw CryptokiError.pinRefused(code: ReturnCode(rawValue: code))
        default: try check("C_Login", code)
        }
    }

    /// `C_Logout`.
    package func logout() throws(CryptokiError) {
        let logout = unsafe try module.member(module.functions.pointee.C_Logout, "C_Logout")
        try check("C_Logout", logout(handle))
    }
}

/// Who logs in.
package enum Role: Sendable {
    /// The security officer, who initialises a token.
    case securityOfficer
    /// The user, who uses keys.
    case user

    var type: UInt {
        switch self {
        case .securityOfficer: UInt(CKU_SO)
        case .user: UInt(CKU_USER)
        }
    }
}
