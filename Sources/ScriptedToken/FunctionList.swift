import CCryptoki

/// The table of C functions that an application gets from `C_GetFunctionList`.
///
/// It is built once, on first use, and lives as long as the process. Every pointer is filled:
/// callers are entitled to call any of them.
enum FunctionList {
    nonisolated(unsafe) static let pointer: UnsafeMutablePointer<CK_FUNCTION_LIST> = {
        var list = CK_FUNCTION_LIST()
        list.version = CK_VERSION(major: 2, minor: 40)
        fillUnsupported(&list)
        fillUnsupportedMultipart(&list)
        fillGeneral(&list)
        fillSlots(&list)
        fillSessions(&list)
        fillObjects(&list)
        fillKeys(&list)
        fillCiphers(&list)
        fillWrapping(&list)
        fillSigning(&list)
        let pointer = UnsafeMutablePointer<CK_FUNCTION_LIST>.allocate(capacity: 1)
        pointer.initialize(to: list)
        return pointer
    }()
}

/// The one symbol that this library exports: where every other function is reached from.
///
/// C function: `C_GetFunctionList`. It may be called before `C_Initialize`.
@c(C_GetFunctionList)
public func getFunctionList(
    _ list: UnsafeMutablePointer<UnsafeMutablePointer<CK_FUNCTION_LIST>?>?
) -> CK_RV {
    guard let list else { return CKR_ARGUMENTS_BAD }
    list.pointee = FunctionList.pointer
    return CKR_OK
}

/// Runs a call that no script counts, and answers with its code.
@inline(__always)
func answer(_ body: (Token) throws(Refusal) -> Void) -> CK_RV {
    let token = Token.shared
    do throws(Refusal) {
        try token.admit()
        try body(token)
        return CKR_OK
    } catch {
        return error.code
    }
}

/// Runs a call that scripts count and may refuse, and answers with its code.
@inline(__always)
func answer(
    _ function: ScriptedFunction, _ body: (Token) throws(Refusal) -> Void
) -> CK_RV {
    let token = Token.shared
    do throws(Refusal) {
        _ = try token.admit(function)
        try body(token)
        return CKR_OK
    } catch {
        return error.code
    }
}

/// Runs a call that scripts may also delay and spoil, and answers with its code.
@inline(__always)
func answer(
    timed function: ScriptedFunction, _ body: (Token, Playback.Call?) throws(Refusal) -> Void
) -> CK_RV {
    let token = Token.shared
    do throws(Refusal) {
        let call = try token.admit(function)
        try body(token, call)
        return CKR_OK
    } catch {
        return error.code
    }
}
