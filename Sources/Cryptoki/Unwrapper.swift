import CCryptoki

/// A caller's session with its own pool of wrapped data keys: the timed `C_UnwrapKey` and
/// `C_DestroyObject`, and the reading of the key between them.
@safe package struct Unwrapper: ~Copyable {
    private let session: Session
    private let pool: RecordPool
    private let template: FixedTemplate
    private let key: UInt
    private let unwrapKey: CK_C_UnwrapKey
    private let destroyObject: CK_C_DestroyObject
    private let getAttributeValue: CK_C_GetAttributeValue
    private var dataKey: UInt = 0
    private var outputLength: UInt = 0

    /// Wraps `recordCount` distinct data keys, none of it timed.
    ///
    /// - Parameters:
    ///   - deniedBy: codes by which a busy device denies a call, so that it is made again.
    ///   - awaitTurn: called before each key is wrapped, so that a device can be spared.
    /// - Throws: `CryptokiError.call` naming the function that the module refused.
    package init(
        _ session: consuming Session, key: AnchorKey, mechanism: RecordMechanism,
        recordCount: Int, deniedBy: Set<ReturnCode> = [], awaitTurn: () -> Void = {}
    ) throws(CryptokiError) {
        let list = unsafe session.module.functions
        let unwrapKey = unsafe try session.module.member(list.pointee.C_UnwrapKey, "C_UnwrapKey")
        let destroyObject = unsafe try session.module.member(
            list.pointee.C_DestroyObject, "C_DestroyObject")
        let getAttributeValue = unsafe try session.module.member(
            list.pointee.C_GetAttributeValue, "C_GetAttributeValue")
        let pool = RecordPool(
            mechanism: mechanism, keyBits: key.bits,
            recordBytes: AnchoredOperation.dataKeyBytes, count: recordCount)
        var patience = SealingPatience(deniedBy: deniedBy)
        for index in 0..<recordCount {
            try session.wrap(index, in: pool, key: key.sealing.rawValue, &patience, awaitTurn)
        }
        unsafe self.unwrapKey = unwrapKey
        self.destroyObject = destroyObject
        unsafe self.getAttributeValue = getAttributeValue
        self.key = key.opening.rawValue
        self.session = session
        self.pool = pool
        template = FixedTemplate(Attribute.dataKey)
    }

    /// How many distinct data keys there are.
    package var recordCount: Int { pool.count }

    /// Unwraps one data key into a session object; 0 is `CKR_OK`. No allocation, no lock.
    @inline(__always)
    package mutating func unwrap(_ index: Int) -> UInt {
        outputLength = 0
        return unsafe unwrapKey(
            session.handle, pool.mechanisms + index, key, pool.sealed + index * pool.sealedStride,
            pool.sealedLengths[index], template.start, template.count, &dataKey)
    }

    /// Reads the value of the key that was unwrapped last, which is no part of the operation.
    package mutating func readBack() -> UInt {
        var value = unsafe CK_ATTRIBUTE(
            type: CK_ATTRIBUTE_TYPE(CKA_VALUE), pValue: pool.output,
            ulValueLen: pool.outputCapacity)
        let code = unsafe getAttributeValue(session.handle, dataKey, &value, 1)
        outputLength = code == 0 ? unsafe value.ulValueLen : 0
        return code
    }

    /// Destroys the key that was unwrapped last.
    @inline(__always)
    package mutating func destroy() -> UInt { destroyObject(session.handle, dataKey) }

    /// Whether the value that was read last is that of this data key, every byte.
    package func matches(_ index: Int) -> Bool {
        unsafe pool.outputIs(
            pool.records + index * pool.recordBytes, UInt(pool.recordBytes),
            outputLength: outputLength)
    }
}

extension Attribute {
    /// An AES session key that can be read: the thief wants the key, and the trial compares it.
    ///
    /// It says nothing of its length, which is the wrapped key's own.
    fileprivate static var dataKey: [Attribute] {
        [
            .number(CKA_CLASS, UInt(CKO_SECRET_KEY)), .number(CKA_KEY_TYPE, UInt(CKK_AES)),
            .flag(CKA_TOKEN, false), .flag(CKA_PRIVATE, true), .flag(CKA_SENSITIVE, false),
            .flag(CKA_EXTRACTABLE, true), .flag(CKA_ENCRYPT, true), .flag(CKA_DECRYPT, true),
        ]
    }
}

extension Session {
    /// Wraps one data key of the pool in place, again where a busy device denies it.
    fileprivate func wrap(
        _ index: Int, in pool: borrowing RecordPool, key: UInt,
        _ patience: inout SealingPatience, _ awaitTurn: () -> Void
    ) throws(CryptokiError) {
        try patience.seal(awaitTurn) { () throws(CryptokiError) in
            try wrapOnce(index, in: pool, key: key)
        }
    }

    /// Where an RSA key may not wrap, its public half encrypts the data key: the bytes are of the
    /// same form.
    private func wrapOnce(
        _ index: Int, in pool: borrowing RecordPool, key: UInt
    ) throws(CryptokiError) {
        do {
            try wrapObject(index, in: pool, key: key)
        } catch {
            guard pool.mechanism.isRSA else { throw error }
            try sealOnce(index, in: pool, key: key)
        }
    }

    /// `C_CreateObject`, `C_WrapKey`, `C_DestroyObject`.
    private func wrapObject(
        _ index: Int, in pool: borrowing RecordPool, key: UInt
    ) throws(CryptokiError) {
        let list = unsafe module.functions
        let wrapKey = unsafe try module.member(list.pointee.C_WrapKey, "C_WrapKey")
        let dataKey = try createObject(
            Attribute.dataKey + [.bytes(CKA_VALUE, pool.record(index))])
        var length = UInt(pool.sealedStride)
        let code = unsafe wrapKey(
            handle, pool.mechanisms + index, key, dataKey.rawValue,
            pool.sealed + index * pool.sealedStride, &length)
        try destroyObject(dataKey)
        try check("C_WrapKey", code)
        unsafe pool.sealedLengths[index] = length
    }
}
