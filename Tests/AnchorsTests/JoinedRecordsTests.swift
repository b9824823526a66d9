import Testing
import Units

@testable import Anchors

@Suite("Joined records come out whole once the seams are repaired")
struct JoinedRecordsTests {
    @Test("records of every length, random or whole blocks, whatever their number")
    func anyLengths() {
        for seed in 0..<2_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let cipher = ToyCipher(using: &generator)
            let plaintexts = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                bytes(Self.length(using: &generator), using: &generator)
            }
            let records = plaintexts.map { cipher.seal($0, using: &generator) }
            let joined = JoinedRecords(records)
            guard let output = cipher.open(joined.ciphertext, iv: records[0].iv) else {
                Issue.record("seed \(seed): the padding of the whole is not right")
                continue
            }
            #expect(joined.plaintexts(in: output) == plaintexts, "seed \(seed)")
        }
    }

    /// Whole blocks as often as anything else, and often no more than one block.
    private static func length(using generator: inout SeededGenerator) -> Int {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: Int.random(in: 0...15, using: &generator)
        case 1: 16 * Int.random(in: 1...6, using: &generator)
        case 2: 16 * Int.random(in: 1...6, using: &generator) - 1
        default: Int.random(in: 1...100, using: &generator)
        }
    }

    @Test("without padding whole blocks join with nothing added, whatever their number")
    func unpadded() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let cipher = ToyCipher(using: &generator)
            let plaintexts = (0..<Int.random(in: 1...12, using: &generator)).map { _ in
                bytes(16 * Int.random(in: 1...6, using: &generator), using: &generator)
            }
            // The block of padding that the cipher adds is left away.
            let records = plaintexts.map { plaintext in
                let sealed = cipher.seal(plaintext, using: &generator)
                return JoinedRecords.Record(
                    iv: (0..<16).map { sealed.iv[$0] }, ciphertext: sealed.ciphertext.dropLast(16))
            }
            let joined = JoinedRecords(records, isPadded: false)
            #expect(joined.ciphertext.count == plaintexts.reduce(0) { $0 + $1.count })
            let output = cipher.openRaw(joined.ciphertext, iv: records[0].iv)
            #expect(joined.plaintexts(in: output) == plaintexts, "seed \(seed)")
            let cut = joined.plaintexts(in: output.dropLast())
            #expect(cut.allSatisfy { $0 == nil } && cut.count == plaintexts.count)
        }
    }

    @Test("nothing is added but the IV of a last record of a single block")
    func overhead() {
        var generator = SeededGenerator(seed: 1)
        let cipher = ToyCipher(using: &generator)
        let short = cipher.seal([1, 2, 3], using: &generator)
        let long = cipher.seal(bytes(16, using: &generator), using: &generator)
        #expect(JoinedRecords([short]).ciphertext == short.ciphertext)
        #expect(JoinedRecords([short, long]).ciphertext == short.ciphertext + long.ciphertext)
        let end = JoinedRecords([long, short]).ciphertext
        #expect(end.count == long.ciphertext.count + 32)
        #expect(end.suffix(16) == short.ciphertext[...])
    }

    @Test("as many fit as the call is long, an inserted IV counted")
    func fitting() {
        #expect(JoinedRecords.count(fitting: 16 << 20, each: 272) == 61_680)
        #expect(JoinedRecords.count(fitting: 271, each: 272) == 0)
        #expect(JoinedRecords.count(fitting: 543, each: 272) == 1)
        #expect(JoinedRecords.count(fitting: 544, each: 272) == 2)
        #expect(JoinedRecords.count(fitting: 15, each: 16) == 0)
        #expect(JoinedRecords.count(fitting: 16, each: 16) == 1)
        #expect(JoinedRecords.count(fitting: 32, each: 16) == 1)
        #expect(JoinedRecords.count(fitting: 48, each: 16) == 2)
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let cipher = ToyCipher(using: &generator)
            let record = cipher.seal(
                bytes(Int.random(in: 0...40, using: &generator), using: &generator),
                using: &generator)
            let length = record.ciphertext.count
            let most = Int.random(in: length...600, using: &generator)
            let count = JoinedRecords.count(fitting: most, each: length)
            func joined(_ count: Int) -> Int {
                JoinedRecords(Array(repeating: record, count: count)).ciphertext.count
            }
            #expect(joined(count) <= most && joined(count + 1) > most, "seed \(seed)")
        }
    }

    @Test(
        "what is no output of theirs gives no record; what is spoiled in one place spoils no other")
    func spoiled() {
        for seed in 0..<500 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let cipher = ToyCipher(using: &generator)
            let plaintexts = (0..<5).map { _ in
                bytes(Int.random(in: 20...90, using: &generator), using: &generator)
            }
            let records = plaintexts.map { cipher.seal($0, using: &generator) }
            let joined = JoinedRecords(records)
            var output = cipher.open(joined.ciphertext, iv: records[0].iv) ?? []
            let none = [[UInt8]?](repeating: nil, count: 5)
            #expect(joined.plaintexts(in: []) == none, "seed \(seed)")
            #expect(joined.plaintexts(in: output + output) == none, "seed \(seed)")
            let start = records[0].ciphertext.count
            let place = start + Int.random(in: 0..<plaintexts[1].count, using: &generator)
            output[place] ^= 0x40
            let found = joined.plaintexts(in: output)
            for index in plaintexts.indices {
                #expect((found[index] == plaintexts[index]) == (index != 1), "seed \(seed)")
            }
        }
    }

    @Test("joined without the repair only the first record is right")
    func withoutRepair() {
        var generator = SeededGenerator(seed: 3)
        let cipher = ToyCipher(using: &generator)
        let plaintexts = (0..<4).map { _ in bytes(64, using: &generator) }
        let records = plaintexts.map { cipher.seal($0, using: &generator) }
        let output = cipher.open(JoinedRecords(records).ciphertext, iv: records[0].iv) ?? []
        for (index, plaintext) in plaintexts.enumerated() {
            let found = Array(output[(80 * index)..<(80 * index + 64)])
            #expect((found == plaintext) == (index == 0))
            #expect(found.dropFirst(16) == plaintext.dropFirst(16))
        }
    }

    private func bytes(_ count: Int, using generator: inout SeededGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }
}

/// CBC with PKCS#7 padding over a permutation of blocks that is no cipher at all: the algebra of
/// the mode does not depend on it.
private struct ToyCipher {
    private let key: JoinedRecords.Block

    init(using generator: inout SeededGenerator) {
        key = Self.block(using: &generator)
    }

    func seal(
        _ plaintext: [UInt8], using generator: inout SeededGenerator
    ) -> JoinedRecords.Record {
        let padding = 16 - plaintext.count % 16
        let padded = plaintext + Array(repeating: UInt8(padding), count: padding)
        let iv = Self.block(using: &generator)
        var (previous, ciphertext) = (iv, [UInt8]())
        for start in stride(from: 0, to: padded.count, by: 16) {
            previous = encrypt(JoinedRecords.Block(padded[start..<start + 16]) ^ previous)
            ciphertext += previous.indices.map { previous[$0] }
        }
        return JoinedRecords.Record(iv: iv.indices.map { iv[$0] }, ciphertext: ciphertext)
    }

    /// What a device gives: everything but the padding at the end; nil where that is not right.
    func open(_ ciphertext: [UInt8], iv: JoinedRecords.Block) -> [UInt8]? {
        let output = openRaw(ciphertext, iv: iv)
        guard let padding = output.last, (1...16).contains(padding),
            output.suffix(Int(padding)).allSatisfy({ $0 == padding })
        else { return nil }
        return Array(output.dropLast(Int(padding)))
    }

    /// What a device gives that knows of no padding.
    func openRaw(_ ciphertext: [UInt8], iv: JoinedRecords.Block) -> [UInt8] {
        var (previous, output) = (iv, [UInt8]())
        for start in stride(from: 0, to: ciphertext.count, by: 16) {
            let block = JoinedRecords.Block(ciphertext[start..<start + 16])
            let opened = decrypt(block) ^ previous
            output += opened.indices.map { opened[$0] }
            previous = block
        }
        return output
    }

    private func encrypt(_ block: JoinedRecords.Block) -> JoinedRecords.Block {
        var result = JoinedRecords.Block()
        for place in 0..<16 {
            let byte = block[(place + 5) % 16] &+ key[place]
            result[place] = (byte << 3 | byte >> 5) ^ key[15 - place]
        }
        return result
    }

    private func decrypt(_ block: JoinedRecords.Block) -> JoinedRecords.Block {
        var result = JoinedRecords.Block()
        for place in 0..<16 {
            let byte = block[place] ^ key[15 - place]
            result[(place + 5) % 16] = (byte >> 3 | byte << 5) &- key[place]
        }
        return result
    }

    private static func block(using generator: inout SeededGenerator) -> JoinedRecords.Block {
        JoinedRecords.Block((0..<16).map { _ in UInt8.random(in: 0...255, using: &generator) })
    }
}
