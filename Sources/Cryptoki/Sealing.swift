import CCryptoki

// What is sealed before a trial begins, none of it timed.

extension Session {
    /// Distinct records, sealed one after another.
    ///
    /// - Parameters:
    ///   - deniedBy: codes by which a busy device denies a call, so that it is made again.
    ///   - awaitTurn: called before each record is sealed.
    func pool(
        of count: Int, recordBytes: Int, key: AnchorKey, mechanism: RecordMechanism,
        deniedBy: Set<ReturnCode> = [], _ awaitTurn: () -> Void
    ) throws(CryptokiError) -> RecordPool {
        let pool = RecordPool(
            mechanism: mechanism, keyBits: key.bits, recordBytes: recordBytes, count: count)
        var patience = SealingPatience(deniedBy: deniedBy)
        for index in 0..<count {
            try seal(index, in: pool, key: key, &patience, awaitTurn)
        }
        return pool
    }

    /// Seals one record of the pool in place, again where a busy device denies it, and under the
    /// device's own IV where it takes no other.
    ///
    /// - Throws: `CryptokiError.vector` where a device's IV cannot be used.
    func seal(
        _ index: Int, in pool: borrowing RecordPool, key: AnchorKey,
        _ patience: inout SealingPatience, _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        guard pool.mechanism == .aesGCM else {
            try sealPatiently(index, in: pool, key, .random, &patience, awaitTurn)
            return
        }
        do throws(CryptokiError) {
            try sealAsWanted(index, in: pool, key, &patience, awaitTurn)
        } catch {
            key.vectors.remember(error)
            throw error
        }
    }

    /// Seals a record with AES-GCM, and finds out what the device wants where it refuses.
    private func sealAsWanted(
        _ index: Int, in pool: borrowing RecordPool, _ key: AnchorKey,
        _ patience: inout SealingPatience, _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        let usual = try key.vectors.current()
        let refusal: CryptokiError
        do throws(CryptokiError) {
            try sealGCM(index, in: pool, key, usual, &patience, awaitTurn)
            key.vectors.confirm()
            return
        } catch {
            guard error.mayRefuseVector else { throw error }
            refusal = error
        }
        let wanted = try key.vectors.find(after: refusal) { offer throws(CryptokiError) in
            try tryOut(offer, key, &patience, awaitTurn)
        }
        try sealGCM(index, in: pool, key, wanted, &patience, awaitTurn)
    }

    /// Seals a record of zeros, which goes nowhere: even where a device should take an IV of zeros
    /// as it is, in one process after another, nothing but this is ever sealed under it.
    ///
    /// It is short, so that a device cannot refuse its length.
    private func tryOut(
        _ offer: GCMVectors.Offer, _ key: AnchorKey, _ patience: inout SealingPatience,
        _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        let pool = RecordPool(mechanism: .aesGCM, keyBits: key.bits, recordBytes: 16, count: 1)
        pool.clearRecords()
        try sealGCM(0, in: pool, key, offer, &patience, awaitTurn)
    }

    private func sealGCM(
        _ index: Int, in pool: borrowing RecordPool, _ key: AnchorKey, _ offer: GCMVectors.Offer,
        _ patience: inout SealingPatience, _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        let given = pool.iv(index)
        try sealPatiently(index, in: pool, key, offer, &patience, awaitTurn)
        pool.takeAppendedIV(index)
        let iv = pool.iv(index)
        // The caller's own is random; what a device makes need not be.
        guard offer != .random || iv != given else { return }
        do throws(CryptokiError) {
            guard try key.vectors.note(iv) else { return }
            awaitTurn()
            try confirmOpening(of: index, in: pool, key)
        } catch {
            pool.wipeSealed(index)
            throw error
        }
    }

    private func sealPatiently(
        _ index: Int, in pool: borrowing RecordPool, _ key: AnchorKey, _ offer: GCMVectors.Offer,
        _ patience: inout SealingPatience, _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        let sealing = key.sealing.rawValue
        try patience.seal(awaitTurn) { () throws(CryptokiError) in
            switch offer {
            case .random: break
            case .zeros:
                pool.setIV(index, [UInt8](repeating: 0, count: pool.mechanism.ivLength))
            case .nothing: pool.removeIV(index)
            }
            try sealOnce(index, in: pool, key: sealing)
        }
    }

    /// `C_EncryptInit`, `C_Encrypt`.
    func sealOnce(
        _ index: Int, in pool: borrowing RecordPool, key: UInt
    ) throws(CryptokiError) {
        let list = unsafe module.functions
        let encryptInit = unsafe try module.member(list.pointee.C_EncryptInit, "C_EncryptInit")
        let encrypt = unsafe try module.member(list.pointee.C_Encrypt, "C_Encrypt")
        try check("C_EncryptInit", unsafe encryptInit(handle, pool.mechanisms + index, key))
        var length = UInt(pool.sealedStride)
        let code = unsafe encrypt(
            handle, pool.records + index * pool.recordBytes, UInt(pool.recordBytes),
            pool.sealed + index * pool.sealedStride, &length)
        try check("C_Encrypt", code)
        unsafe pool.sealedLengths[index] = length
    }

    /// Opens a sealed record (`C_DecryptInit`, `C_Decrypt`).
    ///
    /// - Throws: `CryptokiError.vector` where it says something else than what was sealed.
    private func confirmOpening(
        of index: Int, in pool: borrowing RecordPool, _ key: AnchorKey
    ) throws(CryptokiError) {
        let list = unsafe module.functions
        let decryptInit = unsafe try module.member(list.pointee.C_DecryptInit, "C_DecryptInit")
        let decrypt = unsafe try module.member(list.pointee.C_Decrypt, "C_Decrypt")
        try check(
            "C_DecryptInit",
            unsafe decryptInit(handle, pool.mechanisms + index, key.opening.rawValue))
        var length = pool.outputCapacity
        let code = unsafe decrypt(
            handle, pool.sealed + index * pool.sealedStride, pool.sealedLengths[index],
            pool.output, &length)
        try check("C_Decrypt", code)
        let isRight = unsafe pool.outputIs(
            pool.records + index * pool.recordBytes, UInt(pool.recordBytes), outputLength: length)
        guard isRight else {
            throw CryptokiError.vector(
                "a record that the token sealed under an IV of its own opens to something else")
        }
    }
}
