import CLibcrypto
import Cryptoki
import Glibc
import Load

/// The same MACs made by OpenSSL in this process with the key in memory: no anchor at all.
///
/// Keyed once, as an application would; each call starts anew with that key.
@safe package struct OpenSSLAuthentication: Operation, ~Copyable {
    private let context: OpaquePointer?
    private let records: [[UInt8]]
    private let truths: [[UInt8]]
    private let output: UnsafeMutablePointer<UInt8>
    private var outputLength = 0

    private static let macLength = 32

    /// Lays out `recordCount` random records of `recordBytes` with their MACs.
    ///
    /// - Throws: `OpenSSLError` naming the function.
    package init(
        _ key: OpenSSLKey, recordBytes: Int, recordCount: Int
    ) throws(OpenSSLError) {
        guard case .bytes(let bytes) = key.secret else {
            preconditionFailure("a MAC has a secret key")
        }
        let records = (0..<recordCount).map { _ in randomBytes(recordBytes) }
        unsafe context = try Self.keyedContext(bytes)
        self.records = records
        truths = records.map { hmacSHA256(key: bytes, $0) }
        unsafe output = .allocate(capacity: Self.macLength)
        unsafe output.initialize(repeating: 0, count: Self.macLength)
    }

    deinit {
        unsafe EVP_MAC_CTX_free(context)
        unsafe output.deallocate()
    }

    package var recordCount: Int { records.count }

    package mutating func perform(_ index: Int) -> UInt {
        guard unsafe EVP_MAC_init(context, nil, 0, nil) == 1,
            unsafe EVP_MAC_update(context, records[index], records[index].count) == 1,
            unsafe EVP_MAC_final(context, output, &outputLength, Self.macLength) == 1
        else { return failureCode() }
        return 0
    }

    package func verify(_ index: Int) -> Bool {
        guard outputLength == truths[index].count else { return false }
        let isEqual = unsafe memcmp(output, truths[index], outputLength) == 0
        unsafe output[0] = ~output[0]
        return isEqual
    }

    private static func keyedContext(_ key: [UInt8]) throws(OpenSSLError) -> OpaquePointer? {
        let algorithm = unsafe EVP_MAC_fetch(nil, "HMAC", nil)
        defer { unsafe EVP_MAC_free(algorithm) }
        let context = unsafe EVP_MAC_CTX_new(algorithm)
        var digest = Array("SHA256".utf8CString)
        let code = unsafe digest.withUnsafeMutableBufferPointer { name in
            let parameters = unsafe [
                OSSL_PARAM_construct_utf8_string("digest", name.baseAddress, 0),
                OSSL_PARAM_construct_end(),
            ]
            return unsafe EVP_MAC_init(context, key, key.count, parameters)
        }
        do throws(OpenSSLError) {
            try check("EVP_MAC_init", code)
        } catch {
            unsafe EVP_MAC_CTX_free(context)
            throw error
        }
        return unsafe context
    }
}

/// HMAC-SHA-256 (RFC 2104) of a record.
func hmacSHA256(key: [UInt8], _ record: [UInt8]) -> [UInt8] {
    var mac = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    _ = unsafe HMAC(
        EVP_sha256(), key, Int32(key.count), record, record.count, &mac, &length)
    return mac
}
