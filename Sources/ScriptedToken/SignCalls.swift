import CCryptoki
import Glibc

/// The calls that make MACs in one part.
extension FunctionList {
    static func fillSigning(_ list: inout CK_FUNCTION_LIST) {
        list.C_SignInit = { session, mechanism, key in
            answer(.signInit) { token throws(Refusal) in
                try token.signInit(session, mechanism, key)
            }
        }
        list.C_Sign = { session, data, length, target, targetLength in
            let code = answer(timed: .sign) { token, call throws(Refusal) in
                try token.sign(session, data, length, target, targetLength, call)
            }
            // As with a cipher, any other answer ends the operation.
            let isGoingOn = code == CKR_BUFFER_TOO_SMALL || (code == CKR_OK && target == nil)
            if !isGoingOn { (try? Token.shared.sessions.find(session))?.pointee.isSigning = false }
            return code
        }
    }
}

extension Token {
    @inline(__always)
    func signInit(
        _ handle: CK_SESSION_HANDLE, _ mechanism: UnsafeMutablePointer<CK_MECHANISM>?,
        _ key: CK_OBJECT_HANDLE
    ) throws(Refusal) {
        let session = try sessions.find(handle)
        guard let mechanism else { throw Refusal(CKR_ARGUMENTS_BAD) }
        guard !session.pointee.isSigning else { throw Refusal(CKR_OPERATION_ACTIVE) }
        try check(mechanism.pointee.mechanism)
        let card = try usableKey(key)
        guard mechanism.pointee.mechanism == CKM_SHA256_HMAC else {
            throw Refusal(CKR_MECHANISM_INVALID)
        }
        guard mechanism.pointee.ulParameterLen == 0 else {
            throw Refusal(CKR_MECHANISM_PARAM_INVALID)
        }
        guard card.kind == .generic else { throw Refusal(CKR_KEY_TYPE_INCONSISTENT) }
        guard card.allows(.sign) else { throw Refusal(CKR_KEY_FUNCTION_NOT_PERMITTED) }
        session.pointee.isSigning = true
    }

    @inline(__always)
    func sign(
        _ handle: CK_SESSION_HANDLE, _ data: UnsafeMutablePointer<UInt8>?, _ length: CK_ULONG,
        _ mac: UnsafeMutablePointer<UInt8>?, _ macLength: UnsafeMutablePointer<CK_ULONG>?,
        _ call: Playback.Call?
    ) throws(Refusal) {
        let session = try sessions.find(handle)
        guard session.pointee.isSigning else { throw Refusal(CKR_OPERATION_NOT_INITIALIZED) }
        guard let macLength, data != nil || length == 0, length <= CK_ULONG(Int32.max) else {
            throw Refusal(CKR_ARGUMENTS_BAD)
        }
        let capacity = macLength.pointee
        macLength.pointee = CK_ULONG(FoldedMac.length)
        guard let mac else { return }
        guard capacity >= CK_ULONG(FoldedMac.length) else { throw Refusal(CKR_BUFFER_TOO_SMALL) }
        call?.serve()
        FoldedMac.write(UnsafeBufferPointer(start: data, count: Int(length)), to: mac)
        if let call { macLength.pointee = CK_ULONG(call.spoil(mac, length: FoldedMac.length)) }
    }
}

/// What stands for a MAC: the message folded to 32 bytes.
///
/// This is not cryptography, and no key takes part. Byte i is 0xA5, XOR every byte of the message
/// whose index is i modulo 32, XOR byte i of the message's length as a 64-bit number, lowest first.
enum FoldedMac {
    static let length = 32

    static func write(
        _ message: UnsafeBufferPointer<UInt8>, to mac: UnsafeMutablePointer<UInt8>
    ) {
        memset(mac, 0xA5, length)
        for (index, byte) in message.enumerated() { mac[index % length] ^= byte }
        for index in 0..<8 { mac[index] ^= UInt8(truncatingIfNeeded: message.count >> (8 * index)) }
    }
}
