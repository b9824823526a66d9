import CCryptoki
import Glibc

/// What a token does that makes the IVs of GCM itself.
enum DeviceIVs: String {
    /// Takes 12 bytes of zeros alone, and writes its own in their place.
    case zeroed
    /// Takes 12 bytes of zeros alone, and leaves them.
    case kept = "zeroed:kept"
    /// Takes 12 bytes of zeros alone, and writes the same in their place every time.
    case repeated = "zeroed:repeated"
    /// Takes no IV, and appends one of 16 bytes to the ciphertext.
    case appended
    /// Takes any, and appends another of its length to the ciphertext.
    case replaced = "appended:any"

    private static let usualLength = 12

    /// The IV that a record is sealed under.
    ///
    /// - Throws: `CKR_MECHANISM_PARAM_INVALID` for one that the token does not take.
    func vector(for mechanism: CK_MECHANISM) throws(Refusal) -> GCMVector {
        let parameters = try GCMVector.parameters(mechanism)
        let given = GCMVector.bytes(parameters)
        let isTaken =
            switch self {
            case .zeroed, .kept, .repeated:
                given == [UInt8](repeating: 0, count: Self.usualLength)
            case .appended: given.isEmpty
            case .replaced: !given.isEmpty
            }
        guard isTaken else { throw Refusal(CKR_MECHANISM_PARAM_INVALID) }
        let own: [UInt8] =
            switch self {
            case .kept: given
            case .repeated: [UInt8](repeating: 0x5A, count: Self.usualLength)
            case .zeroed, .replaced: Self.random(given.count)
            case .appended: Self.random(16)
            }
        let isAppended = self == .appended || self == .replaced
        return GCMVector(
            bytes: own, isAppended: isAppended, target: isAppended ? nil : parameters.pIv)
    }

    private static func random(_ count: Int) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        arc4random_buf(&bytes, count)
        return bytes
    }
}

/// The IV of one operation, which the tag repeats, so that no other opens the ciphertext.
struct GCMVector {
    let bytes: [UInt8]
    let isAppended: Bool
    /// Where the caller finds it otherwise.
    let target: UnsafeMutablePointer<UInt8>?

    private static let filler: UInt8 = 0xA5

    /// What it adds to a ciphertext, in bytes.
    var appendedLength: Int { isAppended ? bytes.count : 0 }

    /// Writes the tag at the end of a ciphertext, and the IV to where it belongs.
    func finish(_ ciphertext: UnsafeMutablePointer<UInt8>, _ length: Int, tagLength: Int) {
        for place in 0..<tagLength {
            ciphertext[length - tagLength + place] = tagByte(place)
        }
        let end = isAppended ? ciphertext + length : target
        end?.update(from: bytes, count: bytes.count)
    }

    /// Whether a ciphertext ends in the tag of this IV.
    func fits(_ ciphertext: UnsafePointer<UInt8>, _ length: Int, tagLength: Int) -> Bool {
        (0..<tagLength).allSatisfy { ciphertext[length - tagLength + $0] == tagByte($0) }
    }

    private func tagByte(_ place: Int) -> UInt8 {
        place < bytes.count ? bytes[place] : Self.filler
    }

}

extension GCMVector {
    /// The IV that a caller wants a record opened with.
    init(opening mechanism: CK_MECHANISM) throws(Refusal) {
        self.init(
            bytes: Self.bytes(try Self.parameters(mechanism)), isAppended: false, target: nil)
    }

    /// The parameters that a caller gave.
    static func parameters(_ mechanism: CK_MECHANISM) throws(Refusal) -> CK_GCM_PARAMS {
        guard let parameters = mechanism.pParameter else {
            throw Refusal(CKR_MECHANISM_PARAM_INVALID)
        }
        return parameters.loadUnaligned(as: CK_GCM_PARAMS.self)
    }

    /// The IV that a caller gave.
    static func bytes(_ parameters: CK_GCM_PARAMS) -> [UInt8] {
        guard let start = parameters.pIv else { return [] }
        return Array(UnsafeBufferPointer(start: start, count: Int(parameters.ulIvLen)))
    }
}
