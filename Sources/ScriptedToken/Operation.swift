import CCryptoki
import Glibc

/// An encryption, decryption or wrapping under way: what it does to lengths and bytes.
///
/// This is not cryptography. A ciphertext is the plaintext itself and as much filler as the
/// mechanism would add, and no key takes part: what a call costs here is the cost of calling. GCM
/// adds a tag, CBC-PAD the padding of PKCS#7, CBC and CTR nothing, key wrap a block of 8 bytes; an
/// RSA block is two bytes of length, the plaintext, and filler up to the length of the modulus.
struct Operation {
    /// The mechanisms, by what they do to a length.
    enum Cipher: UInt8 {
        case none
        case gcm
        case cbcPad
        case cbc
        case ctr
        case keyWrap
        case rsa
    }

    static let none = Operation(cipher: .none, blockLength: 0, plaintextMax: 0)

    let cipher: Cipher
    /// In bytes: the tag of GCM, the block of key wrap, the modulus of RSA.
    let blockLength: Int32
    /// In bytes; RSA only.
    let plaintextMax: Int32

    private static let filler: UInt8 = 0xA5
    private static let aesBlockLength = 16

    var isActive: Bool { cipher != .none }

    /// The length of the ciphertext of so many bytes.
    ///
    /// - Throws: `CKR_DATA_LEN_RANGE` where the mechanism does not take that many.
    func sealedLength(_ length: Int) throws(Refusal) -> Int {
        switch cipher {
        case .none, .ctr: return length
        case .gcm: return length + Int(blockLength)
        case .keyWrap:
            guard length >= 16, length % 8 == 0 else { throw Refusal(CKR_KEY_SIZE_RANGE) }
            return length + Int(blockLength)
        case .cbc:
            guard length % Self.aesBlockLength == 0 else { throw Refusal(CKR_DATA_LEN_RANGE) }
            return length
        case .cbcPad: return (length / Self.aesBlockLength + 1) * Self.aesBlockLength
        case .rsa:
            guard length <= Int(plaintextMax) else { throw Refusal(CKR_DATA_LEN_RANGE) }
            return Int(blockLength)
        }
    }

    /// Writes a ciphertext of the given length, which `sealedLength` told.
    func seal(
        _ plaintext: UnsafePointer<UInt8>?, _ length: Int,
        into ciphertext: UnsafeMutablePointer<UInt8>, _ sealedLength: Int
    ) {
        let start = ciphertext + prefixLength
        if let plaintext, length > 0 { memmove(start, plaintext, length) }
        let fillerLength = sealedLength - prefixLength - length
        let byte = cipher == .cbcPad ? UInt8(fillerLength) : Self.filler
        memset(start + length, Int32(byte), fillerLength)
        if cipher == .rsa {
            ciphertext[0] = UInt8(length >> 8)
            ciphertext[1] = UInt8(length & 0xFF)
        }
    }

    /// The length of the plaintext in a ciphertext.
    ///
    /// - Throws: `CKR_ENCRYPTED_DATA_LEN_RANGE` or `CKR_ENCRYPTED_DATA_INVALID`.
    @inline(__always)
    func openedLength(_ ciphertext: UnsafePointer<UInt8>, _ length: Int) throws(Refusal) -> Int {
        switch cipher {
        case .none, .ctr: return length
        case .gcm:
            guard length >= Int(blockLength) else { throw Refusal(CKR_ENCRYPTED_DATA_LEN_RANGE) }
            return length - Int(blockLength)
        case .keyWrap:
            guard length >= 24, length % 8 == 0 else {
                throw Refusal(CKR_ENCRYPTED_DATA_LEN_RANGE)
            }
            return length - Int(blockLength)
        case .cbc:
            guard length % Self.aesBlockLength == 0 else {
                throw Refusal(CKR_ENCRYPTED_DATA_LEN_RANGE)
            }
            return length
        case .cbcPad:
            guard length > 0, length % Self.aesBlockLength == 0 else {
                throw Refusal(CKR_ENCRYPTED_DATA_LEN_RANGE)
            }
            let padding = Int(ciphertext[length - 1])
            guard (1...Self.aesBlockLength).contains(padding) else {
                throw Refusal(CKR_ENCRYPTED_DATA_INVALID)
            }
            return length - padding
        case .rsa:
            guard length == Int(blockLength) else { throw Refusal(CKR_ENCRYPTED_DATA_LEN_RANGE) }
            let opened = Int(ciphertext[0]) << 8 | Int(ciphertext[1])
            guard opened <= Int(plaintextMax) else { throw Refusal(CKR_ENCRYPTED_DATA_INVALID) }
            return opened
        }
    }

    /// Writes the plaintext, whose length `openedLength` told; source and target may be the same.
    @inline(__always)
    func open(
        _ ciphertext: UnsafePointer<UInt8>, into plaintext: UnsafeMutablePointer<UInt8>,
        _ openedLength: Int
    ) {
        memmove(plaintext, ciphertext + prefixLength, openedLength)
    }

    private var prefixLength: Int { cipher == .rsa ? 2 : 0 }
}
