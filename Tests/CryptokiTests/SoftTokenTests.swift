import Testing

@testable import Cryptoki

@Suite(
    "SoftHSM2 is an anchor", .serialized,
    .enabled(if: SoftToken.isInstalled, "SoftHSM2 is not installed"))
struct SoftTokenTests {
    @Test("a token is provisioned and found by its label; a wrong label says what is there")
    func slots() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            #expect(slot.token.label == SoftToken.label)
            #expect(slot.token.isInitialized && slot.token.requiresLogin)
            #expect(!slot.token.isPinLocked && !slot.token.isPinCountLow)
            #expect(try module.slot(tokenLabel: SoftToken.label).id == slot.id)
            #expect(try module.slot(tokenLabel: nil).id == slot.id)
            #expect(
                complaint { () throws(CryptokiError) in _ = try module.slot(tokenLabel: "prod") }
                    == "token 'prod' in '\(SoftToken.path)' was not found; present: 'unit test'")
            let names = try module.mechanisms(of: slot.id)
            #expect(RecordMechanism.allCases.allSatisfy { names.contains($0.type) })
            #expect(try module.info().cryptokiVersion == "2.40")
            // A second token makes the choice ambiguous.
            _ = try module.provisionToken(
                label: "other", securityOfficerPin: pin("so-12345"), userPin: pin("4711"))
            let sentence = complaint { () throws(CryptokiError) in
                _ = try module.slot(tokenLabel: nil)
            }
            #expect(sentence?.contains("name one with token= in the URI") == true)
        }
    }

    @Test("where no token was made that is what is said")
    func noToken() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let module = try Module(path: SoftToken.path)
            let sentence = complaint { () throws(CryptokiError) in
                _ = try module.slot(tokenLabel: "prod")
            }
            #expect(
                sentence?.contains("was not found; no token is initialised; do that with") == true)
            withExtendedLifetime(token) {}
        }
    }

    @Test("a wrong PIN is refused as such, and the right one is taken, also twice")
    func login() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let session = try Session(module, slot: slot.id)
            #expect(throws: CryptokiError.pinRefused(code: .pinIncorrect)) {
                try session.login(pin: pin("1234"))
            }
            try session.login(pin: pin("4711"))
            try session.login(pin: pin("4711"))
            try session.logout()
            withExtendedLifetime(token) {}
        }
    }

    @Test("a missing, a hidden and an ambiguous key are told without their label")
    func missingKeys() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let session = try Session(module, slot: slot.id, readWrite: true)
            func find(_ mechanism: RecordMechanism) -> String? {
                do throws(CryptokiError) {
                    _ = try session.anchorKey(
                        .token(label: "secret-label"), for: mechanism, bits: 256)
                    return nil
                } catch {
                    return error.description
                }
            }
            #expect(find(.aesGCM)?.contains("is the PIN given, and the key made?") == true)
            try session.login(pin: pin("4711"))
            _ = try session.makeKey(for: .aesGCM, bits: 256, label: "another")
            #expect(
                find(.aesGCM)
                    == "an AES key named by object= was not found; the token shows 1 of this kind "
                    + "under other labels")
            #expect(find(.rsaOAEP)?.hasPrefix("an RSA private key named by object=") == true)
            _ = try session.makeKey(for: .aesGCM, bits: 256, label: "secret-label")
            #expect(find(.aesGCM) == nil)
            _ = try session.makeKey(for: .aesGCM, bits: 128, label: "secret-label")
            let sentence = find(.aesGCM)
            #expect(sentence?.contains("2 of this kind bear that label") == true)
            #expect(sentence?.contains("secret-label") == false)
            withExtendedLifetime(token) {}
        }
    }

    @Test("all sixty-four records of every mechanism open right, with token and session keys")
    func records() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let owner = try Session(module, slot: slot.id, readWrite: true)
            try owner.login(pin: pin("4711"))
            for mechanism in AnchoredOperation.decrypt.mechanisms {
                let bits = mechanism.isRSA ? 1_024 : 128
                _ = try owner.makeKey(for: mechanism, bits: bits, label: mechanism.rawValue)
                for source in [KeySource.token(label: mechanism.rawValue), .session] {
                    let key = try owner.anchorKey(source, for: mechanism, bits: bits)
                    #expect(key.bits == bits)
                    for length in mechanism.isRSA ? [1, 32, 86] : [1, 16, 256, 4_096]
                    where length % mechanism.recordStep == 0 {
                        var decryptor = try Decryptor(
                            Session(module, slot: slot.id), key: key, mechanism: mechanism,
                            recordBytes: length, recordCount: 64)
                        #expect(decryptor.recordCount == 64)
                        for index in 0..<64 {
                            let code = decryptor.open(index)
                            #expect(code == 0, "\(mechanism), \(length) bytes, record \(index)")
                            let isRight = decryptor.matches(index)
                            #expect(isRight, "\(mechanism), \(length) bytes, record \(index)")
                            // The output of one record is not that of another.
                            _ = decryptor.open(index)
                            let other = decryptor.matches((index + 1) % 64)
                            #expect(!other || length == 1)
                        }
                    }
                }
            }
            withExtendedLifetime(token) {}
        }
    }

    @Test("the policies of made keys say that they cannot leave")
    func policies() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let session = try Session(module, slot: slot.id, readWrite: true)
            try session.login(pin: pin("4711"))
            _ = try session.makeKey(for: .aesGCM, bits: 256, label: "aes")
            _ = try session.makeKey(for: .rsaOAEP, bits: 2_048, label: "rsa")
            let policies = try session.keyPolicies()
            #expect(policies.map(\.kind) == ["AES", "RSA"])
            #expect(policies.map(\.bits) == [256, 2_048])
            for policy in policies {
                #expect(policy.isToken && policy.allowedMechanisms == nil)
                #expect(policy.flags["CKA_EXTRACTABLE"] == .some(false))
                #expect(policy.flags["CKA_SENSITIVE"] == .some(true))
                #expect(policy.flags["CKA_ALWAYS_SENSITIVE"] == .some(true))
                #expect(policy.flags["CKA_NEVER_EXTRACTABLE"] == .some(true))
                #expect(policy.flags["CKA_DECRYPT"] == .some(true))
            }
            #expect(
                try session.keyPolicies(matching: KeyMatch(label: "rsa")).map(\.kind) == ["RSA"])
            #expect(try session.keyPolicies(matching: KeyMatch(label: "none")).isEmpty)
            withExtendedLifetime(token) {}
        }
    }
}
