import CCryptoki
import Glibc
import Testing

extension ModuleTests {
    @Suite struct SignTests {
        @Test("a MAC is the message folded, as anyone can compute it")
        func folded() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            for length in [0, 1, 31, 32, 33, 300] {
                let message = (0..<length).map { UInt8(truncatingIfNeeded: $0 &* 7) }
                var expected = [UInt8](repeating: 0xA5, count: 32)
                for (index, byte) in message.enumerated() { expected[index % 32] ^= byte }
                expected[0] ^= UInt8(length & 0xFF)
                expected[1] ^= UInt8(length >> 8)
                #expect(try caller.mac(message) == Caller.Answer(code: CKR_OK, bytes: expected))
                #expect(try caller.mac(message).bytes == expected)
            }
        }

        @Test("a size query tells the length and leaves the operation; any other answer ends it")
        func sizeQuery() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            #expect(try caller.signInit() == CKR_OK)
            #expect(try caller.signInit() == CKR_OPERATION_ACTIVE)
            #expect(caller.lengthOf(module.functions.C_Sign, [1]) == 32)
            #expect(caller.sign([1], capacity: 31).code == CKR_BUFFER_TOO_SMALL)
            #expect(caller.sign([1], capacity: 32).code == CKR_OK)
            #expect(caller.sign([1]).code == CKR_OPERATION_NOT_INITIALIZED)
        }

        @Test("a key of another kind, or one that may not sign, is refused; none can be put in")
        func refusals() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let aes = try caller.find("records", CKO_SECRET_KEY)
            #expect(caller.signInit(CKM_SHA256_HMAC, aes) == CKR_KEY_TYPE_INCONSISTENT)
            let mac = try caller.find("records-mac", CKO_SECRET_KEY)
            #expect(caller.signInit(CKM_AES_GCM, mac) == CKR_MECHANISM_INVALID)
            #expect(caller.decryptInit(.gcm, mac) == CKR_KEY_TYPE_INCONSISTENT)
            var generation = CK_MECHANISM(
                mechanism: CKM_GENERIC_SECRET_KEY_GEN, pParameter: nil, ulParameterLen: 0)
            var key: CK_OBJECT_HANDLE = 0
            let generated = withTemplate([(CKA_VALUE_LEN, bytes(16)), (CKA_SIGN, [0])]) {
                module.functions.C_GenerateKey(caller.session, &generation, $0, $1, &key)
            }
            #expect(generated == CKR_OK)
            #expect(caller.signInit(CKM_SHA256_HMAC, key) == CKR_KEY_FUNCTION_NOT_PERMITTED)
            let created = withTemplate([
                (CKA_CLASS, bytes(CKO_SECRET_KEY)), (CKA_KEY_TYPE, bytes(CKK_GENERIC_SECRET)),
                (CKA_VALUE, [1, 2, 3]),
            ]) { module.functions.C_CreateObject(caller.session, $0, $1, &key) }
            #expect(created == CKR_TEMPLATE_INCONSISTENT)
        }

        @Test("garbage, truncation and faults come at their numbers; a fault ends the operation")
        func spoiled() throws {
            let module = try ScriptedModule(
                "garbage=#2; truncate=#3; fault=C_Sign:CKR_DEVICE_ERROR:#4")
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let answers = try (1...5).map { _ in try caller.mac([9, 9]) }
            var garbage = answers[0].bytes
            garbage[16] ^= 0xFF
            #expect(answers.map(\.code) == [0, 0, 0, CKR_DEVICE_ERROR, 0])
            #expect(answers[1].bytes == garbage && answers[4].bytes == answers[0].bytes)
            #expect(answers[2].bytes == Array(answers[0].bytes.dropLast()))
        }

        @Test("each function's calls of work are counted for themselves, and all share the servers")
        func queue() throws {
            let module = try ScriptedModule("service=fixed:5ms; garbage=#2")
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let keys = try caller.wrappingKeys(CKM_AES_KEY_WRAP)
            let value = [UInt8](repeating: 4, count: 16)
            let wrapped = try caller.wrap(value, CKM_AES_KEY_WRAP, keys.wrapping).bytes
            let records = try caller.find("records", CKO_SECRET_KEY)
            let mac = try caller.find("records-mac", CKO_SECRET_KEY)
            let time = ContinuousClock().measure {
                #expect(caller.decryptInit(.ctr, records) == CKR_OK)
                #expect(caller.decrypt([1, 2, 3]).bytes == [1, 2, 3])
                let key = caller.unwrap(wrapped, CKM_AES_KEY_WRAP, keys.unwrapping).key
                #expect(caller.value(of: key) == value)
                #expect(caller.signInit(CKM_SHA256_HMAC, mac) == CKR_OK)
                #expect(caller.sign([]).bytes == [UInt8](repeating: 0xA5, count: 32))
            }
            #expect(time >= .milliseconds(15))
        }

        @Test("a crash and a hang come with any call of work")
        func crashAndHang() async {
            await #expect(processExitsWith: .signal(SIGABRT)) {
                let module = try ScriptedModule("crash=#2")
                let caller = try Caller(module.functions)
                #expect(caller.logIn() == CKR_OK)
                _ = try caller.mac([1])
                _ = try caller.mac([1])
            }
            await #expect(processExitsWith: .signal(SIGALRM)) {
                let module = try ScriptedModule("hang=#1")
                let caller = try Caller(module.functions)
                #expect(caller.logIn() == CKR_OK)
                let keys = try caller.wrappingKeys(CKM_AES_KEY_WRAP)
                alarm(1)
                _ = caller.unwrap(
                    [UInt8](repeating: 0, count: 40), CKM_AES_KEY_WRAP, keys.unwrapping)
            }
        }
    }
}

extension Caller {
    func signInit(_ type: CK_MECHANISM_TYPE, _ key: CK_OBJECT_HANDLE) -> CK_RV {
        var mechanism = CK_MECHANISM(mechanism: type, pParameter: nil, ulParameterLen: 0)
        return functions.C_SignInit(session, &mechanism, key)
    }

    func signInit() throws -> CK_RV {
        signInit(CKM_SHA256_HMAC, try find("records-mac", CKO_SECRET_KEY))
    }

    func sign(_ message: [UInt8], capacity: Int = 64) -> Answer {
        cipher(functions.C_Sign, message, capacity)
    }

    /// The MAC of a message under the built-in key.
    func mac(_ message: [UInt8]) throws -> Answer {
        #expect(try signInit() == CKR_OK)
        return sign(message)
    }
}
