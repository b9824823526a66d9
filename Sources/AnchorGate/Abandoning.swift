import CCryptoki
import Glibc

/// How an operation of the wrapped module is ended that the gate refuses to go on with.
///
/// The standard has no call for it before version 3.0. Every operation is over, though, after a
/// call that ends it with a result or fails, except for a result that has too little room. So the
/// module is given one byte of nothing for a whole, then is asked for the end, into a place that
/// nobody reads.
extension Gate {
    private typealias Whole = (
        CK_SESSION_HANDLE, UnsafeMutablePointer<CK_BYTE>?, CK_ULONG,
        UnsafeMutablePointer<CK_BYTE>?, UnsafeMutablePointer<CK_ULONG>?
    ) -> CK_RV
    private typealias End = (
        CK_SESSION_HANDLE, UnsafeMutablePointer<CK_BYTE>?, UnsafeMutablePointer<CK_ULONG>?
    ) -> CK_RV

    /// Ends an operation of a session without a result.
    static func abandon(_ kind: OperationTable.Kind, _ session: CK_SESSION_HANDLE) {
        let (whole, end): (Whole?, End?) =
            switch kind {
            case .decrypt: (wrapped.C_Decrypt, wrapped.C_DecryptFinal)
            case .encrypt: (wrapped.C_Encrypt, wrapped.C_EncryptFinal)
            case .sign: (wrapped.C_Sign, wrapped.C_SignFinal)
            case .signRecover: (wrapped.C_SignRecover, nil)
            }
        var room = 4_096
        // A module that kept all parts for the end wants room for them.
        for _ in 0..<2 {
            guard let place = malloc(room) else { return }
            defer { free(place) }
            let bytes = place.assumingMemoryBound(to: CK_BYTE.self)
            bytes[0] = 0
            var length = CK_ULONG(room)
            _ = whole?(session, bytes, 1, bytes, &length)
            length = CK_ULONG(room)
            let code = end?(session, bytes, &length) ?? CKR_OPERATION_NOT_INITIALIZED
            memset(place, 0, room)
            guard code == CKR_BUFFER_TOO_SMALL, length <= 1 << 30 else { return }
            room = Int(length)
        }
    }
}
