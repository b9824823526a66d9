import Testing

@testable import Anchors

@Suite("The baseline opens the same records with the key in memory")
struct BaselineTests {
    @Test(
        "every record of every mechanism opens right",
        arguments: [
            (.aesGCM, 128), (.aesGCM, 192), (.aesGCM, 256), (.aesCBCPad, 128), (.aesCBCPad, 192),
            (.aesCBCPad, 256), (.aesCBC, 128), (.aesCBC, 256), (.aesCTR, 128), (.aesCTR, 192),
            (.aesCTR, 256), (.rsaPKCS, 2_048),
            (.rsaOAEP, 2_048),
        ] as [(RecordMechanism, Int)])
    func opens(_ mechanism: RecordMechanism, _ bits: Int) throws {
        let key = try OpenSSLKey(mechanism, bits: bits)
        for length in mechanism.isRSA ? [1, 32] : [1, 15, 16, 256, 4_096]
        where length % mechanism.recordStep == 0 {
            var operation = try OpenSSLOperation(key, recordBytes: length, recordCount: 16)
            #expect(operation.recordCount == 16)
            for index in 0..<16 {
                let code = operation.perform(index)
                #expect(code == 0, "\(length) bytes, record \(index)")
                let isRight = operation.verify(index)
                #expect(isRight, "\(length) bytes, record \(index)")
            }
        }
    }

    @Test(
        "every data key is unwrapped right",
        arguments: [
            (.aesKeyWrap, 128), (.aesKeyWrap, 192), (.aesKeyWrap, 256), (.rsaOAEP, 2_048),
        ] as [(RecordMechanism, Int)])
    func unwraps(_ mechanism: RecordMechanism, _ bits: Int) throws {
        let key = try OpenSSLKey(mechanism, bits: bits)
        var operation = try OpenSSLOperation(key, recordBytes: 32, recordCount: 16)
        for index in (0..<16).flatMap({ [$0, $0] }) {
            let code = operation.perform(index)
            let isRight = operation.verify(index)
            #expect(code == 0 && isRight, "data key \(index)")
        }
    }

    @Test(
        "a MAC is that of the standard's test, and every record's is its own", arguments: [0, 32])
    func authenticates(_ length: Int) throws {
        // RFC 4231, test case 2.
        let mac = hmacSHA256(key: Array("Jefe".utf8), Array("what do ya want for nothing?".utf8))
        #expect(mac.prefix(4) == [0x5b, 0xdc, 0xc1, 0x46] && mac.suffix(2) == [0x38, 0x43])
        let key = try OpenSSLKey(.hmacSHA256, bits: 256)
        var operation = try OpenSSLAuthentication(key, recordBytes: length, recordCount: 16)
        let isEarly = operation.verify(0)
        #expect(!isEarly, "nothing was authenticated yet")
        for index in (0..<16).flatMap({ [$0, $0] }) {
            let code = operation.perform(index)
            #expect(code == 0, "record \(index)")
            let isRight = operation.verify(index)
            let isStale = operation.verify(index)
            #expect(isRight && !isStale, "record \(index)")
        }
        _ = operation.perform(3)
        let isOther = operation.verify(4)
        #expect(isOther == (length == 0))
    }

    @Test("an output is right once: what is left of it does not pass for the next one")
    func staleOutput() throws {
        let key = try OpenSSLKey(.aesGCM, bits: 256)
        var operation = try OpenSSLOperation(key, recordBytes: 64, recordCount: 2)
        let isEarly = operation.verify(0)
        #expect(!isEarly, "nothing was opened yet")
        _ = operation.perform(0)
        let isRight = operation.verify(0)
        let isStale = operation.verify(0)
        #expect(isRight && !isStale)
        _ = operation.perform(0)
        let isOther = operation.verify(1)
        #expect(!isOther)
    }

    @Test("every record has an IV and a plaintext of its own")
    func distinct() throws {
        let key = try OpenSSLKey(.aesGCM, bits: 256)
        let records = try (0..<32).map { _ in try SealedRecord(key, recordBytes: 32) }
        #expect(Set(records.map(\.iv)).count == 32)
        #expect(Set(records.map(\.plaintext)).count == 32)
        #expect(records.allSatisfy { $0.iv.count == 12 && $0.tag.count == 16 })
    }

    @Test("a record too long for the key is an error that names the function")
    func tooLong() throws {
        let key = try OpenSSLKey(.rsaOAEP, bits: 1_024)
        let error = #expect(throws: OpenSSLError.self) {
            _ = try OpenSSLOperation(key, recordBytes: 87, recordCount: 1)
        }
        #expect(error?.description.hasPrefix("OpenSSL's EVP_PKEY_encrypt failed (error 0x") == true)
    }
}
