import CCryptoki
import Testing

@testable import Cryptoki

@Suite("An anchored operation takes the mechanisms that it can", .serialized)
struct OperationTests {
    @Test("every mechanism belongs to an operation, and usual ones are taken")
    func table() {
        let all = AnchoredOperation.allCases.flatMap(\.mechanisms)
        #expect(Set(all) == Set(RecordMechanism.allCases))
        for operation in AnchoredOperation.allCases {
            #expect(operation.usualMechanisms.allSatisfy { operation.mechanisms.contains($0) })
            #expect(!operation.usualMechanisms.isEmpty)
        }
    }

    @Test(
        "a key has only the usage that its operation needs", arguments: AnchoredOperation.allCases)
    func usage(_ operation: AnchoredOperation) {
        func allowed(_ part: KeyPart) -> Set<UInt> {
            Set(operation.usage(part).filter { $0.bytes == [1] }.map(\.type))
        }
        let opening: [AnchoredOperation: UInt] = [
            .decrypt: CKA_DECRYPT, .unwrap: CKA_UNWRAP, .mac: CKA_SIGN,
        ]
        let sealing: [AnchoredOperation: UInt] = [.decrypt: CKA_ENCRYPT, .unwrap: CKA_WRAP]
        #expect(allowed(.privateKey) == Set([opening[operation]].compactMap { $0 }))
        #expect(allowed(.publicKey) == Set([sealing[operation]].compactMap { $0 }))
        #expect(allowed(.secretKey) == allowed(.privateKey).union(allowed(.publicKey)))
        #expect(operation.usage(.secretKey).count == 6)
    }
}

@Suite(
    "SoftHSM2 unwraps and authenticates", .serialized,
    .enabled(if: SoftToken.isInstalled, "SoftHSM2 is not installed"))
struct SoftOperationTests {
    @Test("all data keys unwrap right with token and session keys, and none is left")
    func unwrap() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let owner = try Session(module, slot: slot.id, readWrite: true)
            try owner.login(pin: pin("4711"))
            for mechanism in AnchoredOperation.unwrap.mechanisms {
                let bits = mechanism.isRSA ? 1_024 : 256
                _ = try owner.makeKey(
                    for: mechanism, operation: .unwrap, bits: bits, label: mechanism.rawValue)
                for source in [KeySource.token(label: mechanism.rawValue), .session] {
                    let key = try owner.anchorKey(
                        source, for: mechanism, operation: .unwrap, bits: bits)
                    #expect(key.bits == bits)
                    let before = try owner.objects(matching: []).count
                    var unwrapper = try Unwrapper(
                        Session(module, slot: slot.id), key: key, mechanism: mechanism,
                        recordCount: 64)
                    for index in 0..<unwrapper.recordCount {
                        let codes = [
                            unwrapper.unwrap(index), unwrapper.readBack(), unwrapper.destroy(),
                        ]
                        #expect(codes == [0, 0, 0], "\(mechanism), data key \(index)")
                        let isRight = unwrapper.matches(index)
                        let isStale = unwrapper.matches(index)
                        #expect(isRight && !isStale, "\(mechanism), data key \(index)")
                    }
                    #expect(try owner.objects(matching: []).count == before)
                }
            }
            withExtendedLifetime(token) {}
        }
    }

    @Test("an RSA key that may not wrap encrypts the data keys instead; an AES key cannot")
    func wrappingRefused() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let owner = try Session(module, slot: slot.id, readWrite: true)
            try owner.login(pin: pin("4711"))
            let unwrapping = try owner.makeKey(
                for: .rsaOAEP, operation: .unwrap, bits: 1_024, label: nil)
            guard
                case .bytes(let modulus) = try owner.attribute(CKA_MODULUS, of: unwrapping.opening)
            else {
                Issue.record("the private key shows no modulus")
                return
            }
            let encryptOnly = try owner.createObject(
                AnchoredOperation.decrypt.usage(.publicKey) + [
                    .number(CKA_CLASS, UInt(CKO_PUBLIC_KEY)),
                    .number(CKA_KEY_TYPE, UInt(CKK_RSA)), .flag(CKA_TOKEN, false),
                    .bytes(CKA_MODULUS, modulus), .bytes(CKA_PUBLIC_EXPONENT, [1, 0, 1]),
                ])
            var unwrapper = try Unwrapper(
                Session(module, slot: slot.id),
                key: AnchorKey(opening: unwrapping.opening, sealing: encryptOnly, bits: 1_024),
                mechanism: .rsaOAEP, recordCount: 4)
            for index in 0..<4 {
                let codes = [unwrapper.unwrap(index), unwrapper.readBack(), unwrapper.destroy()]
                let isRight = unwrapper.matches(index)
                #expect(codes == [0, 0, 0] && isRight)
            }
            let decrypting = try owner.makeKey(for: .aesGCM, bits: 256, label: nil)
            let sentence = complaint { () throws(CryptokiError) in
                _ = try Unwrapper(
                    Session(module, slot: slot.id), key: decrypting, mechanism: .aesKeyWrap,
                    recordCount: 4)
            }
            #expect(sentence == "C_WrapKey answered CKR_KEY_FUNCTION_NOT_PERMITTED")
            withExtendedLifetime(token) {}
        }
    }

    @Test("all records are authenticated the same each time, with token and session keys")
    func mac() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let owner = try Session(module, slot: slot.id, readWrite: true)
            try owner.login(pin: pin("4711"))
            _ = try owner.makeKey(for: .hmacSHA256, operation: .mac, bits: 384, label: "mac")
            for source in [KeySource.token(label: "mac"), .session] {
                let key = try owner.anchorKey(
                    source, for: .hmacSHA256, operation: .mac, bits: 384)
                #expect(key.bits == 384)
                #expect((key.knownValue?.count == 48) == (source == .session))
                for length in [1, 16, 64, 1_000] {
                    var authenticator = try Authenticator(
                        Session(module, slot: slot.id), key: key, mechanism: .hmacSHA256,
                        recordBytes: length, recordCount: 64)
                    for index in 0..<authenticator.recordCount {
                        let code = authenticator.authenticate(index)
                        let isRight = authenticator.matches(index)
                        #expect(code == 0 && isRight, "\(length) bytes, record \(index)")
                        _ = authenticator.authenticate(index)
                        let isOther = authenticator.matches((index + 1) % 64)
                        #expect(!isOther || length == 1)
                    }
                }
            }
            withExtendedLifetime(token) {}
        }
    }
}

@Suite("Failures of the other operations arrive as they are", .serialized)
struct ScriptedOperationTests {
    @Test("a wrong data key and one cut short are detected, and a refusal leaves no key")
    func unwrap() async {
        await #expect(processExitsWith: .success) {
            let token = try ScriptedAnchor(
                "garbage=#2;truncate=#3;fault=C_UnwrapKey:CKR_DEVICE_ERROR:#4;"
                    + "fault=C_GetAttributeValue:CKR_ATTRIBUTE_SENSITIVE:#6")
            let key = try token.session.anchorKey(
                .token(label: "records-wrap"), for: .aesKeyWrap, operation: .unwrap, bits: 256)
            let before = try token.session.objects(matching: []).count
            var unwrapper = try Unwrapper(
                Session(token.module, slot: 0), key: key, mechanism: .aesKeyWrap, recordCount: 8)
            var results: [String] = []
            for index in 0..<6 {
                let code = unwrapper.unwrap(index)
                if code == 0 {
                    let read = unwrapper.readBack()
                    #expect(unwrapper.destroy() == 0)
                    let isRight = unwrapper.matches(index)
                    results.append(read != 0 ? "unread" : isRight ? "right" : "wrong")
                } else {
                    results.append(ReturnCode(rawValue: code).description)
                }
            }
            // Two of the reads were those of the key's length.
            #expect(
                results == ["right", "wrong", "wrong", "CKR_DEVICE_ERROR", "unread", "right"])
            #expect(try token.session.objects(matching: []).count == before)
        }
    }

    @Test("a wrong MAC and one cut short are detected; the truth was signed before")
    func mac() async {
        await #expect(processExitsWith: .success) {
            let token = try ScriptedAnchor("garbage=#10;truncate=#11")
            for source in [KeySource.token(label: "records-mac"), .session] {
                let key = try token.session.anchorKey(
                    source, for: .hmacSHA256, operation: .mac, bits: 256)
                #expect(key.knownValue == nil, "no generic secret is let in")
                var authenticator = try Authenticator(
                    Session(token.module, slot: 0), key: key, mechanism: .hmacSHA256,
                    recordBytes: 100, recordCount: 8)
                let matches = (0..<4).map { index in
                    #expect(authenticator.authenticate(index) == 0)
                    return authenticator.matches(index)
                }
                // Eight calls for the truth come first.
                let isFirst = source != .session
                #expect(
                    matches == (isFirst ? [true, false, false, true] : [true, true, true, true]))
            }
        }
    }

    @Test(
        "an error names the function that was refused",
        arguments: ["C_CreateObject", "C_WrapKey", "C_SignInit", "C_Sign", "C_DestroyObject"])
    func functions(_ function: String) async {
        await #expect(processExitsWith: .success) { [function = function as String] in
            let sentence = complaint { () throws(CryptokiError) in
                let token = try ScriptedAnchor("fault=\(function):CKR_FUNCTION_FAILED:1")
                let wrapping = try token.session.anchorKey(
                    .token(label: "records-wrap"), for: .aesKeyWrap, operation: .unwrap, bits: 256)
                let mac = try token.session.anchorKey(
                    .token(label: "records-mac"), for: .hmacSHA256, operation: .mac, bits: 256)
                _ = try Authenticator(
                    Session(token.module, slot: 0), key: mac, mechanism: .hmacSHA256,
                    recordBytes: 8, recordCount: 1)
                _ = try Unwrapper(
                    Session(token.module, slot: 0), key: wrapping, mechanism: .aesKeyWrap,
                    recordCount: 1)
            }
            #expect(sentence == "\(function) answered CKR_FUNCTION_FAILED")
        }
    }
}
