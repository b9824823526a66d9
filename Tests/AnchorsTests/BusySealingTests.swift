import Testing

@testable import Anchors

@Suite("A device that is busy while records are sealed is waited for", .serialized)
struct BusySealingTests {
    @Test(
        "what it denies a few times is done again, and nothing else is",
        arguments: ["C_EncryptInit", "C_Encrypt"])
    func aWhile(_ function: String) async {
        await #expect(processExitsWith: .success) { [function = function as String] in
            let script = [1, 2, 5].map { "fault=\(function):CKR_FUNCTION_FAILED:#\($0)" }
                .joined(separator: ";")
            do {
                let trial = Trial(script)
                let anchor = try trial.open()
                var turns = 0
                var operation = try anchor.decryption(
                    .aesGCM, recordBytes: 40, recordCount: 8, deniedBy: busyCodes
                ) { turns += 1 }
                #expect(turns == 11, "each try has its turn")
                let code = operation.perform(7)
                let isRight = operation.verify(7)
                #expect(code == 0 && isRight)
            }
            let unnamed = failure { () throws(CryptokiError) in
                let other = try Trial(script).open()
                _ = try other.decryption(.aesGCM, recordBytes: 40)
            }
            #expect(unnamed == .call(function: function, code: ReturnCode(rawValue: 0x06)))
        }
    }

    @Test("what it denies again and again ends after a while, with a sentence")
    func always() async {
        await #expect(processExitsWith: .success) {
            let trial = Trial("fault=C_Encrypt:CKR_FUNCTION_FAILED:1")
            let anchor = try trial.open()
            let start = ContinuousClock.now
            let error = failure { () throws(CryptokiError) in
                _ = try anchor.decryption(.aesGCM, recordBytes: 40, deniedBy: busyCodes)
            }
            let time = start.duration(to: .now)
            #expect(time > .milliseconds(700) && time < .seconds(60), "\(time)")
            let sentence = try #require(error?.description)
            #expect(sentence.hasPrefix("C_Encrypt answered CKR_FUNCTION_FAILED, a code of "))
            #expect(error?.concernsRequest == false)
            // Fewer, where the machine is so busy that two seconds pass before.
            #expect(trial.calls(.encrypt) == 6 || time >= .seconds(2))
        }
    }

    @Test("a code that denies is never taken for one about the IV")
    func notTheIV() async {
        await #expect(processExitsWith: .success) {
            let trial = Trial("fault=C_Encrypt:CKR_ARGUMENTS_BAD:#1")
            let anchor = try trial.open()
            _ = try anchor.decryption(
                .aesGCM, recordBytes: 40, recordCount: 8, deniedBy: [.argumentsBad])
            #expect(trial.calls(.encrypt) == 9)
        }
    }

    @Test("the wrapping of data keys and the signing of records are waited for, too")
    func otherOperations() async {
        await #expect(processExitsWith: .success) {
            let trial = Trial(
                "fault=C_WrapKey:CKR_FUNCTION_FAILED:#2;fault=C_Sign:CKR_FUNCTION_FAILED:#2")
            let anchor = try trial.open()
            _ = try anchor.prepareKey(
                .token(label: "records-wrap"), for: .aesKeyWrap, operation: .unwrap, bits: 256)
            _ = try anchor.prepareKey(
                .token(label: "records-mac"), for: .hmacSHA256, operation: .mac, bits: 256)
            var unwrapping = try anchor.unwrapping(
                .aesKeyWrap, recordCount: 4, deniedBy: busyCodes)
            let unwrapped = unwrapping.perform(3)
            #expect(unwrapped == 0)
            var authentication = try anchor.authentication(
                .hmacSHA256, recordBytes: 40, recordCount: 4, deniedBy: busyCodes)
            let signed = authentication.perform(3)
            let isRight = authentication.verify(3)
            #expect(signed == 0 && isRight)
        }
    }
}

/// What the device answers where it is busy: `CKR_FUNCTION_FAILED`.
private let busyCodes: Set<ReturnCode> = [ReturnCode(rawValue: 0x06)]
