import CCryptoki

/// A caller's session with its own pool of sealed records: the timed `C_DecryptInit` + `C_Decrypt`.
@safe package struct Decryptor: ~Copyable {
    private let session: Session
    private let pool: RecordPool
    private let key: UInt
    private let decryptInit: CK_C_DecryptInit
    private let decrypt: CK_C_Decrypt
    private var outputLength: UInt = 0

    /// Seals `recordCount` distinct records of `recordBytes` each with `C_EncryptInit` +
    /// `C_Encrypt`, none of it timed.
    ///
    /// - Parameter awaitTurn: called before each record is sealed, so that a device can be spared.
    /// - Throws: `CryptokiError.call` naming the function that the module refused.
    package init(
        _ session: consuming Session, key: AnchorKey, mechanism: RecordMechanism,
        recordBytes: Int, recordCount: Int, awaitTurn: () -> Void = {}
    ) throws(CryptokiError) {
        let list = unsafe session.module.functions
        let decryptInit = unsafe try session.module.member(
            list.pointee.C_DecryptInit, "C_DecryptInit")
        let decrypt = unsafe try session.module.member(list.pointee.C_Decrypt, "C_Decrypt")
        let pool = try session.pool(
            of: recordCount, recordBytes: recordBytes, key: key, mechanism: mechanism, awaitTurn)
        unsafe self.decryptInit = decryptInit
        unsafe self.decrypt = decrypt
        self.key = key.opening.rawValue
        self.session = session
        self.pool = pool
    }

    /// How many distinct records there are.
    package var recordCount: Int { pool.count }

    /// Opens one record with one call of each function; 0 is `CKR_OK`. No allocation, no lock.
    @inline(__always)
    package mutating func open(_ index: Int) -> UInt {
        let code = unsafe decryptInit(session.handle, pool.mechanisms + index, key)
        guard code == 0 else { return code }
        outputLength = pool.outputCapacity
        return unsafe decrypt(
            session.handle, pool.sealed + index * pool.sealedStride,
            pool.sealedLengths[index], pool.output, &outputLength)
    }

    /// Whether the last output is the plaintext of this record, every byte.
    package func matches(_ index: Int) -> Bool {
        unsafe pool.outputIs(
            pool.records + index * pool.recordBytes, UInt(pool.recordBytes),
            outputLength: outputLength)
    }
}

extension Session {
    /// Distinct records, sealed one after another.
    ///
    /// - Parameter awaitTurn: called before each record is sealed.
    func pool(
        of count: Int, recordBytes: Int, key: AnchorKey, mechanism: RecordMechanism,
        _ awaitTurn: () -> Void
    ) throws(CryptokiError) -> RecordPool {
        let pool = RecordPool(
            mechanism: mechanism, keyBits: key.bits, recordBytes: recordBytes, count: count)
        for index in 0..<count {
            awaitTurn()
            try seal(index, in: pool, key: key.sealing.rawValue)
        }
        return pool
    }

    /// Seals one record of the pool in place (`C_EncryptInit`, `C_Encrypt`).
    func seal(
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
}
