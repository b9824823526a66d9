import Testing

@testable import Anchors

@Suite("A device that makes the IVs of AES-GCM itself is measured, or told why not", .serialized)
struct DeviceVectorTests {
    @Test(
        "every record opens, whichever way the device gives its IV back",
        arguments: ["zeroed", "appended", "appended:any"])
    func opens(_ word: String) async {
        await #expect(processExitsWith: .success) { [word = word as String] in
            let trial = Trial("iv=\(word)")
            let anchor = try trial.open()
            for _ in 0..<2 {
                var operation = try anchor.decryption(.aesGCM, recordBytes: 40, recordCount: 8)
                for index in 0..<8 {
                    let code = operation.perform(index)
                    let isRight = operation.verify(index)
                    #expect(code == 0 && isRight, "\(word), record \(index)")
                }
            }
            // Sealed were 8 for each of the two callers, and what was tried out.
            let tried: [String: UInt64] = ["zeroed": 1, "appended": 1, "appended:any": 0]
            #expect(trial.calls(.encrypt) == 16 + (tried[word] ?? 0))
            // Timed were 16, and one record was opened before.
            #expect(trial.calls(.decrypt) == 17)
        }
    }

    @Test("rows of a database open too, each under the IV that it was stored with")
    func rows() async {
        for word in ["zeroed", "appended"] {
            await #expect(processExitsWith: .success) { [word = word as String] in
                let anchor = try Trial("iv=\(word)").open()
                var opener = try anchor.recordOpener(.aesGCM, recordBytes: 40)
                let (first, second) = (
                    [UInt8](repeating: 1, count: 40), [UInt8](repeating: 2, count: 40)
                )
                let (one, other) = (try opener.seal(first), try opener.seal(second))
                #expect(one.iv.count == (word == "zeroed" ? 12 : 16) && one.iv != other.iv)
                #expect(one.ciphertext.count == 56)
                let code = opener.open(one)
                let isRight = opener.takeOutput(is: first)
                #expect(code == .ok && isRight)
                let mixed = opener.open(SealedBytes(iv: other.iv, ciphertext: one.ciphertext))
                #expect(mixed != .ok)
            }
        }
    }

    @Test(
        "an IV of zeros that stays, or one that comes twice, ends it with a sentence",
        arguments: [
            ("zeroed:kept", "puts none of its own in its place", UInt64(1)),
            ("zeroed:repeated", "made the same IV for two records", UInt64(2)),
        ])
    func unusable(_ word: String, _ part: String, _ sealed: UInt64) async {
        await #expect(processExitsWith: .success) {
            [word = word as String, part = part as String, sealed = sealed as UInt64] in
            let trial = Trial("iv=\(word)")
            let anchor = try trial.open()
            let error = #expect(throws: CryptokiError.self) {
                _ = try anchor.decryption(.aesGCM, recordBytes: 40)
            }
            let sentence = try #require(error?.description)
            #expect(sentence.contains(part) && sentence.hasSuffix("take another mechanism"))
            #expect(error?.concernsRequest == true)
            #expect(trial.calls(.encrypt) == sealed)
            // The next caller does not try it again.
            let again = #expect(throws: CryptokiError.self) {
                _ = try anchor.decryption(.aesGCM, recordBytes: 40)
            }
            #expect(again == error && trial.calls(.encrypt) == sealed)
        }
    }

    @Test("a device that takes random IVs and refuses something else never sees another one")
    func takesRandom() async {
        await #expect(processExitsWith: .success) {
            for function in ["C_EncryptInit", "C_Encrypt"] {
                for (calls, isSealed) in [("#1", true), ("#3+", false)] {
                    let trial = Trial("fault=\(function):CKR_ARGUMENTS_BAD:\(calls)")
                    let anchor = try trial.open()
                    let error = failure { () throws(CryptokiError) in
                        _ = try anchor.decryption(.aesGCM, recordBytes: 40, recordCount: 8)
                    }
                    #expect((error == nil) == isSealed, "\(function), \(calls)")
                    #expect(
                        isSealed
                            || error == .call(function: function, code: .argumentsBad))
                    // Two more where a record was tried out and the first sealed again; where a
                    // random IV was taken before, the refused one is sealed once more and no other.
                    let begun = trial.calls(.encryptInit)
                    #expect(begun == (isSealed ? 10 : 4), "\(function), \(calls): \(begun ?? 0)")
                }
            }
        }
    }

    @Test("a refusal that no IV mends is told as it was")
    func refused() async {
        await #expect(processExitsWith: .success) {
            let trial = Trial("fault=C_EncryptInit:CKR_MECHANISM_PARAM_INVALID:1")
            let anchor = try trial.open()
            let error = failure { () throws(CryptokiError) in
                _ = try anchor.decryption(.aesGCM, recordBytes: 40)
            }
            #expect(error == .call(function: "C_EncryptInit", code: .mechanismParamInvalid))
            #expect(trial.calls(.encryptInit) == 4)
        }
    }
}
