import CCryptoki

/// A caller's session with its own pool of records to authenticate: the timed `C_SignInit` +
/// `C_Sign`.
@safe package struct Authenticator: ~Copyable {
    private let session: Session
    private let pool: RecordPool
    private let key: UInt
    private let signInit: CK_C_SignInit
    private let sign: CK_C_Sign
    private var outputLength: UInt = 0

    /// Lays out `recordCount` distinct records of `recordBytes` each with their true MACs, none of
    /// it timed.
    ///
    /// - Parameters:
    ///   - truth: another implementation's MAC of a record; nil where nobody outside knows the key:
    ///     then the module signs every record once, and must give the same ever after.
    ///   - deniedBy: codes by which a busy device denies a call, so that it is made again.
    ///   - awaitTurn: called before the module signs a record, so that it can be spared.
    /// - Throws: `CryptokiError.call` naming the function that the module refused.
    package init(
        _ session: consuming Session, key: AnchorKey, mechanism: RecordMechanism,
        recordBytes: Int, recordCount: Int, truth: (([UInt8]) -> [UInt8])? = nil,
        deniedBy: Set<ReturnCode> = [], awaitTurn: () -> Void = {}
    ) throws(CryptokiError) {
        let list = unsafe session.module.functions
        let signInit = unsafe try session.module.member(list.pointee.C_SignInit, "C_SignInit")
        let sign = unsafe try session.module.member(list.pointee.C_Sign, "C_Sign")
        let pool = RecordPool(
            mechanism: mechanism, keyBits: key.bits, recordBytes: recordBytes, count: recordCount)
        var patience = SealingPatience(deniedBy: deniedBy)
        for index in 0..<recordCount {
            guard let truth else {
                try session.sign(index, in: pool, key: key.opening.rawValue, &patience, awaitTurn)
                continue
            }
            pool.setSealed(index, truth(pool.record(index)))
        }
        unsafe self.signInit = signInit
        unsafe self.sign = sign
        self.key = key.opening.rawValue
        self.session = session
        self.pool = pool
    }

    /// How many distinct records there are.
    package var recordCount: Int { pool.count }

    /// Authenticates one record with one call of each function; 0 is `CKR_OK`. No allocation, no
    /// lock.
    @inline(__always)
    package mutating func authenticate(_ index: Int) -> UInt {
        let code = unsafe signInit(session.handle, pool.mechanisms + index, key)
        guard code == 0 else { return code }
        outputLength = pool.outputCapacity
        return unsafe sign(
            session.handle, pool.records + index * pool.recordBytes, UInt(pool.recordBytes),
            pool.output, &outputLength)
    }

    /// Whether the last output is the MAC of this record, every byte.
    package func matches(_ index: Int) -> Bool {
        unsafe pool.outputIs(
            pool.sealed + index * pool.sealedStride, pool.sealedLengths[index],
            outputLength: outputLength)
    }
}

extension Session {
    /// Signs one record of the pool, again where a busy device denies it.
    fileprivate func sign(
        _ index: Int, in pool: borrowing RecordPool, key: UInt,
        _ patience: inout SealingPatience, _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        try patience.seal(awaitTurn) { () throws(CryptokiError) in
            try signOnce(index, in: pool, key: key)
        }
    }

    /// `C_SignInit`, `C_Sign`.
    private func signOnce(
        _ index: Int, in pool: borrowing RecordPool, key: UInt
    ) throws(CryptokiError) {
        let list = unsafe module.functions
        let signInit = unsafe try module.member(list.pointee.C_SignInit, "C_SignInit")
        let sign = unsafe try module.member(list.pointee.C_Sign, "C_Sign")
        try check("C_SignInit", unsafe signInit(handle, pool.mechanisms + index, key))
        var length = UInt(pool.sealedStride)
        let code = unsafe sign(
            handle, pool.records + index * pool.recordBytes, UInt(pool.recordBytes),
            pool.sealed + index * pool.sealedStride, &length)
        try check("C_Sign", code)
        unsafe pool.sealedLengths[index] = length
    }
}
