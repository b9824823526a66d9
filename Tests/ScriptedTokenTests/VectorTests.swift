import CCryptoki
import Testing

extension ModuleTests {
    @Suite("A token that makes the IVs of GCM itself") struct VectorTests {
        private static let zeros = [UInt8](repeating: 0, count: 12)
        private static let given = [UInt8](1...12)
        private let plaintext = [UInt8](1...20)

        @Test(
            "it takes zeros alone and writes its own over them, the same or none where told to",
            arguments: ["zeroed", "zeroed:kept", "zeroed:repeated"])
        func zeroed(_ word: String) throws {
            let module = try ScriptedModule("iv=\(word)")
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let key = try caller.find("records", CKO_SECRET_KEY)
            for iv in [Self.given, [], [UInt8](repeating: 0, count: 16)] {
                #expect(seal(caller, key, iv).answer.code == CKR_MECHANISM_PARAM_INVALID)
            }
            let (first, second) = (seal(caller, key, Self.zeros), seal(caller, key, Self.zeros))
            #expect(first.answer.bytes.count == 36 && second.answer.bytes.count == 36)
            #expect((first.iv == Self.zeros) == (word == "zeroed:kept"))
            #expect((first.iv == second.iv) == (word != "zeroed"))
            #expect(open(caller, key, first.iv, first.answer.bytes).bytes == plaintext)
            let wrong = open(caller, key, Self.given, first.answer.bytes)
            #expect(wrong.code == CKR_ENCRYPTED_DATA_INVALID)
        }

        @Test("it appends an IV of 16 bytes and takes none, or replaces any by one as long")
        func appended() throws {
            let cases: [(String, [UInt8], Int)] = [
                ("appended", [], 16), ("appended:any", Self.given, 12),
            ]
            for (word, iv, length) in cases {
                let module = try ScriptedModule("iv=\(word)")
                let caller = try Caller(module.functions)
                #expect(caller.logIn() == CKR_OK)
                let key = try caller.find("records", CKO_SECRET_KEY)
                let other = word == "appended" ? Self.given : []
                #expect(seal(caller, key, other).answer.code == CKR_MECHANISM_PARAM_INVALID)
                let sealed = seal(caller, key, iv)
                #expect(sealed.iv == iv && sealed.answer.bytes.count == 36 + length)
                let own = Array(sealed.answer.bytes.suffix(length))
                #expect(own != iv)
                let ciphertext = Array(sealed.answer.bytes.dropLast(length))
                #expect(open(caller, key, own, ciphertext).bytes == plaintext)
            }
        }

        @Test("other mechanisms are as they were")
        func others() throws {
            let module = try ScriptedModule("iv=zeroed")
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let key = try caller.find("records", CKO_SECRET_KEY)
            #expect(seal(caller, key, Self.zeros).answer.code == CKR_OK)
            #expect(caller.encryptInit(.cbcPad, key) == CKR_OK)
            let sealed = caller.encrypt(plaintext)
            #expect(sealed.bytes.count == 32)
            #expect(caller.decryptInit(.cbcPad, key) == CKR_OK)
            #expect(caller.decrypt(sealed.bytes).bytes == plaintext)
        }

        /// What sealing gave, and the IV that the caller has then.
        private func seal(
            _ caller: Caller, _ key: CK_OBJECT_HANDLE, _ iv: [UInt8]
        ) -> (answer: Caller.Answer, iv: [UInt8]) {
            var iv = iv
            let answer = withMechanism(&iv) { mechanism in
                let code = caller.functions.C_EncryptInit(caller.session, mechanism, key)
                return code == CKR_OK
                    ? caller.encrypt(plaintext) : Caller.Answer(code: code, bytes: [])
            }
            return (answer, iv)
        }

        private func open(
            _ caller: Caller, _ key: CK_OBJECT_HANDLE, _ iv: [UInt8], _ sealed: [UInt8]
        ) -> Caller.Answer {
            var iv = iv
            return withMechanism(&iv) { mechanism in
                let code = caller.functions.C_DecryptInit(caller.session, mechanism, key)
                return code == CKR_OK
                    ? caller.decrypt(sealed) : Caller.Answer(code: code, bytes: [])
            }
        }

        /// AES-GCM with an IV, which stays in place while it is used.
        private func withMechanism(
            _ iv: inout [UInt8], _ body: (UnsafeMutablePointer<CK_MECHANISM>) -> Caller.Answer
        ) -> Caller.Answer {
            iv.withUnsafeMutableBufferPointer { iv in
                var parameters = CK_GCM_PARAMS(
                    pIv: iv.isEmpty ? nil : iv.baseAddress, ulIvLen: CK_ULONG(iv.count),
                    ulIvBits: CK_ULONG(8 * iv.count), pAAD: nil, ulAADLen: 0, ulTagBits: 128)
                return withUnsafeMutableBytes(of: &parameters) { bytes in
                    var mechanism = CK_MECHANISM(
                        mechanism: CKM_AES_GCM, pParameter: bytes.baseAddress,
                        ulParameterLen: CK_ULONG(bytes.count))
                    return body(&mechanism)
                }
            }
        }
    }
}
