import CCryptoki

/// A PKCS#11 call that is answered with something other than `CKR_OK`.
///
/// Thrown inside the module and turned into the code where a call came in, so that a call reads as
/// what it does and not as a ladder of codes.
struct Refusal: Error {
    /// The answer, vendor codes included.
    let code: CK_RV

    init(_ code: CK_RV) {
        self.code = code
    }
}
