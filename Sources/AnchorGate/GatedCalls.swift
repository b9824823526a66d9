import CCryptoki
import GateState

/// The functions that ask the gate; all others are the wrapped module's own.
extension Gate {
    /// Puts the gate's functions into a list of the wrapped module's; what the module does not
    /// have, the gate has not either.
    static func fillGated(_ list: inout CK_FUNCTION_LIST) {
        list.C_GetFunctionList = { getFunctionList($0) }
        list.C_Initialize = { Gate.initialize($0) }
        list.C_Finalize = { Gate.finalize($0) }
        fillSessions(&list)
        fillDecryption(&list)
        fillEncryption(&list)
        fillSigning(&list)
        fillKeys(&list)
        fillCombined(&list)
    }

    /// Begins an operation, or is one by itself.
    ///
    /// - Parameters:
    ///   - kind: which operation it begins; nil where it is over with the call.
    ///   - bytes: what it is given at once; asked for only where bytes are charged, or canaries
    ///     are looked for.
    ///   - ciphertext: so many bytes that it is to open; nil where it opens none.
    ///   - call: hands it to the wrapped module for a session.
    @inline(__always)
    static func begin(
        _ function: GateFunction, _ kind: OperationTable.Kind?, _ session: CK_SESSION_HANDLE,
        bytes: @autoclosure () -> CK_ULONG = 0,
        opening ciphertext: UnsafeMutablePointer<CK_BYTE>? = nil,
        _ call: (CK_SESSION_HANDLE) -> CK_RV?
    ) -> CK_RV {
        guarded(call) { guardian in
            let given = guardian.operations == nil ? 0 : bytes()
            if let refusal = guardian.charge(function, bytes: given) { return refusal }
            // What is over with the call is in flight; what begins an operation does no work yet.
            guard let kind else {
                if let refusal = guardian.enter(function) { return refusal }
                defer { guardian.leave() }
                if guardian.hasCanaries, let ciphertext {
                    guardian.lookForCanaries(in: ciphertext, bytes())
                }
                return call(session) ?? CKR_FUNCTION_NOT_SUPPORTED
            }
            let code = call(session) ?? CKR_FUNCTION_NOT_SUPPORTED
            if code == CKR_OK, let operations = guardian.operations {
                operations.begin(kind, session, charged: 1)
            }
            return code
        }
    }

    /// What a call does with the operation that it goes on with.
    enum Step {
        /// It gives the operation all that it gets, and ends it.
        case whole
        /// It gives the operation a part.
        case part
        /// It ends the operation and gives it nothing.
        case end
    }

    /// Goes on with an operation.
    ///
    /// A size query, which has no place for a result, is not charged. A call that is refused ends
    /// the operation in the wrapped module as well.
    ///
    /// - Parameters:
    ///   - bytes: what it is given.
    ///   - asksSize: whether it only asks how long the result is.
    ///   - ciphertext: what it is given, where that is to be opened.
    ///   - call: hands it to the wrapped module for a session.
    @inline(__always)
    static func goOn(
        _ function: GateFunction, _ kind: OperationTable.Kind, _ step: Step,
        _ session: CK_SESSION_HANDLE, bytes: CK_ULONG, asksSize: Bool,
        opening ciphertext: UnsafeMutablePointer<CK_BYTE>? = nil,
        _ call: (CK_SESSION_HANDLE) -> CK_RV?
    ) -> CK_RV {
        guarded(call) { guardian in
            let refusal =
                asksSize
                ? guardian.refusal(function)
                : guardian.charge(function, kind, of: session, bytes: bytes)
            if let refusal = refusal ?? guardian.enter(function) {
                return abandon(kind, session, guardian, refusal)
            }
            if guardian.hasCanaries, !asksSize, let ciphertext {
                guardian.lookForCanaries(in: ciphertext, bytes)
            }
            let code = call(session) ?? CKR_FUNCTION_NOT_SUPPORTED
            guardian.leave()
            if let operations = guardian.operations, !asksSize, code != CKR_BUFFER_TOO_SMALL {
                if step == .part, code == CKR_OK {
                    operations.advance(kind, session, bytes: bytes)
                } else {
                    operations.end(kind, session)
                }
            }
            return code
        }
    }

    /// Ends an operation that is refused, with a code.
    static func abandon(
        _ kind: OperationTable.Kind, _ session: CK_SESSION_HANDLE, _ guardian: Guardian,
        _ refusal: CK_RV
    ) -> CK_RV {
        abandon(kind, session)
        guardian.operations?.end(kind, session)
        return refusal
    }

    /// Does something with the operations that are charged by bytes, where they are.
    private static func withOperations(_ body: (OperationTable) -> Void) {
        _ = guarded({ _ in CKR_OK }) { guardian in
            if let operations = guardian.operations { body(operations) }
            return CKR_OK
        }
    }

    private static func fillSessions(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_CloseSession != nil {
            list.C_CloseSession = { session in
                let code = Gate.wrapped.C_CloseSession?(session) ?? CKR_FUNCTION_NOT_SUPPORTED
                guard code == CKR_OK else { return code }
                Gate.withOperations { $0.close(session) }
                return code
            }
        }
        if Gate.wrapped.C_SetOperationState != nil {
            list.C_SetOperationState = { session, state, length, cipherKey, macKey in
                let code = Gate.begin(.resume, nil, session) {
                    Gate.wrapped.C_SetOperationState?($0, state, length, cipherKey, macKey)
                }
                guard code == CKR_OK else { return code }
                // Nobody knows how far what goes on here had got: it is charged anew.
                Gate.withOperations { operations in
                    for kind in OperationTable.Kind.allCases {
                        operations.begin(kind, session, charged: 0)
                    }
                }
                return code
            }
        }
    }

    private static func fillDecryption(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_DecryptInit != nil {
            list.C_DecryptInit = { session, mechanism, key in
                Gate.begin(.decrypt, .decrypt, session) {
                    Gate.wrapped.C_DecryptInit?($0, mechanism, key)
                }
            }
        }
        if Gate.wrapped.C_Decrypt != nil {
            list.C_Decrypt = { session, data, length, result, resultLength in
                Gate.goOn(
                    .decrypt, .decrypt, .whole, session, bytes: length, asksSize: result == nil,
                    opening: data
                ) {
                    Gate.wrapped.C_Decrypt?($0, data, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_DecryptUpdate != nil {
            list.C_DecryptUpdate = { session, part, length, result, resultLength in
                Gate.goOn(
                    .decrypt, .decrypt, .part, session, bytes: length, asksSize: result == nil,
                    opening: part
                ) {
                    Gate.wrapped.C_DecryptUpdate?($0, part, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_DecryptFinal != nil {
            list.C_DecryptFinal = { session, result, resultLength in
                Gate.goOn(.decrypt, .decrypt, .end, session, bytes: 0, asksSize: result == nil) {
                    Gate.wrapped.C_DecryptFinal?($0, result, resultLength)
                }
            }
        }
    }

    private static func fillSigning(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_SignInit != nil {
            list.C_SignInit = { session, mechanism, key in
                Gate.begin(.sign, .sign, session) {
                    Gate.wrapped.C_SignInit?($0, mechanism, key)
                }
            }
        }
        if Gate.wrapped.C_Sign != nil {
            list.C_Sign = { session, data, length, result, resultLength in
                Gate.goOn(.sign, .sign, .whole, session, bytes: length, asksSize: result == nil) {
                    Gate.wrapped.C_Sign?($0, data, length, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_SignUpdate != nil {
            list.C_SignUpdate = { session, part, length in
                Gate.goOn(.sign, .sign, .part, session, bytes: length, asksSize: false) {
                    Gate.wrapped.C_SignUpdate?($0, part, length)
                }
            }
        }
        if Gate.wrapped.C_SignFinal != nil {
            list.C_SignFinal = { session, result, resultLength in
                Gate.goOn(.sign, .sign, .end, session, bytes: 0, asksSize: result == nil) {
                    Gate.wrapped.C_SignFinal?($0, result, resultLength)
                }
            }
        }
        if Gate.wrapped.C_SignRecoverInit != nil {
            list.C_SignRecoverInit = { session, mechanism, key in
                Gate.begin(.sign, .signRecover, session) {
                    Gate.wrapped.C_SignRecoverInit?($0, mechanism, key)
                }
            }
        }
        if Gate.wrapped.C_SignRecover != nil {
            list.C_SignRecover = { session, data, length, result, resultLength in
                Gate.goOn(
                    .sign, .signRecover, .whole, session, bytes: length, asksSize: result == nil
                ) {
                    Gate.wrapped.C_SignRecover?($0, data, length, result, resultLength)
                }
            }
        }
    }

    private static func fillKeys(_ list: inout CK_FUNCTION_LIST) {
        if Gate.wrapped.C_UnwrapKey != nil {
            list.C_UnwrapKey = { session, mechanism, with, data, length, template, count, key in
                Gate.begin(.unwrap, nil, session, bytes: length, opening: data) {
                    Gate.wrapped.C_UnwrapKey?(
                        $0, mechanism, with, data, length, template, count, key)
                }
            }
        }
        if Gate.wrapped.C_DeriveKey != nil {
            list.C_DeriveKey = { session, mechanism, base, template, count, key in
                Gate.begin(
                    .derive, nil, session, bytes: Gate.derivedBytes(mechanism, template, count)
                ) {
                    Gate.wrapped.C_DeriveKey?($0, mechanism, base, template, count, key)
                }
            }
        }
        if Gate.wrapped.C_WrapKey != nil {
            list.C_WrapKey = { session, mechanism, with, key, result, resultLength in
                Gate.withCopy(of: mechanism) { mechanism, takesSecretKey in
                    let wrap = { (session: CK_SESSION_HANDLE) in
                        Gate.wrapped.C_WrapKey?(
                            session, mechanism, with, key, result, resultLength)
                    }
                    return Gate.guarded(wrap) { guardian in
                        guard result != nil, takesSecretKey, guardian.chargesEncryption else {
                            return guardian.refusal(.wrap) ?? wrap(session)
                                ?? CKR_FUNCTION_NOT_SUPPORTED
                        }
                        var length: CK_ULONG = 0
                        if guardian.operations != nil {
                            _ = Gate.wrapped.C_WrapKey?(
                                session, mechanism, with, key, nil, &length)
                        }
                        return Gate.begin(.wrap, nil, session, bytes: length, wrap)
                    }
                }
            }
        }
    }
}
