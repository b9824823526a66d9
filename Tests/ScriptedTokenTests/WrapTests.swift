import CCryptoki
import Testing

extension ModuleTests {
    @Suite struct WrapTests {
        private let value = (0..<32).map { UInt8($0) }

        @Test(
            "what was wrapped is unwrapped, and read", arguments: [CKM_AES_KEY_WRAP, CKM_RSA_PKCS])
        func roundTrip(_ type: CK_MECHANISM_TYPE) throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let keys = try caller.wrappingKeys(type)
            let wrapped = try caller.wrap(value, type, keys.wrapping)
            #expect(wrapped.code == CKR_OK)
            #expect(wrapped.bytes.count == (type == CKM_AES_KEY_WRAP ? 40 : 256))
            let (code, key) = caller.unwrap(wrapped.bytes, type, keys.unwrapping)
            #expect(code == CKR_OK)
            #expect(caller.value(of: key) == value)
            #expect(module.functions.C_DestroyObject(caller.session, key) == CKR_OK)
            #expect(caller.value(of: key) == nil)
        }

        @Test("what cannot be wrapped or unwrapped is refused as the standard has it")
        func refusals() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let keys = try caller.wrappingKeys(CKM_AES_KEY_WRAP)
            let records = try caller.find("records", CKO_SECRET_KEY)
            #expect(
                try caller.wrap(value, CKM_AES_KEY_WRAP, records).code
                    == CKR_KEY_FUNCTION_NOT_PERMITTED)
            #expect(
                try caller.wrap(value, CKM_AES_GCM, keys.wrapping).code == CKR_MECHANISM_INVALID)
            #expect(
                try caller.wrap(value, CKM_RSA_PKCS, keys.wrapping).code
                    == CKR_KEY_TYPE_INCONSISTENT)
            #expect(
                try caller.wrap(value, CKM_AES_KEY_WRAP, keys.wrapping, isExtractable: false).code
                    == CKR_KEY_UNEXTRACTABLE)
            let short = caller.unwrap([1, 2, 3], CKM_AES_KEY_WRAP, keys.unwrapping)
            #expect(short.code == CKR_WRAPPED_KEY_LEN_RANGE)
            let odd = [UInt8](repeating: 1, count: 48)
            let noKey = caller.unwrap(odd, CKM_AES_KEY_WRAP, keys.unwrapping)
            #expect(noKey.code == CKR_WRAPPED_KEY_INVALID, "AES has no key of 40 bytes")
            #expect(
                caller.unwrap(odd, CKM_AES_KEY_WRAP, records).code
                    == CKR_KEY_FUNCTION_NOT_PERMITTED)
            #expect(
                caller.unwrap([UInt8](repeating: 1, count: 40), CKM_AES_KEY_WRAP, 60_000).code
                    == CKR_KEY_HANDLE_INVALID)
        }

        @Test("garbage and truncation spoil the unwrapped key, and a removal comes at its number")
        func spoiled() throws {
            let module = try ScriptedModule("garbage=#2; truncate=#3; remove=#5")
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let keys = try caller.wrappingKeys(CKM_AES_KEY_WRAP)
            let wrapped = try caller.wrap(value, CKM_AES_KEY_WRAP, keys.wrapping).bytes
            let results = (1...5).map { _ in
                caller.unwrap(wrapped, CKM_AES_KEY_WRAP, keys.unwrapping)
            }
            #expect(results.map(\.code) == [0, 0, 0, 0, CKR_DEVICE_REMOVED])
            #expect(caller.value(of: results[0].key) == nil, "the device is gone")
        }

        @Test("spoiled values are as the script says")
        func spoiledValues() throws {
            let module = try ScriptedModule("garbage=#2; truncate=#3")
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let keys = try caller.wrappingKeys(CKM_AES_KEY_WRAP)
            let wrapped = try caller.wrap(value, CKM_AES_KEY_WRAP, keys.wrapping).bytes
            let values = (1...4).map { _ in
                caller.value(of: caller.unwrap(wrapped, CKM_AES_KEY_WRAP, keys.unwrapping).key)
            }
            var garbage = value
            garbage[16] ^= 0xFF
            #expect(values == [value, garbage, Array(value.dropLast()), value])
        }
    }
}

extension Caller {
    /// Two halves of a pair, or one secret key, that wrap and unwrap with a mechanism.
    func wrappingKeys(
        _ type: CK_MECHANISM_TYPE
    ) throws -> (wrapping: CK_OBJECT_HANDLE, unwrapping: CK_OBJECT_HANDLE) {
        guard type != CKM_AES_KEY_WRAP else {
            let key = try find("records-wrap", CKO_SECRET_KEY)
            return (key, key)
        }
        var mechanism = CK_MECHANISM(
            mechanism: CKM_RSA_PKCS_KEY_PAIR_GEN, pParameter: nil, ulParameterLen: 0)
        var pair: (CK_OBJECT_HANDLE, CK_OBJECT_HANDLE) = (0, 0)
        let code = withTemplate([(CKA_MODULUS_BITS, bytes(2048)), (CKA_WRAP, [1])]) {
            first, count in
            withTemplate([(CKA_UNWRAP, [1])]) { second, secondCount in
                functions.C_GenerateKeyPair(
                    session, &mechanism, first, count, second, secondCount, &pair.0, &pair.1)
            }
        }
        #expect(code == CKR_OK)
        return pair
    }

    /// Creates an AES key and wraps it.
    func wrap(
        _ value: [UInt8], _ type: CK_MECHANISM_TYPE, _ wrappingKey: CK_OBJECT_HANDLE,
        isExtractable: Bool = true
    ) throws -> Answer {
        var key: CK_OBJECT_HANDLE = 0
        let created = withTemplate([
            (CKA_CLASS, bytes(CKO_SECRET_KEY)), (CKA_KEY_TYPE, bytes(CKK_AES)), (CKA_VALUE, value),
            (CKA_EXTRACTABLE, [isExtractable ? 1 : 0]),
        ]) { functions.C_CreateObject(session, $0, $1, &key) }
        #expect(created == CKR_OK)
        var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
        var output = [UInt8](repeating: 0, count: 512)
        var length = CK_ULONG(output.count)
        let code = functions.C_WrapKey(session, &mechanism, wrappingKey, key, &output, &length)
        return Answer(code: code, bytes: code == CKR_OK ? Array(output.prefix(Int(length))) : [])
    }

    /// Unwraps an AES key that can be read.
    func unwrap(
        _ wrapped: [UInt8], _ type: CK_MECHANISM_TYPE, _ unwrappingKey: CK_OBJECT_HANDLE
    ) -> (code: CK_RV, key: CK_OBJECT_HANDLE) {
        var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
        var wrapped = wrapped
        var key: CK_OBJECT_HANDLE = 0
        let code = withTemplate([
            (CKA_CLASS, bytes(CKO_SECRET_KEY)), (CKA_KEY_TYPE, bytes(CKK_AES)),
            (CKA_SENSITIVE, [0]), (CKA_EXTRACTABLE, [1]),
        ]) { template, count in
            functions.C_UnwrapKey(
                session, &mechanism, unwrappingKey, &wrapped, CK_ULONG(wrapped.count), template,
                count, &key)
        }
        return (code, key)
    }

    /// The value of a key; nil where it is not given.
    func value(of key: CK_OBJECT_HANDLE) -> [UInt8]? {
        var output = [UInt8](repeating: 0, count: 64)
        return output.withUnsafeMutableBytes { buffer in
            var attribute = CK_ATTRIBUTE(
                type: CKA_VALUE, pValue: buffer.baseAddress, ulValueLen: 64)
            let code = functions.C_GetAttributeValue(session, key, &attribute, 1)
            return code == CKR_OK ? Array(buffer.prefix(Int(attribute.ulValueLen))) : nil
        }
    }
}
