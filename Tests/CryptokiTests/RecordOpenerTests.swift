import Testing

@testable import Cryptoki

@Suite(
    "Rows are sealed and opened on SoftHSM2", .serialized,
    .enabled(if: SoftToken.isInstalled, "SoftHSM2 is not installed"))
struct RecordOpenerTests {
    @Test("every mechanism opens what it sealed, under an IV of its own, and keeps no output")
    func roundTrip() async {
        await #expect(processExitsWith: .success) {
            try withKeys(bits: 128) { mechanism, key, session in
                for length in mechanism.isRSA ? [1, 32, 86] : [1, 16, 256, 4_096]
                where length % mechanism.recordStep == 0 {
                    let note = "\(mechanism), \(length) bytes"
                    var opener = try RecordOpener(
                        session(), key: key, mechanism: mechanism, recordBytes: length)
                    let (first, second) = (sample(length, 1), sample(length, 2))
                    let (one, other) = (try opener.seal(first), try opener.seal(second))
                    #expect(one.iv.count == mechanism.ivLength, "\(note)")
                    #expect(one.iv != other.iv || mechanism.ivLength == 0, "\(note)")
                    #expect(
                        one.ciphertext.count
                            == mechanism.sealedBound(recordBytes: length, keyBits: key.bits),
                        "\(note)")
                    let code = opener.open(one)
                    #expect(code == .ok, "\(note)")
                    let isRight = opener.takeOutput(is: first)
                    #expect(isRight, "\(note)")
                    // What was taken is not there to be taken again.
                    let isStale = opener.takeOutput(is: first)
                    #expect(!isStale, "\(note)")
                    let again = opener.open(other)
                    let output = opener.takeOutput()
                    #expect(again == .ok && output == second, "\(note)")
                    let rest = opener.takeOutput()
                    #expect(rest.isEmpty, "\(note)")
                    let third = opener.open(one)
                    let isOther = opener.takeOutput(is: second)
                    #expect(third == .ok && !isOther, "\(note)")
                }
            }
        }
    }

    @Test("another IV, or a bit that was turned, gives no record, and the next one opens")
    func tampered() async {
        await #expect(processExitsWith: .success) {
            try withKeys(bits: 256) { mechanism, key, session in
                let record = sample(32, 7)
                var opener = try RecordOpener(
                    session(), key: key, mechanism: mechanism, recordBytes: record.count)
                let (sealed, other) = (try opener.seal(record), try opener.seal(record))
                #expect(sealed.ciphertext != other.ciphertext, "\(mechanism)")
                if mechanism.ivLength > 0 {
                    let code = opener.open(
                        SealedBytes(iv: other.iv, ciphertext: sealed.ciphertext))
                    let isRight = opener.takeOutput(is: record)
                    #expect(!isRight && (code != .ok || mechanism != .aesGCM), "\(mechanism)")
                }
                var bent = sealed
                bent.ciphertext[0] ^= 1
                let code = opener.open(bent)
                let output = opener.takeOutput()
                #expect(output != record, "\(mechanism)")
                switch mechanism {
                case .aesGCM: #expect(code != .ok && output.isEmpty)
                // CTR has nothing to notice it by: the same bit is turned in the record.
                case .aesCTR: #expect(code == .ok && output == [record[0] ^ 1] + record[1...])
                default: break
                }
                let next = opener.open(sealed)
                let isRight = opener.takeOutput(is: record)
                #expect(next == .ok && isRight, "\(mechanism)")
            }
        }
    }
}

/// Calls a body with a stored key of every mechanism that decrypts, and what opens sessions.
private func withKeys(
    bits: Int,
    _ body: (RecordMechanism, AnchorKey, () throws(CryptokiError) -> Session) throws -> Void
) throws {
    let token = try SoftToken()
    let (module, slot) = try token.provisioned()
    let owner = try Session(module, slot: slot.id, readWrite: true)
    try owner.login(pin: pin("4711"))
    for mechanism in AnchoredOperation.decrypt.mechanisms {
        let bits = mechanism.isRSA ? 1_024 : bits
        _ = try owner.makeKey(for: mechanism, bits: bits, label: mechanism.rawValue)
        let key = try owner.anchorKey(
            .token(label: mechanism.rawValue), for: mechanism, bits: bits)
        try body(mechanism, key) { () throws(CryptokiError) in
            try Session(module, slot: slot.id)
        }
    }
    withExtendedLifetime(token) {}
}

private func sample(_ length: Int, _ seed: Int) -> [UInt8] {
    (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 31 &+ seed) }
}
