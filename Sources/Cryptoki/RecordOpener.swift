import CCryptoki
import Glibc

/// A record as it lies in a database: what it was sealed under, and what became of it.
package struct SealedBytes: Hashable, Sendable {
    /// The initialisation vector, or the counter block; empty where the mechanism has none.
    package var iv: [UInt8]
    /// The ciphertext, with the tag behind it where the mechanism has one.
    package var ciphertext: [UInt8]

    /// A record from its parts.
    package init(iv: [UInt8], ciphertext: [UInt8]) {
        (self.iv, self.ciphertext) = (iv, ciphertext)
    }
}

/// A session that seals records of the caller's own and opens what lies in a database: what an
/// application does, and a thief in its place.
@safe package struct RecordOpener: ~Copyable {
    private let session: Session
    private let mechanism: RecordMechanism
    /// Of one record: what is sealed, and the mechanism's parameters.
    private let pool: RecordPool
    private let key: AnchorKey
    private let decryptInit: CK_C_DecryptInit
    private let decrypt: CK_C_Decrypt
    private let output: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private var outputLength = 0

    /// Room for a block of padding that some modules write before they cut it off.
    private static let slack = 64

    /// Prepares a session.
    ///
    /// - Parameters:
    ///   - recordBytes: the length of what is sealed.
    ///   - longest: the longest ciphertext that will be opened, in bytes; nil for that of one
    ///     record.
    /// - Throws: `CryptokiError.module` where the module lacks a function.
    package init(
        _ session: consuming Session, key: AnchorKey, mechanism: RecordMechanism,
        recordBytes: Int, longest: Int? = nil
    ) throws(CryptokiError) {
        let list = unsafe session.module.functions
        let decryptInit = unsafe try session.module.member(
            list.pointee.C_DecryptInit, "C_DecryptInit")
        let decrypt = unsafe try session.module.member(list.pointee.C_Decrypt, "C_Decrypt")
        unsafe self.decryptInit = decryptInit
        unsafe self.decrypt = decrypt
        self.session = session
        self.mechanism = mechanism
        self.key = key
        pool = RecordPool(
            mechanism: mechanism, keyBits: key.bits, recordBytes: recordBytes, count: 1)
        let one = mechanism.sealedBound(recordBytes: recordBytes, keyBits: key.bits)
        capacity = max(longest ?? 0, one) + Self.slack
        unsafe output = .allocate(capacity: capacity)
        unsafe output.initialize(repeating: 0, count: capacity)
    }

    deinit {
        unsafe explicit_bzero(output, capacity)
        unsafe output.deallocate()
    }

    /// Seals a record under a fresh IV (`C_EncryptInit`, `C_Encrypt`).
    ///
    /// - Throws: `CryptokiError.call`.
    package mutating func seal(_ record: [UInt8]) throws(CryptokiError) -> SealedBytes {
        precondition(record.count == pool.recordBytes, "records have the length announced")
        unsafe pool.records.update(from: record, count: record.count)
        var iv = [UInt8](repeating: 0, count: mechanism.ivLength)
        unsafe arc4random_buf(&iv, iv.count)
        pool.setIV(0, iv)
        var patience = SealingPatience(deniedBy: [])
        try session.seal(0, in: pool, key: key, &patience) {}
        // A device that chooses the IV itself has written its own.
        return SealedBytes(iv: pool.iv(0), ciphertext: pool.sealedBytes(0))
    }

    /// Opens a record, or several joined into one, with one call of each function
    /// (`C_DecryptInit`, `C_Decrypt`).
    ///
    /// - Returns: what the first of the two functions to fail answered, or `CKR_OK`.
    package mutating func open(_ record: SealedBytes) -> ReturnCode {
        precondition(record.ciphertext.count + Self.slack <= capacity, "the longest was announced")
        outputLength = 0
        pool.setIV(0, record.iv)
        var code = unsafe decryptInit(session.handle, pool.mechanisms, key.opening.rawValue)
        guard code == 0 else { return ReturnCode(rawValue: code) }
        var length = UInt(capacity)
        code = unsafe record.ciphertext.withUnsafeBufferPointer { input in
            unsafe decrypt(
                session.handle, UnsafeMutablePointer(mutating: input.baseAddress),
                UInt(input.count), output, &length)
        }
        guard code == 0 else { return ReturnCode(rawValue: code) }
        outputLength = min(Int(length), capacity)
        return .ok
    }

    /// Whether the last output is these bytes, every one, and no more.
    ///
    /// The output is wiped then: what was opened is kept nowhere, and a module that leaves it
    /// untouched next time cannot pass with what it wrote before.
    package mutating func takeOutput(is expected: [UInt8]) -> Bool {
        let isEqual =
            unsafe outputLength == expected.count
            && memcmp(output, expected, expected.count) == 0
        unsafe explicit_bzero(output, outputLength)
        outputLength = 0
        return isEqual
    }

    /// The last output, wiped where it stood.
    package mutating func takeOutput() -> [UInt8] {
        let bytes = unsafe Array(UnsafeBufferPointer(start: output, count: outputLength))
        unsafe explicit_bzero(output, outputLength)
        outputLength = 0
        return bytes
    }
}
