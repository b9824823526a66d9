import CCryptoki

/// A caller's session with its own pool of sealed records: the timed `C_DecryptInit` + `C_Decrypt`.
@safe package struct Decryptor: ~Copyable {
    private var session: Session
    private let pool: RecordPool
    private let key: UInt
    private let decryptInit: CK_C_DecryptInit
    private let decrypt: CK_C_Decrypt
    private var outputLength: UInt = 0
    /// Whether the last call failed, so that a module may have left its operation active.
    private var hasFailed = false

    /// Seals `recordCount` distinct records of `recordBytes` each with `C_EncryptInit` +
    /// `C_Encrypt`, none of it timed.
    ///
    /// - Parameters:
    ///   - deniedBy: codes by which a busy device denies a call, so that it is made again a little
    ///     later; timed ones never are.
    ///   - awaitTurn: called before each record is sealed, so that a device can be spared.
    /// - Throws: `CryptokiError.call` naming the function that the module refused.
    package init(
        _ session: consuming Session, key: AnchorKey, mechanism: RecordMechanism,
        recordBytes: Int, recordCount: Int, deniedBy: Set<ReturnCode> = [],
        awaitTurn: () -> Void = {}
    ) throws(CryptokiError) {
        let list = unsafe session.module.functions
        let decryptInit = unsafe try session.module.member(
            list.pointee.C_DecryptInit, "C_DecryptInit")
        let decrypt = unsafe try session.module.member(list.pointee.C_Decrypt, "C_Decrypt")
        let pool = try session.pool(
            of: recordCount, recordBytes: recordBytes, key: key, mechanism: mechanism,
            deniedBy: deniedBy, awaitTurn)
        unsafe self.decryptInit = decryptInit
        unsafe self.decrypt = decrypt
        self.key = key.opening.rawValue
        self.session = session
        self.pool = pool
    }

    deinit {
        // There are modules whose next session with the same handle would still be busy with it.
        if hasFailed { endOperation() }
    }

    /// How many distinct records there are.
    package var recordCount: Int { pool.count }

    /// Opens one record with one call of each function; 0 is `CKR_OK`. No allocation, no lock.
    @inline(__always)
    package mutating func open(_ index: Int) -> UInt {
        let code = unsafe decryptInit(session.handle, pool.mechanisms + index, key)
        guard code == 0 else {
            if code == ReturnCode.operationActive.rawValue { becomeIdle() }
            return code
        }
        outputLength = pool.outputCapacity
        let result = unsafe decrypt(
            session.handle, pool.sealed + index * pool.sealedStride,
            pool.sealedLengths[index], pool.output, &outputLength)
        hasFailed = result != 0
        return result
    }

    /// Ends what a failed call may have left active, so that it costs one more call and not all
    /// that follow: by the standard a failed call ends its operation, but not every module does.
    @inline(never)
    private mutating func becomeIdle() {
        let ended: [ReturnCode] = [.ok, .operationNotInitialized]
        if let code = endOperation(), ended.contains(code) { return }
        // Where no new session can be had the next call tells why.
        if let fresh = try? session.renewed() { session = fresh }
    }

    /// Ends an operation (`C_DecryptFinal`); nil where the module has no such function.
    @discardableResult
    private func endOperation() -> ReturnCode? {
        var length = pool.outputCapacity
        let code = unsafe session.module.functions.pointee.C_DecryptFinal?(
            session.handle, pool.output, &length)
        return code.map(ReturnCode.init(rawValue:))
    }

    /// Whether the last output is the plaintext of this record, every byte.
    package func matches(_ index: Int) -> Bool {
        unsafe pool.outputIs(
            pool.records + index * pool.recordBytes, UInt(pool.recordBytes),
            outputLength: outputLength)
    }
}

extension Session {
    /// Asks for an operation with a mechanism that the token does not list, in this session, which
    /// must not be used for another one then.
    ///
    /// - Returns: what the function that begins it answered; nil for unwrapping, which has none.
    /// - Throws: `CryptokiError.module` where the module lacks the function.
    package func answer(
        to mechanism: RecordMechanism, _ operation: AnchoredOperation, key: AnchorKey
    ) throws(CryptokiError) -> CryptokiError.Answer? {
        let list = unsafe module.functions
        let pool = RecordPool(
            mechanism: mechanism, keyBits: key.bits, recordBytes: 16, count: 1)
        let opening = key.opening.rawValue
        switch operation {
        case .decrypt:
            let begin = unsafe try module.member(list.pointee.C_DecryptInit, "C_DecryptInit")
            let code = unsafe begin(handle, pool.mechanisms, opening)
            return .init(function: "C_DecryptInit", code: ReturnCode(rawValue: code))
        case .mac:
            let begin = unsafe try module.member(list.pointee.C_SignInit, "C_SignInit")
            let code = unsafe begin(handle, pool.mechanisms, opening)
            return .init(function: "C_SignInit", code: ReturnCode(rawValue: code))
        case .unwrap:
            return nil
        }
    }
}
