import Synchronization

/// Who makes the IVs of AES-GCM under one key: found out once for all callers of the process.
///
/// Most devices take the caller's. AWS CloudHSM refuses all but zeros, and writes its own over
/// them. A Luna in FIPS mode wants none, and appends its own to the ciphertext. A device that takes
/// a random IV is never given anything else.
final class GCMVectors: Sendable {
    /// What a device is given in the place of an IV.
    enum Offer: CaseIterable, Sendable {
        case random
        case zeros
        case nothing
    }

    private let found = Mutex<Result<Offer, CryptokiError>?>(nil)
    /// What the device made, as numbers.
    private let made = Mutex<Set<UInt128>>([])

    /// What to give: a random IV until it is known better.
    ///
    /// - Throws: why nothing may be sealed under this key.
    func current() throws(CryptokiError) -> Offer {
        try found.withLock { found throws(CryptokiError) -> Offer in
            guard let known = found else { return .random }
            return try known.get()
        }
    }

    /// Notes that a record was sealed under what is given until it is known better.
    func confirm() {
        found.withLock { found in
            if found == nil { found = .success(.random) }
        }
    }

    /// Has nothing more sealed under this key where a device's IV cannot be used.
    func remember(_ error: CryptokiError) {
        guard case .vector = error else { return }
        found.withLock { found in found = .failure(error) }
    }

    /// Finds out what a device wants that refused a random IV, beginning with another one: the
    /// refusal may have been about something else.
    ///
    /// - Parameter tryOut: seals a record, and opens it where the device made the IV.
    /// - Throws: the refusal, or what else went wrong.
    func find(
        after refusal: CryptokiError, _ tryOut: (Offer) throws(CryptokiError) -> Void
    ) throws(CryptokiError) -> Offer {
        try found.withLock { found throws(CryptokiError) -> Offer in
            if let known = found { return try known.get() }
            for offer in Offer.allCases {
                do throws(CryptokiError) {
                    try tryOut(offer)
                    found = .success(offer)
                    return offer
                } catch {
                    // The next caller, who waits for this, must not try it again.
                    if case .vector = error { found = .failure(error) }
                    guard error.mayRefuseVector else { throw error }
                }
            }
            throw refusal
        }
    }

    /// Takes note of an IV that the device made.
    ///
    /// One that comes twice breaks GCM for the key (NIST SP 800-38D, 8): who has both records has
    /// the XOR of what they say and can forge more.
    ///
    /// - Returns: whether it is the first.
    /// - Throws: `CryptokiError.vector` where it is none, zeros, or was there before.
    func note(_ iv: [UInt8]) throws(CryptokiError) -> Bool {
        guard !iv.isEmpty else {
            throw CryptokiError.vector("the token sealed without an IV and gave none back")
        }
        guard iv.contains(where: { $0 != 0 }) else {
            throw CryptokiError.vector(
                "the token takes an IV of zeros alone and puts none of its own in its place, which "
                    + "breaks GCM for the key")
        }
        let number = iv.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        let count = made.withLock { made in made.insert(number).inserted ? made.count : 0 }
        guard count > 0 else {
            throw CryptokiError.vector(
                "the token made the same IV for two records, which breaks GCM for the key")
        }
        return count == 1
    }
}

extension CryptokiError {
    /// Whether a device may say so of an IV.
    var mayRefuseVector: Bool {
        guard case .call(let function, let code) = self,
            function == "C_EncryptInit" || function == "C_Encrypt"
        else { return false }
        return [.argumentsBad, .dataInvalid, .mechanismParamInvalid].contains(code)
    }
}
