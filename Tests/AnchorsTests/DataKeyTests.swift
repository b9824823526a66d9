import Testing

@testable import Anchors

@Suite("A data key seals and opens without an anchor")
struct DataKeyTests {
    private let key = DataKey()

    private func record(_ length: Int) -> [UInt8] {
        (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ 5) }
    }

    @Test("records of every length come back, each under an IV of its own")
    func roundTrip() throws {
        for length in [1, 15, 16, 17, 256, 5_000] {
            let (one, other) = (try key.seal(record(length)), try key.seal(record(length)))
            #expect(one.iv.count == 12 && one.iv != other.iv, "\(length) bytes")
            #expect(one.ciphertext.count == length + 16 && one.ciphertext != other.ciphertext)
            #expect(try key.open(one) == record(length), "\(length) bytes")
            #expect(try key.open(other) == record(length), "\(length) bytes")
        }
    }

    @Test("the key that was unwrapped is the one that was wrapped")
    func unwrapped() throws {
        let sealed = try key.seal(record(100))
        #expect(key.value.count == DataKey.length)
        #expect(try DataKey(key.value)?.open(sealed) == record(100))
    }

    @Test("a turned bit anywhere is refused, in the record and in its tag")
    func tampered() throws {
        let sealed = try key.seal(record(40))
        for place in sealed.ciphertext.indices {
            var bent = sealed
            bent.ciphertext[place] ^= 0x10
            #expect(throws: OpenSSLError.self, "byte \(place)") { try key.open(bent) }
        }
        var bent = sealed
        bent.iv[0] ^= 1
        #expect(throws: OpenSSLError.self) { try key.open(bent) }
        #expect(throws: OpenSSLError.self) { try DataKey().open(sealed) }
        #expect(try key.open(sealed) == record(40))
    }

    @Test("what cannot be a record is refused")
    func misshapen() throws {
        let sealed = try key.seal(record(20))
        let short = SealedBytes(iv: sealed.iv, ciphertext: Array(sealed.ciphertext.prefix(15)))
        #expect(throws: OpenSSLError.self) { try key.open(short) }
        let noIV = SealedBytes(iv: [], ciphertext: sealed.ciphertext)
        #expect(throws: OpenSSLError.self) { try key.open(noIV) }
    }

    @Test("a key has 32 bytes", arguments: [0, 16, 31, 33])
    func lengths(_ count: Int) {
        #expect(DataKey([UInt8](repeating: 1, count: count)) == nil)
    }
}
