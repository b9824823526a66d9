import CLibcrypto
import Cryptoki
import Glibc
import Load

/// The same records or data keys opened by OpenSSL in this process with the key in memory: no
/// anchor at all.
///
/// What a thief gets who has the key. Keyed once, as an application would; each call sets the
/// record's IV and opens it.
@safe package struct OpenSSLOperation: Operation, ~Copyable {
    private let mechanism: RecordMechanism
    private let cipher: OpaquePointer?
    private let keyContext: OpaquePointer?
    private let records: [SealedRecord]
    private let output: UnsafeMutableBufferPointer<UInt8>
    private var outputLength = 0

    /// Seals `recordCount` records of `recordBytes` under the key.
    ///
    /// - Throws: `OpenSSLError` naming the function.
    package init(
        _ key: OpenSSLKey, recordBytes: Int, recordCount: Int
    ) throws(OpenSSLError) {
        let records = try (0..<recordCount).map { _ throws(OpenSSLError) in
            try SealedRecord(key, recordBytes: recordBytes)
        }
        var (cipher, keyContext): (OpaquePointer?, OpaquePointer?)
        switch key.secret {
        case .bytes(let bytes):
            unsafe cipher = OpenSSLKey.cipherContext()
            let type = unsafe OpenSSLKey.cipher(key.mechanism, bits: bytes.count * 8)
            try check(
                "EVP_DecryptInit_ex", unsafe EVP_DecryptInit_ex(cipher, type, nil, bytes, nil))
            unsafe OpenSSLKey.setPadding(of: key.mechanism, in: cipher)
        case .rsa(let pair):
            unsafe keyContext = try pair.context(
                key.mechanism, "EVP_PKEY_decrypt_init", EVP_PKEY_decrypt_init)
        }
        mechanism = key.mechanism
        self.records = records
        unsafe self.cipher = cipher
        unsafe self.keyContext = keyContext
        let capacity = records.map(\.ciphertext.count).max() ?? 0
        unsafe output = .allocate(capacity: max(capacity, recordBytes) + 16)
        unsafe output.initialize(repeating: 0)
    }

    deinit {
        unsafe EVP_CIPHER_CTX_free(cipher)
        unsafe EVP_PKEY_CTX_free(keyContext)
        unsafe output.deallocate()
    }

    package var recordCount: Int { records.count }

    package mutating func perform(_ index: Int) -> UInt {
        mechanism.isRSA ? openRSA(records[index]) : openAES(records[index])
    }

    package func verify(_ index: Int) -> Bool {
        let plaintext = records[index].plaintext
        guard outputLength == plaintext.count, let start = unsafe output.baseAddress else {
            return false
        }
        let isEqual = unsafe memcmp(start, plaintext, outputLength) == 0
        unsafe output[0] = ~output[0]
        return isEqual
    }

    private mutating func openAES(_ record: borrowing SealedRecord) -> UInt {
        guard let start = unsafe output.baseAddress else { return 1 }
        var (first, last): (Int32, Int32) = (0, 0)
        let length = Int32(record.ciphertext.count)
        guard unsafe EVP_DecryptInit_ex(cipher, nil, nil, nil, record.iv) == 1,
            unsafe EVP_DecryptUpdate(cipher, start, &first, record.ciphertext, length) == 1,
            setTag(record.tag),
            unsafe EVP_DecryptFinal_ex(cipher, start + Int(first), &last) == 1
        else { return failureCode() }
        outputLength = Int(first + last)
        return 0
    }

    private func setTag(_ tag: [UInt8]) -> Bool {
        guard !tag.isEmpty else { return true }
        return unsafe tag.withUnsafeBytes { bytes in
            let start = unsafe UnsafeMutableRawPointer(mutating: bytes.baseAddress)
            return unsafe EVP_CIPHER_CTX_ctrl(cipher, EVP_CTRL_AEAD_SET_TAG, 16, start) == 1
        }
    }

    private mutating func openRSA(_ record: borrowing SealedRecord) -> UInt {
        outputLength = unsafe output.count
        let code = unsafe EVP_PKEY_decrypt(
            keyContext, output.baseAddress, &outputLength, record.ciphertext,
            record.ciphertext.count)
        return code == 1 ? 0 : failureCode()
    }
}

/// The code of a failed call, and an empty queue for the next one.
///
/// Never 0, which is success: OpenSSL queues no error where a GCM tag does not fit.
func failureCode() -> UInt {
    let code = ERR_get_error()
    ERR_clear_error()
    return code == 0 ? 1 : code
}
