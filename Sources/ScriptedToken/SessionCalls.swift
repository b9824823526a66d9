import CCryptoki

/// The calls about sessions and the login that they share.
extension FunctionList {
    static func fillSessions(_ list: inout CK_FUNCTION_LIST) {
        list.C_OpenSession = { slot, flags, _, _, handle in
            answer(.openSession) { token throws(Refusal) in
                try token.openSession(slot, flags, handle)
            }
        }
        list.C_CloseSession = { handle in
            answer { token throws(Refusal) in try token.closeSession(handle) }
        }
        list.C_CloseAllSessions = { slot in
            answer { token throws(Refusal) in
                try token.check(slot: slot)
                token.contents.withLock { token.closeAllSessions(&$0) }
            }
        }
        list.C_GetSessionInfo = { handle, info in
            answer { token throws(Refusal) in try token.sessionInfo(handle, info) }
        }
        list.C_Login = { handle, user, pin, length in
            answer(.login) { token throws(Refusal) in try token.logIn(handle, user, pin, length) }
        }
        list.C_Logout = { handle in
            answer { token throws(Refusal) in try token.logOut(handle) }
        }
    }
}

extension Token {
    func openSession(
        _ slot: CK_SLOT_ID, _ flags: CK_FLAGS, _ handle: UnsafeMutablePointer<CK_SESSION_HANDLE>?
    ) throws(Refusal) {
        try check(slot: slot)
        guard let handle else { throw Refusal(CKR_ARGUMENTS_BAD) }
        guard flags & CKF_SERIAL_SESSION != 0 else {
            throw Refusal(CKR_SESSION_PARALLEL_NOT_SUPPORTED)
        }
        let state: Session.State = flags & CKF_RW_SESSION != 0 ? .readWrite : .readOnly
        if state == .readOnly, let code = playback?.readOnlyRefusal { throw Refusal(code) }
        handle.pointee = try contents.withLock { contents throws(Refusal) in
            guard let opened = sessions.open(state, after: contents.lastSession) else {
                throw Refusal(CKR_SESSION_COUNT)
            }
            contents.lastSession = opened
            contents.openSessions += 1
            return opened
        }
    }

    func closeSession(_ handle: CK_SESSION_HANDLE) throws(Refusal) {
        try contents.withLock { contents throws(Refusal) in
            _ = try sessions.find(handle)
            close(handle, &contents)
        }
    }

    func closeAllSessions(_ contents: inout TokenContents) {
        for handle in sessions.open { close(handle, &contents) }
    }

    /// Closes a session with its search and its objects; the last one logs out.
    private func close(_ handle: CK_SESSION_HANDLE, _ contents: inout TokenContents) {
        sessions.close(handle)
        contents.searches[handle] = nil
        contents.remove(keys) { $0.owner == handle }
        contents.openSessions -= 1
        if contents.openSessions == 0 { loggedIn = false }
    }

    func sessionInfo(
        _ handle: CK_SESSION_HANDLE, _ info: UnsafeMutablePointer<CK_SESSION_INFO>?
    ) throws(Refusal) {
        let session = try sessions.find(handle)
        guard let info else { throw Refusal(CKR_ARGUMENTS_BAD) }
        let writes = session.pointee.state.load(ordering: .acquiring) == .readWrite
        let state =
            switch (writes, loggedIn) {
            case (false, false): CKS_RO_PUBLIC_SESSION
            case (false, true): CKS_RO_USER_FUNCTIONS
            case (true, false): CKS_RW_PUBLIC_SESSION
            case (true, true): CKS_RW_USER_FUNCTIONS
            }
        info.pointee = CK_SESSION_INFO(
            slotID: Self.slotID, state: state,
            flags: CKF_SERIAL_SESSION | (writes ? CKF_RW_SESSION : 0), ulDeviceError: 0)
    }

    /// Logs the user in. A wrong PIN may be tried as often as one likes: this token never locks.
    func logIn(
        _ handle: CK_SESSION_HANDLE, _ user: CK_USER_TYPE, _ pin: UnsafeMutablePointer<UInt8>?,
        _ length: CK_ULONG
    ) throws(Refusal) {
        _ = try sessions.find(handle)
        playback?.delayLogin()
        guard user != CKU_CONTEXT_SPECIFIC else { throw Refusal(CKR_OPERATION_NOT_INITIALIZED) }
        guard user == CKU_USER else { throw Refusal(CKR_USER_TYPE_INVALID) }
        guard let pin else { throw Refusal(CKR_ARGUMENTS_BAD) }
        guard length <= 255 else { throw Refusal(CKR_PIN_LEN_RANGE) }
        let given = Array(UnsafeBufferPointer(start: pin, count: Int(length)))
        try contents.withLock { contents throws(Refusal) in
            guard !loggedIn else { throw Refusal(CKR_USER_ALREADY_LOGGED_IN) }
            guard given == contents.script.pin else { throw Refusal(CKR_PIN_INCORRECT) }
            loggedIn = true
        }
    }

    /// Logs the user out; private session objects go with the login.
    func logOut(_ handle: CK_SESSION_HANDLE) throws(Refusal) {
        _ = try sessions.find(handle)
        try contents.withLock { contents throws(Refusal) in
            guard loggedIn else { throw Refusal(CKR_USER_NOT_LOGGED_IN) }
            loggedIn = false
            contents.remove(keys) { $0.isPrivate && $0.owner != nil }
        }
    }
}
