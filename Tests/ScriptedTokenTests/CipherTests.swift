import CCryptoki
import Testing

extension ModuleTests {
    @Suite struct CipherTests {
        @Test("what was encrypted is decrypted", arguments: MechanismCase.allCases)
        func roundTrip(_ mechanism: MechanismCase) throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let encryptionKey = try mechanism.encryptionKey(caller)
            let decryptionKey = try mechanism.decryptionKey(caller)
            for length in mechanism.lengths {
                let plaintext = (0..<length).map { UInt8(truncatingIfNeeded: $0) }
                #expect(caller.encryptInit(mechanism, encryptionKey) == CKR_OK)
                let sealed = caller.encrypt(plaintext)
                #expect(sealed.code == CKR_OK)
                #expect(sealed.bytes.count == mechanism.ciphertextLength(length))
                #expect(caller.decryptInit(mechanism, decryptionKey) == CKR_OK)
                let opened = caller.decrypt(sealed.bytes)
                #expect(opened == Caller.Answer(code: CKR_OK, bytes: plaintext), "\(length) bytes")
            }
        }

        @Test(
            "a size query tells the length and leaves the operation",
            arguments: MechanismCase.allCases)
        func sizeQuery(_ mechanism: MechanismCase) throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let length = mechanism == .cbc ? 32 : 20
            let plaintext = [UInt8](repeating: 1, count: length)
            let sealedLength = mechanism.ciphertextLength(length)
            #expect(caller.encryptInit(mechanism, try mechanism.encryptionKey(caller)) == CKR_OK)
            let told = caller.lengthOf(module.functions.C_Encrypt, plaintext)
            #expect(told == CK_ULONG(sealedLength))
            let small = caller.encrypt(plaintext, capacity: sealedLength - 1)
            #expect(small.code == CKR_BUFFER_TOO_SMALL)
            let sealed = caller.encrypt(plaintext, capacity: sealedLength)
            #expect(sealed.code == CKR_OK)
            #expect(caller.encrypt(plaintext).code == CKR_OPERATION_NOT_INITIALIZED)

            #expect(caller.decryptInit(mechanism, try mechanism.decryptionKey(caller)) == CKR_OK)
            let opened = caller.lengthOf(module.functions.C_Decrypt, sealed.bytes)
            #expect(opened == CK_ULONG(length))
            #expect(caller.decrypt(sealed.bytes, capacity: length - 1).code == CKR_BUFFER_TOO_SMALL)
            #expect(caller.decrypt(sealed.bytes, capacity: length).bytes == plaintext)
            #expect(caller.decrypt(sealed.bytes).code == CKR_OPERATION_NOT_INITIALIZED)
        }

        @Test("CBC without padding takes whole blocks alone")
        func wholeBlocks() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let key = try caller.find("records", CKO_SECRET_KEY)
            #expect(caller.encryptInit(.cbc, key) == CKR_OK)
            #expect(caller.encrypt([1, 2, 3]).code == CKR_DATA_LEN_RANGE)
            #expect(caller.decryptInit(.cbc, key) == CKR_OK)
            let odd = [UInt8](repeating: 1, count: 17)
            #expect(caller.decrypt(odd).code == CKR_ENCRYPTED_DATA_LEN_RANGE)
        }

        @Test("an operation cannot begin twice, with no such key, or with a key of another kind")
        func refusals() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let aes = try caller.find("records", CKO_SECRET_KEY)
            let rsa = try caller.find("records-rsa", CKO_PRIVATE_KEY)
            #expect(caller.decryptInit(.gcm, 60_000) == CKR_KEY_HANDLE_INVALID)
            #expect(caller.decryptInit(.gcm, .max) == CKR_KEY_HANDLE_INVALID)
            #expect(caller.decryptInit(.gcm, rsa) == CKR_KEY_TYPE_INCONSISTENT)
            #expect(caller.decryptInit(.rsaPKCS, aes) == CKR_KEY_TYPE_INCONSISTENT)
            #expect(caller.decryptInit(.gcm, aes) == CKR_OK)
            #expect(caller.decryptInit(.gcm, aes) == CKR_OPERATION_ACTIVE)
            var unknown = CK_MECHANISM(
                mechanism: CKM_AES_ECB, pParameter: nil, ulParameterLen: 0)
            let code = module.functions.C_EncryptInit(caller.session, &unknown, aes)
            #expect(code == CKR_MECHANISM_INVALID)
        }

        @Test("a ciphertext of the wrong length or padding is refused, and ends the operation")
        func malformed() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let aes = try caller.find("records", CKO_SECRET_KEY)
            let rsa = try caller.find("records-rsa", CKO_PRIVATE_KEY)
            #expect(caller.decryptInit(.gcm, aes) == CKR_OK)
            #expect(caller.decrypt([1, 2, 3]).code == CKR_ENCRYPTED_DATA_LEN_RANGE)
            #expect(caller.decryptInit(.cbcPad, aes) == CKR_OK)
            let unpadded = [UInt8](repeating: 0, count: 16)
            #expect(caller.decrypt(unpadded).code == CKR_ENCRYPTED_DATA_INVALID)
            #expect(caller.decryptInit(.rsaOAEP, rsa) == CKR_OK)
            #expect(caller.decrypt([1]).code == CKR_ENCRYPTED_DATA_LEN_RANGE)
            let publicKey = try caller.find("records-rsa", CKO_PUBLIC_KEY)
            #expect(caller.encryptInit(.rsaOAEP, publicKey) == CKR_OK)
            let long = [UInt8](repeating: 1, count: 215)
            #expect(caller.encrypt(long).code == CKR_DATA_LEN_RANGE)
        }
    }
}
