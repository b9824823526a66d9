import CCryptoki
import GateState

/// Records that nobody has a reason to open, among what calls hand over to be opened.
extension Guardian {
    /// Bytes of AES's block: a record that is joined to others begins where a block begins.
    private static let block = 16
    /// Bytes by which a record is known.
    private static let fingerprint = MemoryLayout<UInt64>.size

    /// Counts the canaries among what an admitted call hands over. This comes before the module
    /// sees it: the plaintext may be written over it, and whoever is killed meanwhile was seen.
    func lookForCanaries(in ciphertext: UnsafeMutablePointer<CK_BYTE>, _ bytes: CK_ULONG) {
        let start = UnsafeRawPointer(ciphertext)
        let last = Int(clamping: bytes) - Self.fingerprint
        var place = 0
        while place <= last {
            let word = start.loadUnaligned(fromByteOffset: place, as: UInt64.self)
            _ = state.meet(UInt64(littleEndian: word), row: row)
            place += Self.block
        }
    }
}
