import CCryptoki
import Glibc

/// A session that opens ciphertexts of the caller's own making, in one call or in parts: what a
/// thief does who joins many records into one.
///
/// The records that it seals itself are those of a database: each with its own IV.
@safe package struct BatchDecryptor: ~Copyable {
    private var session: Session
    private let pool: RecordPool
    private let key: UInt
    private let decryptInit: CK_C_DecryptInit
    private let decrypt: CK_C_Decrypt
    private let output: UnsafeMutablePointer<UInt8>
    private let capacity: Int
    private var outputLength = 0
    /// Whether an operation may have been left active, which only a new session ends for sure.
    private var isSpoiled = false

    /// Room for the block that some modules hold back between two parts.
    private static let slack = 64
    private static let cacheLine = 64

    /// Opens a session and seals `recordCount` distinct records of `recordBytes` each.
    ///
    /// - Parameters:
    ///   - longest: the longest ciphertext that will be opened, in bytes.
    ///   - awaitTurn: called before each record is sealed.
    /// - Throws: `CryptokiError.call` naming the function that the module refused.
    package init(
        _ module: Module, slot: UInt, isReadWrite: Bool, key: AnchorKey,
        mechanism: RecordMechanism, recordBytes: Int, recordCount: Int, longest: Int,
        awaitTurn: () -> Void = {}
    ) throws(CryptokiError) {
        let list = unsafe module.functions
        let decryptInit = unsafe try module.member(list.pointee.C_DecryptInit, "C_DecryptInit")
        let decrypt = unsafe try module.member(list.pointee.C_Decrypt, "C_Decrypt")
        let session = try Session(module, slot: slot, readWrite: isReadWrite)
        let pool = try session.pool(
            of: recordCount, recordBytes: recordBytes, key: key, mechanism: mechanism, awaitTurn)
        unsafe self.decryptInit = decryptInit
        unsafe self.decrypt = decrypt
        self.key = key.opening.rawValue
        self.session = session
        self.pool = pool
        capacity = longest + Self.slack
        unsafe output = .allocate(capacity: capacity)
        unsafe output.initialize(repeating: 0, count: capacity)
    }

    deinit {
        unsafe explicit_bzero(output, capacity)
        unsafe output.deallocate()
    }

    /// How many distinct records there are.
    package var recordCount: Int { pool.count }

    /// A record's bytes.
    package func plaintext(_ index: Int) -> [UInt8] { pool.record(index) }

    /// A record as it lies in the database.
    package func ciphertext(_ index: Int) -> [UInt8] { pool.sealedBytes(index) }

    /// The IV, or the counter block, beside it.
    package func iv(_ index: Int) -> [UInt8] { pool.iv(index) }

    /// What the last call gave; empty where it failed.
    package var outputBytes: [UInt8] {
        unsafe Array(UnsafeBufferPointer(start: output, count: outputLength))
    }

    /// Whether the last output is these bytes, every one, and no more.
    ///
    /// A byte of every cache line is overwritten then, so that a module which leaves the output
    /// untouched next time cannot pass with what it wrote before.
    package mutating func outputIs(_ expected: [UInt8]) -> Bool {
        guard outputLength == expected.count else { return false }
        let isEqual = unsafe memcmp(output, expected, outputLength) == 0
        for place in stride(from: 0, to: outputLength, by: Self.cacheLine) {
            unsafe output[place] = ~output[place]
        }
        return isEqual
    }

    /// Opens a ciphertext with one `C_DecryptInit` + `C_Decrypt`.
    ///
    /// - Parameter first: the record whose IV stands for the whole.
    /// - Returns: what the first of the two functions to fail answered, or `CKR_OK`.
    package mutating func open(_ ciphertext: [UInt8], beginningWith first: Int) -> ReturnCode {
        precondition(ciphertext.count + Self.slack <= capacity, "the longest call was announced")
        let begun = begin(first)
        guard begun == .ok else { return begun }
        var length = UInt(capacity)
        let code = unsafe ciphertext.withUnsafeBufferPointer { input in
            unsafe decrypt(
                session.handle, UnsafeMutablePointer(mutating: input.baseAddress),
                UInt(input.count), output, &length)
        }
        return end(code, length: Int(length))
    }

    /// Opens a ciphertext with one `C_DecryptInit`, a `C_DecryptUpdate` for every part and
    /// `C_DecryptFinal`.
    ///
    /// - Parameters:
    ///   - first: the record whose IV stands for the whole.
    ///   - partBytes: the length of a part; the last may be shorter.
    ///   - awaitTurn: called before each part.
    /// - Returns: what the first of the functions to fail answered, or `CKR_OK`.
    /// - Throws: `CryptokiError.module` where the module lacks one of the functions.
    package mutating func open(
        _ ciphertext: [UInt8], beginningWith first: Int, inPartsOf partBytes: Int,
        awaitTurn: () -> Void = {}
    ) throws(CryptokiError) -> ReturnCode {
        precondition(ciphertext.count + Self.slack <= capacity, "the longest call was announced")
        let list = unsafe session.module.functions
        let update = unsafe try session.module.member(
            list.pointee.C_DecryptUpdate, "C_DecryptUpdate")
        let finish = unsafe try session.module.member(
            list.pointee.C_DecryptFinal, "C_DecryptFinal")
        let begun = begin(first)
        guard begun == .ok else { return begun }
        var (given, taken) = (0, 0)
        while given < ciphertext.count {
            let count = min(partBytes, ciphertext.count - given)
            awaitTurn()
            var length = UInt(capacity - taken)
            let code = unsafe ciphertext.withUnsafeBufferPointer { input in
                unsafe update(
                    session.handle,
                    UnsafeMutablePointer(mutating: input.baseAddress.map { unsafe $0 + given }),
                    UInt(count), output + taken, &length)
            }
            guard code == 0 else { return end(code, length: 0) }
            given += count
            taken += Int(length)
        }
        var length = UInt(capacity - taken)
        let code = unsafe finish(session.handle, output + taken, &length)
        return end(code, length: taken + Int(length))
    }

    /// `C_DecryptInit`, in a new session where the last operation did not end well.
    private mutating func begin(_ first: Int) -> ReturnCode {
        outputLength = 0
        do throws(CryptokiError) {
            if isSpoiled {
                session = try session.renewed()
                isSpoiled = false
            }
            try check(
                "C_DecryptInit", unsafe decryptInit(session.handle, pool.mechanisms + first, key))
            return .ok
        } catch {
            isSpoiled = true
            guard case .call(_, let code) = error else { return .generalError }
            return code
        }
    }

    private mutating func end(_ code: UInt, length: Int) -> ReturnCode {
        isSpoiled = code != 0
        outputLength = code == 0 ? min(length, capacity) : 0
        return ReturnCode(rawValue: code)
    }
}
