import CPlatform

/// The processors of the machine as this process may use them.
package enum Processors {
    /// Numbers of the processors that the calling thread may run on, in ascending order; empty
    /// where the kernel does not tell.
    package static func allowed() -> [Int] {
        var mask = [UInt8](repeating: 0, count: Int(ANCHORBENCH_MASK_BYTES))
        let length = anchorbench_get_affinity(&mask)
        guard length > 0 else { return [] }
        return (0..<length * 8).filter { mask[$0 / 8] & (1 << ($0 % 8)) != 0 }
    }

    /// How many processors the machine has online, whether this process may use them or not.
    package static func online() -> Int { max(Int(anchorbench_online_processors()), 1) }

    /// Ties the calling thread to one processor.
    ///
    /// - Returns: whether the kernel obeyed.
    static func pinThread(to processor: Int) -> Bool {
        var mask = [UInt8](repeating: 0, count: Int(ANCHORBENCH_MASK_BYTES))
        guard mask.indices.contains(processor / 8) else { return false }
        mask[processor / 8] = 1 << (processor % 8)
        return anchorbench_set_affinity(mask) == 0
    }
}
