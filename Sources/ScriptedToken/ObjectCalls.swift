import CCryptoki

/// The calls that make, find, read and destroy objects.
extension FunctionList {
    static func fillObjects(_ list: inout CK_FUNCTION_LIST) {
        list.C_CreateObject = { session, template, count, handle in
            answer(.createObject) { token throws(Refusal) in
                _ = try token.sessions.find(session)
                guard let handle else { throw Refusal(CKR_ARGUMENTS_BAD) }
                let attributes = try ObjectMaking.created(try Attributes(template, count))
                handle.pointee = try token.store(attributes, session)
            }
        }
        list.C_DestroyObject = { session, handle in
            answer(.destroyObject) { token throws(Refusal) in
                try token.destroyObject(session, handle)
            }
        }
        list.C_GetAttributeValue = { session, handle, template, count in
            answer(.getAttributeValue) { token throws(Refusal) in
                _ = try token.sessions.find(session)
                let object = try token.object(handle)
                guard let template else { throw Refusal(CKR_ARGUMENTS_BAD) }
                try object.read(UnsafeMutableBufferPointer(start: template, count: Int(count)))
            }
        }
        list.C_FindObjectsInit = { session, template, count in
            answer(.findObjectsInit) { token throws(Refusal) in
                try token.beginSearch(session, try Attributes(template, count))
            }
        }
        list.C_FindObjects = { session, handles, max, count in
            answer { token throws(Refusal) in
                guard let handles, let count else { throw Refusal(CKR_ARGUMENTS_BAD) }
                count.pointee = try token.continueSearch(session, handles, max)
            }
        }
        list.C_FindObjectsFinal = { session in
            answer { token throws(Refusal) in
                _ = try token.sessions.find(session)
                try token.contents.withLock { contents throws(Refusal) in
                    guard contents.searches.removeValue(forKey: session) != nil else {
                        throw Refusal(CKR_OPERATION_NOT_INITIALIZED)
                    }
                }
            }
        }
    }
}

extension Token {
    /// Stores a new object for a session.
    ///
    /// - Throws: `CKR_USER_NOT_LOGGED_IN` for a private one, `CKR_SESSION_READ_ONLY` for a token
    ///   object.
    func store(
        _ attributes: Attributes, _ session: CK_SESSION_HANDLE
    ) throws(Refusal) -> CK_OBJECT_HANDLE {
        let state = try sessions.find(session).pointee.state.load(ordering: .acquiring)
        let isTokenObject = attributes.flag(CKA_TOKEN)
        guard !isTokenObject || state == .readWrite else { throw Refusal(CKR_SESSION_READ_ONLY) }
        guard !attributes.flag(CKA_PRIVATE) || loggedIn else {
            throw Refusal(CKR_USER_NOT_LOGGED_IN)
        }
        let object = TokenObject(attributes: attributes, owner: isTokenObject ? nil : session)
        return try contents.withLock { contents throws(Refusal) in
            try contents.insert(object, keys)
        }
    }

    /// An object that the caller may see.
    ///
    /// - Throws: `CKR_OBJECT_HANDLE_INVALID`, also for a private object without a login.
    func object(_ handle: CK_OBJECT_HANDLE) throws(Refusal) -> TokenObject {
        guard let object = contents.withLock({ $0.objects[handle] }), isVisible(object) else {
            throw Refusal(CKR_OBJECT_HANDLE_INVALID)
        }
        return object
    }

    func destroyObject(
        _ session: CK_SESSION_HANDLE, _ handle: CK_OBJECT_HANDLE
    ) throws(Refusal) {
        let state = try sessions.find(session).pointee.state.load(ordering: .acquiring)
        let object = try object(handle)
        guard object.owner != nil || state == .readWrite else {
            throw Refusal(CKR_SESSION_READ_ONLY)
        }
        contents.withLock { $0.remove(handle, keys) }
    }

    /// Finds everything at once, in the order of the handles; `continueSearch` hands it out.
    func beginSearch(_ session: CK_SESSION_HANDLE, _ template: Attributes) throws(Refusal) {
        _ = try sessions.find(session)
        try contents.withLock { contents throws(Refusal) in
            guard contents.searches[session] == nil else { throw Refusal(CKR_OPERATION_ACTIVE) }
            let found = contents.objects.filter {
                isVisible($0.value) && template.matches($0.value.attributes)
            }
            contents.searches[session] = found.keys.sorted()[...]
        }
    }

    func continueSearch(
        _ session: CK_SESSION_HANDLE, _ handles: UnsafeMutablePointer<CK_OBJECT_HANDLE>,
        _ max: CK_ULONG
    ) throws(Refusal) -> CK_ULONG {
        _ = try sessions.find(session)
        let part = try contents.withLock { contents throws(Refusal) in
            guard let found = contents.searches[session] else {
                throw Refusal(CKR_OPERATION_NOT_INITIALIZED)
            }
            let part = found.prefix(Int(clamping: max))
            contents.searches[session] = found.dropFirst(part.count)
            return part
        }
        for (index, handle) in part.enumerated() { handles[index] = handle }
        return CK_ULONG(part.count)
    }

    private func isVisible(_ object: TokenObject) -> Bool {
        !object.isPrivate || loggedIn
    }
}

extension TokenObject {
    /// Reads into every entry of a template, whatever becomes of the others, as
    /// `C_GetAttributeValue` does: an entry that cannot be given has a length of
    /// `CK_UNAVAILABLE_INFORMATION`.
    ///
    /// - Throws: `CKR_ATTRIBUTE_SENSITIVE`, `CKR_ATTRIBUTE_TYPE_INVALID` or `CKR_BUFFER_TOO_SMALL`,
    ///   the last that applied.
    func read(_ template: UnsafeMutableBufferPointer<CK_ATTRIBUTE>) throws(Refusal) {
        var code = CKR_OK
        for index in template.indices {
            if let failure = read(&template[index]) {
                template[index].ulValueLen = CK_ULONG.max
                code = failure
            }
        }
        guard code == CKR_OK else { throw Refusal(code) }
    }

    private func read(_ entry: inout CK_ATTRIBUTE) -> CK_RV? {
        guard !keepsSecret(entry.type) else { return CKR_ATTRIBUTE_SENSITIVE }
        guard let value = attributes[entry.type] else { return CKR_ATTRIBUTE_TYPE_INVALID }
        if let target = entry.pValue {
            guard entry.ulValueLen >= CK_ULONG(value.count) else { return CKR_BUFFER_TOO_SMALL }
            target.copyMemory(from: value, byteCount: value.count)
        }
        entry.ulValueLen = CK_ULONG(value.count)
        return nil
    }
}
