/// The fingerprints of a gate's canaries as they lie in its file: a table with open addressing, at
/// most half full, in which 0 is nothing.
///
/// Nobody writes it once the file is made, so that looking there takes no lock.
struct CanaryTable: Sendable {
    private let memory: GateMemory
    /// The place of its first word.
    private let start: Int
    /// Words: a power of two, or none.
    private let slots: Int
    /// By how much a product is shifted to give a place.
    private let shift: Int

    /// The table of a file.
    init(_ memory: GateMemory, _ layout: GateLayout) {
        self.memory = memory
        start = layout.canaries
        slots = layout.canarySlots
        shift = UInt64.bitWidth - layout.canarySlots.trailingZeroBitCount
    }

    /// Words of a table for so many: at least twice as many; nothing for none.
    static func slots(for count: Int) -> Int {
        guard count > 0 else { return 0 }
        var slots = 2
        while slots < 2 * count { slots *= 2 }
        return slots
    }

    /// Whether a fingerprint is there.
    @inline(__always)
    func contains(_ fingerprint: UInt64) -> Bool {
        guard fingerprint != 0 else { return false }
        var slot = first(of: fingerprint)
        // An empty word ends the search; a file that is damaged meanwhile may have none.
        for _ in 0..<slots {
            let word = memory[start &+ slot]
            if word == fingerprint { return true }
            if word == 0 { return false }
            slot = (slot &+ 1) & (slots &- 1)
        }
        return false
    }

    /// Puts a fingerprint there that is not there yet, while the file is made.
    func insert(_ fingerprint: UInt64) {
        precondition(fingerprint != 0, "0 is nothing")
        var slot = first(of: fingerprint)
        while memory[start + slot] != 0 { slot = (slot + 1) & (slots - 1) }
        memory[start + slot] = fingerprint
    }

    /// How many fingerprints there are, and a sum that changes with every word and its place.
    var contents: (count: Int, sum: UInt64) {
        var (count, sum) = (0, UInt64(0))
        for slot in 0..<slots {
            let word = memory[start &+ slot]
            guard word != 0 else { continue }
            count += 1
            sum &+= word &* (2 &* UInt64(slot) &+ 1)
        }
        return (count, sum)
    }

    /// Where a fingerprint is looked for first. Ciphertexts are as good as random, but for the
    /// first byte of those of RSA, which is below that of the modulus.
    @inline(__always)
    private func first(of fingerprint: UInt64) -> Int {
        Int(truncatingIfNeeded: (fingerprint &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }
}
