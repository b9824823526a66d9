import CCryptoki
import Testing

extension ModuleTests {
    @Suite struct ObjectTests {
        @Test("a search matches each attribute of the template")
        func search() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            #expect(caller.find([(CKA_ID, [2])]).count == 2)
            #expect(caller.find([(CKA_ID, [2]), (CKA_DECRYPT, [1])]).count == 1)
            #expect(caller.find([(CKA_KEY_TYPE, bytes(CKK_AES)), (CKA_TOKEN, [1])]).count == 2)
            #expect(caller.find([(CKA_LABEL, Array("record".utf8))]).isEmpty)
        }

        @Test("each attribute of a read has its own answer")
        func attributes() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let key = try caller.find("records", CKO_SECRET_KEY)
            var label = [UInt8](repeating: 0, count: 16)
            label.withUnsafeMutableBytes { buffer in
                var template = [
                    CK_ATTRIBUTE(type: CKA_VALUE, pValue: nil, ulValueLen: 0),
                    CK_ATTRIBUTE(type: CKA_MODULUS, pValue: nil, ulValueLen: 0),
                    CK_ATTRIBUTE(type: CKA_ID, pValue: nil, ulValueLen: 0),
                    CK_ATTRIBUTE(type: CKA_LABEL, pValue: buffer.baseAddress, ulValueLen: 16),
                ]
                let code = module.functions.C_GetAttributeValue(caller.session, key, &template, 4)
                #expect(code == CKR_ATTRIBUTE_TYPE_INVALID)
                #expect(template.map(\.ulValueLen) == [.max, .max, 1, 7])
                let one = module.functions.C_GetAttributeValue(caller.session, key, &template, 1)
                #expect(one == CKR_ATTRIBUTE_SENSITIVE)
                template[3].ulValueLen = 6
                let small = module.functions.C_GetAttributeValue(
                    caller.session, key, &template[3], 1)
                #expect(small == CKR_BUFFER_TOO_SMALL)
            }
            #expect(Array(label.prefix(7)) == Array("records".utf8))
        }

        @Test("a generated key encrypts, and goes with its session")
        func generatedKey() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            let other = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            var mechanism = CK_MECHANISM(
                mechanism: CKM_AES_KEY_GEN, pParameter: nil, ulParameterLen: 0)
            var key: CK_OBJECT_HANDLE = 0
            let code = withTemplate([(CKA_VALUE_LEN, bytes(32))]) {
                module.functions.C_GenerateKey(caller.session, &mechanism, $0, $1, &key)
            }
            #expect(code == CKR_OK)
            #expect(other.encryptInit(.gcm, key) == CKR_OK)
            #expect(module.functions.C_CloseSession(caller.session) == CKR_OK)
            #expect(other.decryptInit(.gcm, key) == CKR_KEY_HANDLE_INVALID)
        }

        @Test("a generated pair has a modulus of the length asked for")
        func generatedPair() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            var mechanism = CK_MECHANISM(
                mechanism: CKM_RSA_PKCS_KEY_PAIR_GEN, pParameter: nil, ulParameterLen: 0)
            var halves: (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
            let code = withTemplate([(CKA_MODULUS_BITS, bytes(3072))]) { template, count in
                module.functions.C_GenerateKeyPair(
                    caller.session, &mechanism, template, count, nil, 0, &halves.0, &halves.1)
            }
            #expect(code == CKR_OK)
            #expect(caller.encryptInit(.rsaPKCS, halves.0) == CKR_OK)
            let sealed = caller.encrypt([1, 2, 3])
            #expect(sealed.bytes.count == 384)
            #expect(caller.decryptInit(.rsaPKCS, halves.1) == CKR_OK)
            #expect(caller.decrypt(sealed.bytes).bytes == [1, 2, 3])
        }

        @Test("a created object is found until it is destroyed")
        func createdObject() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            var handle: CK_OBJECT_HANDLE = 0
            let value = [UInt8](repeating: 9, count: 16)
            let code = withTemplate([
                (CKA_CLASS, bytes(CKO_SECRET_KEY)), (CKA_KEY_TYPE, bytes(CKK_AES)),
                (CKA_VALUE, value), (CKA_TOKEN, [1]), (CKA_LABEL, Array("mine".utf8)),
            ]) { module.functions.C_CreateObject(caller.session, $0, $1, &handle) }
            #expect(code == CKR_OK)
            #expect(try caller.find("mine", CKO_SECRET_KEY) == handle)
            #expect(module.functions.C_DestroyObject(caller.session, handle) == CKR_OK)
            let again = module.functions.C_DestroyObject(caller.session, handle)
            #expect(again == CKR_OBJECT_HANDLE_INVALID)
            #expect(caller.find([(CKA_LABEL, Array("mine".utf8))]).isEmpty)
        }
    }
}
