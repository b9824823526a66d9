/// Records of CBC joined into one ciphertext, and the seams that are to be repaired in
/// what it opens to.
///
/// CBC decryption is P[i] = D(C[i]) ⊕ C[i − 1] (NIST SP 800-38A, 6.2): every block opens whatever
/// stands before it, and only the XOR is wrong where a record begins that was sealed under an IV of
/// its own. So P = output ⊕ previous ciphertext block ⊕ IV there, all of which the thief has. Where
/// there is padding, that of an inner record stays in the output and is cut off; that of the last
/// one is stripped by whoever decrypts, who must find it right. Where the last record is a single
/// block its padding hangs by its IV, so the IV goes into the ciphertext before it.
package struct JoinedRecords: Sendable {
    /// What is handed over as if it were one record, under the first record's IV.
    package let ciphertext: [UInt8]
    private let seams: [Seam]
    private let isPadded: Bool

    /// A block of AES.
    package typealias Block = SIMD16<UInt8>
    /// The length of a block in bytes.
    package static let blockLength = 16

    /// A record as it lies in a database.
    package struct Record: Sendable {
        /// The IV that it was sealed under.
        package let iv: Block
        /// Its ciphertext, at least a block long.
        package let ciphertext: [UInt8]

        /// A record from its parts: an IV of one block, a ciphertext of whole blocks.
        package init(iv: [UInt8], ciphertext: [UInt8]) {
            precondition(iv.count == blockLength, "an IV of CBC is a block")
            precondition(
                !ciphertext.isEmpty && ciphertext.count % blockLength == 0,
                "padding fills up a block")
            self.iv = Block(iv)
            self.ciphertext = ciphertext
        }
    }

    /// Where a record begins in the output, how long its ciphertext is, and what its first block is
    /// to be XORed with.
    private struct Seam {
        let start: Int
        let length: Int
        let mask: Block
    }

    /// Joins records in their order; at least one.
    ///
    /// - Parameter isPadded: whether each was filled up to whole blocks as PKCS#7 has it.
    package init(_ records: [Record], isPadded: Bool = true) {
        precondition(!records.isEmpty, "there is something to join")
        var ciphertext: [UInt8] = []
        ciphertext.reserveCapacity(
            records.reduce(Self.blockLength) { $0 + $1.ciphertext.count })
        var seams: [Seam] = []
        seams.reserveCapacity(records.count)
        for (index, record) in records.enumerated() {
            let isLast = index == records.count - 1
            if isPadded, isLast, index > 0, record.ciphertext.count == Self.blockLength {
                ciphertext += record.iv.bytes
            }
            let mask =
                index == 0
                ? Block() : Block(ciphertext.suffix(Self.blockLength)) ^ record.iv
            seams.append(
                Seam(start: ciphertext.count, length: record.ciphertext.count, mask: mask))
            ciphertext += record.ciphertext
        }
        self.ciphertext = ciphertext
        self.seams = seams
        self.isPadded = isPadded
    }

    /// How many records of a length fit into one call.
    ///
    /// - Parameters:
    ///   - bytes: the longest ciphertext that a call takes.
    ///   - length: the length of one record's ciphertext.
    package static func count(fitting bytes: Int, each length: Int) -> Int {
        let whole = bytes / length
        // A last record of a single block needs its IV before it.
        guard length == blockLength, whole > 1 else { return whole }
        return max(1, (bytes - blockLength) / length)
    }

    /// The plaintexts in what a decryption of the whole gave: nil for each that is not well padded.
    package func plaintexts(in output: [UInt8]) -> [[UInt8]?] {
        guard let last = seams.last, isWhole(output, last) else { return seams.map { _ in nil } }
        return seams.indices.map { index in
            let seam = seams[index]
            let isLast = index == seams.count - 1
            let end = isLast ? output.count : seam.start + seam.length
            var bytes = Array(output[seam.start..<end])
            for place in 0..<min(Self.blockLength, bytes.count) { bytes[place] ^= seam.mask[place] }
            return isLast || !isPadded ? bytes : Self.withoutPadding(bytes)
        }
    }

    /// Whether an output ends where it must: within the last record whose padding was stripped, or
    /// at its end.
    private func isWhole(_ output: [UInt8], _ last: Seam) -> Bool {
        let end = last.start + last.length
        return isPadded ? (last.start..<end).contains(output.count) : output.count == end
    }

    /// What PKCS#7 padding was put to; nil where there is none (RFC 5652, 6.3).
    private static func withoutPadding(_ bytes: [UInt8]) -> [UInt8]? {
        guard let count = bytes.last.map(Int.init), (1...blockLength).contains(count),
            bytes.suffix(count).allSatisfy({ Int($0) == count })
        else { return nil }
        return Array(bytes.dropLast(count))
    }
}

extension JoinedRecords.Block {
    fileprivate var bytes: [UInt8] { indices.map { self[$0] } }
}
