import CLibcrypto

/// A key in plain memory under which records are sealed without the anchor: AES-256-GCM of
/// OpenSSL's, the tag behind the ciphertext as PKCS#11 has it.
package struct DataKey: Sendable {
    private let bytes: [UInt8]

    /// Its length in bytes.
    package static let length = 32
    private static let tagLength = 16
    private static let ivLength = 12

    /// A new key.
    package init() { bytes = randomBytes(Self.length) }

    /// A key that was unwrapped.
    ///
    /// - Returns: nil where it has another length.
    package init?(_ bytes: [UInt8]) {
        guard bytes.count == Self.length else { return nil }
        self.bytes = bytes
    }

    /// The key itself, for whoever wraps it.
    package var value: [UInt8] { bytes }

    /// Seals a record under a fresh IV.
    ///
    /// - Throws: `OpenSSLError`.
    package func seal(_ record: [UInt8]) throws(OpenSSLError) -> SealedBytes {
        let iv = randomBytes(Self.ivLength)
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        try check(
            "EVP_EncryptInit_ex",
            unsafe EVP_EncryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, iv))
        var sealed = [UInt8](repeating: 0, count: record.count + Self.tagLength)
        var (first, last): (Int32, Int32) = (0, 0)
        try check(
            "EVP_EncryptUpdate",
            unsafe EVP_EncryptUpdate(context, &sealed, &first, record, Int32(record.count)))
        var tail = [UInt8](repeating: 0, count: Self.tagLength)
        try check("EVP_EncryptFinal_ex", unsafe EVP_EncryptFinal_ex(context, &tail, &last))
        try check(
            "EVP_CIPHER_CTX_ctrl",
            unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_GET_TAG, Int32(Self.tagLength), &tail))
        sealed.replaceSubrange(record.count..., with: tail)
        return SealedBytes(iv: iv, ciphertext: sealed)
    }

    /// Opens a record.
    ///
    /// - Throws: `OpenSSLError`, also where the tag is not that of the record.
    package func open(_ record: SealedBytes) throws(OpenSSLError) -> [UInt8] {
        let length = record.ciphertext.count - Self.tagLength
        guard length >= 0, record.iv.count == Self.ivLength else {
            throw OpenSSLError(function: "EVP_DecryptInit_ex", code: 0)
        }
        let context = unsafe EVP_CIPHER_CTX_new()
        defer { unsafe EVP_CIPHER_CTX_free(context) }
        try check(
            "EVP_DecryptInit_ex",
            unsafe EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nil, bytes, record.iv))
        var opened = [UInt8](repeating: 0, count: length + Self.tagLength)
        var (first, last): (Int32, Int32) = (0, 0)
        try check(
            "EVP_DecryptUpdate",
            unsafe EVP_DecryptUpdate(context, &opened, &first, record.ciphertext, Int32(length)))
        var tag = Array(record.ciphertext.suffix(Self.tagLength))
        try check(
            "EVP_CIPHER_CTX_ctrl",
            unsafe EVP_CIPHER_CTX_ctrl(
                context, EVP_CTRL_AEAD_SET_TAG, Int32(Self.tagLength), &tag))
        var tail = [UInt8](repeating: 0, count: Self.tagLength)
        try check("EVP_DecryptFinal_ex", unsafe EVP_DecryptFinal_ex(context, &tail, &last))
        opened.removeLast(Self.tagLength)
        return opened
    }
}
