import CCryptoki
import Testing

@testable import Cryptoki

@Suite("A token and a key are chosen by everything that the URI says of them", .serialized)
struct MatchTests {
    @Test(
        "the scripted token is found by each of its attributes, and not by another value",
        arguments: [
            (TokenAttribute.token, "scripted"), (.manufacturer, "anchorbench"), (.serial, "1"),
            (.model, "scripted"), (.libraryManufacturer, "anchorbench"),
            (.libraryDescription, "Scripted token, no cryptography"), (.libraryVersion, "1.0"),
            (.slotDescription, "Scripted slot"), (.slotManufacturer, "anchorbench"), (.slotID, "0"),
        ])
    func scripted(_ attribute: TokenAttribute, _ value: String) async {
        await #expect(processExitsWith: .success) {
            [name = attribute.rawValue as String, value = value as String] in
            let attribute = try #require(TokenAttribute(rawValue: name))
            let anchor = try ScriptedAnchor("")
            var match = TokenMatch()
            match[attribute] = value
            #expect(try anchor.module.slot(matching: match).id == 0)
            match[.token] = "scripted"
            #expect(try anchor.module.slot(matching: match).id == 0)
            match[attribute] = "9"
            let sentence = complaint { () throws(CryptokiError) in
                _ = try anchor.module.slot(matching: match)
            }
            let words = try #require(sentence)
            #expect(words.contains("'9'") && words.contains("was not found"), "\(words)")
            if attribute != .token {
                #expect(words.contains("\(name) '9'") && words.contains("\(name) '\(value)'"))
            }
            #expect(!words.contains("\n"))
        }
    }

    @Test("the scripted keys are found by id and by type, alone and together")
    func scriptedKeys() async {
        await #expect(processExitsWith: .success) {
            let anchor = try ScriptedAnchor("")
            let records = try anchor.session.anchorKey(
                .token(label: "records"), for: .aesGCM, bits: 256)
            for match in [
                KeyMatch(id: [1]), KeyMatch(label: "records", id: [1]),
                KeyMatch(label: "records", type: .secretKey), KeyMatch(id: [1], type: .secretKey),
            ] {
                let key = try anchor.session.anchorKey(.stored(match), for: .aesGCM, bits: 256)
                #expect(key.opening == records.opening)
            }
            let pair = try anchor.session.anchorKey(
                .stored(KeyMatch(type: .privateKey)), for: .rsaOAEP, bits: 2_048)
            #expect(pair.bits == 2_048)
            func refusal(_ match: KeyMatch, _ mechanism: RecordMechanism = .aesGCM) -> String {
                complaint { () throws(CryptokiError) in
                    _ = try anchor.session.anchorKey(.stored(match), for: mechanism, bits: 256)
                } ?? "none"
            }
            #expect(
                refusal(KeyMatch(id: [9]))
                    == "an AES key named by id= was not found; the token shows 2 of this kind "
                    + "under other ids")
            #expect(
                refusal(KeyMatch(label: "records", id: [3])).contains("object= and id= was not"))
            #expect(
                refusal(KeyMatch(type: .secretKey))
                    == "an AES key named by type=secret-key was not found; 2 of this kind are "
                    + "meant by it; id= in the URI would tell them apart")
            #expect(
                refusal(KeyMatch(label: "records", type: .privateKey)).hasSuffix(
                    "such a key has type=secret-key"))
            for type in [ObjectType.publicKey, .certificate, .data, .secretKey] {
                #expect(refusal(KeyMatch(type: type), .rsaOAEP).hasSuffix("has type=private"))
            }
            #expect(
                try anchor.session.keyPolicies(matching: KeyMatch(id: [2])).map(\.kind) == ["RSA"])
            #expect(
                try anchor.session.keyPolicies(matching: KeyMatch(type: .secretKey)).map(\.kind)
                    == ["AES", "AES", "HMAC"])
        }
    }
}

@Suite(
    "Tokens and keys of SoftHSM2 are told apart", .serialized,
    .enabled(if: SoftToken.isInstalled, "SoftHSM2 is not installed"))
struct SoftMatchTests {
    @Test("each attribute of a token finds it among two, and the one that decides is named")
    func tokens() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, first) = try token.provisioned()
            let second = try module.provisionToken(
                label: "other", securityOfficerPin: pin("so-12345"), userPin: pin("4711"))
            #expect(first.token.serialNumber != second.token.serialNumber)
            for attribute in [TokenAttribute.token, .serial, .slotID, .slotDescription] {
                for slot in [first, second] {
                    var match = TokenMatch()
                    match[attribute] = slot.value(of: attribute)
                    #expect(try module.slot(matching: match).id == slot.id, "\(attribute)")
                }
            }
            let library = try module.info()
            for attribute in TokenAttribute.allCases {
                var match = TokenMatch(label: "other")
                match[attribute] = second.value(of: attribute) ?? library.value(of: attribute)
                #expect(try module.slot(matching: match).id == second.id, "\(attribute)")
                match[attribute] = "8"
                #expect(throws: CryptokiError.self, "\(attribute)") {
                    try module.slot(matching: match)
                }
            }
            // Both have a model and a maker, and neither decides.
            var match = TokenMatch()
            (match[.model], match[.manufacturer]) = (first.token.model, first.token.manufacturer)
            let sentence = complaint { () throws(CryptokiError) in
                _ = try module.slot(matching: match)
            }
            #expect(sentence?.hasPrefix("a single token with manufacturer '") == true)
            #expect(sentence?.hasSuffix("name one with token= in the URI") == true)
            withExtendedLifetime(token) {}
        }
    }

    @Test("two tokens of one label are told apart by their serial numbers")
    func oneLabel() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, _) = try token.provisioned()
            // The second cannot be found by its label, so it is made with another way in.
            _ = try? module.provisionToken(
                label: SoftToken.label, securityOfficerPin: pin("so-12345"), userPin: pin("4711"))
            let slots = try module.slotsWithToken().filter { $0.token.isInitialized }
            #expect(slots.map(\.token.label) == [SoftToken.label, SoftToken.label])
            let sentence = complaint { () throws(CryptokiError) in
                _ = try module.slot(tokenLabel: SoftToken.label)
            }
            #expect(sentence?.hasPrefix("a single token 'unit test' in ") == true)
            #expect(sentence?.hasSuffix("name one with serial= in the URI") == true)
            var match = TokenMatch(label: SoftToken.label)
            match[.serial] = slots[1].token.serialNumber
            #expect(try module.slot(matching: match).id == slots[1].id)
            withExtendedLifetime(token) {}
        }
    }

    @Test("keys of one label are told apart by their ids, and label and id are never told")
    func keys() async {
        await #expect(processExitsWith: .success) {
            let token = try SoftToken()
            let (module, slot) = try token.provisioned()
            let session = try Session(module, slot: slot.id, readWrite: true)
            try session.login(pin: pin("4711"))
            let template =
                AnchoredOperation.decrypt.usage(.secretKey) + [
                    .number(CKA_CLASS, UInt(CKO_SECRET_KEY)), .number(CKA_KEY_TYPE, UInt(CKK_AES)),
                    .flag(CKA_TOKEN, true), .text(CKA_LABEL, "secret-label"),
                ]
            for (id, length) in [("id-one", 16), ("id-two", 32)] {
                let value = Attribute.bytes(CKA_VALUE, [UInt8](repeating: 7, count: length))
                _ = try session.createObject(template + [.text(CKA_ID, id), value])
            }
            func find(_ match: KeyMatch) throws(CryptokiError) -> Int {
                try session.anchorKey(.stored(match), for: .aesCTR, bits: 256).bits
            }
            #expect(try find(KeyMatch(id: Array("id-one".utf8))) == 128)
            #expect(try find(KeyMatch(label: "secret-label", id: Array("id-two".utf8))) == 256)
            let sentences = [
                KeyMatch(label: "secret-label"), KeyMatch(label: "secret-label", id: [1]),
                KeyMatch(id: Array("id-three".utf8), type: .secretKey), KeyMatch(type: .secretKey),
            ].map { match in
                complaint { () throws(CryptokiError) in _ = try find(match) } ?? "none"
            }
            #expect(sentences[0].hasSuffix("id= in the URI would tell them apart"))
            #expect(sentences[1].hasSuffix("shows 2 of this kind under other labels or ids"))
            #expect(sentences[2].contains("named by id= and type=secret-key"))
            #expect(sentences[3].hasSuffix("id= in the URI would tell them apart"))
            #expect(sentences.allSatisfy { !$0.contains("secret-label") && !$0.contains("id-t") })
            withExtendedLifetime(token) {}
        }
    }
}
