import CLibcrypto
import Cryptoki
import Glibc

/// A key of the un-anchored baseline, in plain memory.
package struct OpenSSLKey: Sendable {
    /// How the records are sealed.
    package let mechanism: RecordMechanism
    let secret: Secret

    /// The key itself.
    enum Secret: Sendable {
        case bytes([UInt8])
        case rsa(OpenSSLPair)
    }

    /// Makes a random key of so many bits.
    ///
    /// - Throws: `OpenSSLError`.
    package init(_ mechanism: RecordMechanism, bits: Int) throws(OpenSSLError) {
        self.mechanism = mechanism
        guard !mechanism.isRSA else {
            secret = .rsa(try OpenSSLPair(bits: bits))
            return
        }
        secret = .bytes(randomBytes(bits / 8))
    }

    /// A fresh context that also takes the ciphers that wrap keys.
    static func cipherContext() -> OpaquePointer? {
        let context = unsafe EVP_CIPHER_CTX_new()
        unsafe EVP_CIPHER_CTX_set_flags(context, EVP_CIPHER_CTX_FLAG_WRAP_ALLOW)
        return unsafe context
    }

    /// CBC has padding unless it is told otherwise; the others never have.
    static func setPadding(of mechanism: RecordMechanism, in context: OpaquePointer?) {
        guard mechanism == .aesCBC else { return }
        _ = unsafe EVP_CIPHER_CTX_set_padding(context, 0)
    }

    static func cipher(_ mechanism: RecordMechanism, bits: Int) -> OpaquePointer? {
        switch (mechanism, bits) {
        case (.aesGCM, 128): unsafe EVP_aes_128_gcm()
        case (.aesGCM, 192): unsafe EVP_aes_192_gcm()
        case (.aesGCM, _): unsafe EVP_aes_256_gcm()
        case (.aesCTR, 128): unsafe EVP_aes_128_ctr()
        case (.aesCTR, 192): unsafe EVP_aes_192_ctr()
        case (.aesCTR, _): unsafe EVP_aes_256_ctr()
        case (.aesKeyWrap, 128): unsafe EVP_aes_128_wrap()
        case (.aesKeyWrap, 192): unsafe EVP_aes_192_wrap()
        case (.aesKeyWrap, _): unsafe EVP_aes_256_wrap()
        case (_, 128): unsafe EVP_aes_128_cbc()
        case (_, 192): unsafe EVP_aes_192_cbc()
        default: unsafe EVP_aes_256_cbc()
        }
    }
}

/// An RSA key pair of OpenSSL's; read-only once made, so threads may share it.
@safe final class OpenSSLPair: @unchecked Sendable {
    private let pair: OpaquePointer?

    init(bits: Int) throws(OpenSSLError) {
        let context = unsafe EVP_PKEY_CTX_new_id(EVP_PKEY_RSA, nil)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        try check("EVP_PKEY_keygen_init", unsafe EVP_PKEY_keygen_init(context))
        try check(
            "EVP_PKEY_CTX_set_rsa_keygen_bits",
            unsafe EVP_PKEY_CTX_set_rsa_keygen_bits(context, Int32(bits)))
        var made: OpaquePointer?
        try check("EVP_PKEY_generate", unsafe EVP_PKEY_generate(context, &made))
        unsafe pair = made
    }

    deinit { unsafe EVP_PKEY_free(pair) }

    /// A context on the pair for one caller, made ready by `start`, with the padding set; for OAEP
    /// SHA-1 is what OpenSSL takes by itself.
    func context(
        _ mechanism: RecordMechanism, _ name: String, _ start: (OpaquePointer?) -> Int32
    ) throws(OpenSSLError) -> OpaquePointer? {
        let context = unsafe EVP_PKEY_CTX_new(pair, nil)
        do throws(OpenSSLError) {
            try check(name, unsafe start(context))
            try check(
                "EVP_PKEY_CTX_set_rsa_padding",
                unsafe EVP_PKEY_CTX_set_rsa_padding(
                    context,
                    mechanism == .rsaPKCS ? RSA_PKCS1_PADDING : RSA_PKCS1_OAEP_PADDING))
        } catch {
            unsafe EVP_PKEY_CTX_free(context)
            throw error
        }
        return unsafe context
    }
}

/// One sealed record of the baseline with its plaintext.
struct SealedRecord: Sendable {
    let iv: [UInt8]
    private(set) var ciphertext: [UInt8]
    private(set) var tag: [UInt8] = []
    let plaintext: [UInt8]

    init(_ key: OpenSSLKey, recordBytes: Int) throws(OpenSSLError) {
        // The default IV of RFC 3394 (2.2.3.1): OpenSSL wants one for every cipher.
        iv =
            key.mechanism == .aesKeyWrap
            ? [UInt8](repeating: 0xA6, count: 8) : randomBytes(key.mechanism.ivLength)
        plaintext = randomBytes(recordBytes)
        switch key.secret {
        case .bytes(let bytes):
            ciphertext = [UInt8](repeating: 0, count: recordBytes + 16)
            try sealAES(key.mechanism, bytes)
        case .rsa(let pair):
            ciphertext = []
            try sealRSA(key.mechanism, pair)
        }
    }

    private mutating func sealAES(
        _ mechanism: RecordMechanism, _ key: [UInt8]
    ) throws(OpenSSLError) {
        let context = unsafe OpenSSLKey.cipherContext()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        let type = unsafe OpenSSLKey.cipher(mechanism, bits: key.count * 8)
        try check("EVP_EncryptInit_ex", unsafe EVP_EncryptInit_ex(context, type, nil, key, iv))
        unsafe OpenSSLKey.setPadding(of: mechanism, in: context)
        var (first, last): (Int32, Int32) = (0, 0)
        try check(
            "EVP_EncryptUpdate",
            unsafe EVP_EncryptUpdate(
                context, &ciphertext, &first, plaintext, Int32(plaintext.count)))
        var tail = [UInt8](repeating: 0, count: 32)
        try check("EVP_EncryptFinal_ex", unsafe EVP_EncryptFinal_ex(context, &tail, &last))
        ciphertext = Array(ciphertext.prefix(Int(first)) + tail.prefix(Int(last)))
        guard mechanism == .aesGCM else { return }
        tag = [UInt8](repeating: 0, count: 16)
        try check(
            "EVP_CIPHER_CTX_ctrl",
            unsafe EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, 16, &tag))
    }

    private mutating func sealRSA(
        _ mechanism: RecordMechanism, _ pair: OpenSSLPair
    ) throws(OpenSSLError) {
        let context = unsafe try pair.context(
            mechanism, "EVP_PKEY_encrypt_init", EVP_PKEY_encrypt_init)
        defer { unsafe EVP_PKEY_CTX_free(context) }
        var length = 0
        let count = plaintext.count
        try check(
            "EVP_PKEY_encrypt", unsafe EVP_PKEY_encrypt(context, nil, &length, plaintext, count))
        ciphertext = [UInt8](repeating: 0, count: length)
        try check(
            "EVP_PKEY_encrypt",
            unsafe EVP_PKEY_encrypt(context, &ciphertext, &length, plaintext, count))
    }
}

/// An OpenSSL function that failed.
package struct OpenSSLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The function's name.
    package let function: String
    /// The code of its error queue.
    package let code: UInt

    package var description: String {
        "OpenSSL's \(function) failed (error 0x\(String(code, radix: 16)))"
    }
}

func check(_ function: String, _ result: Int32) throws(OpenSSLError) {
    guard result == 1 else { throw OpenSSLError(function: function, code: ERR_get_error()) }
}

func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe arc4random_buf(&bytes, count)
    return bytes
}
