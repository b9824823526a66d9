import CLibcrypto
import Foundation

/// SHA-256 of a text in hexadecimal digits, to name a thing without showing it.
package func textDigest(_ text: String) -> String { digest(Array(text.utf8)) }

/// SHA-256 of a file's contents in hexadecimal digits.
///
/// - Throws: a file error where it cannot be read.
package func fileDigest(_ path: String) throws -> String {
    digest([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
}

private func digest(_ bytes: [UInt8]) -> String {
    var hash = [UInt8](repeating: 0, count: 32)
    var length: UInt32 = 0
    _ = unsafe EVP_Digest(bytes, bytes.count, &hash, &length, EVP_sha256(), nil)
    return hash.map { byte in
        let digits = String(byte, radix: 16)
        return digits.count == 1 ? "0" + digits : digits
    }.joined()
}
