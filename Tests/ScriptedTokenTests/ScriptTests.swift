import CCryptoki
import Glibc
import Testing

extension ModuleTests {
    @Suite struct ScriptTests {
        @Test(
            "a directive that is unknown or has a bad value is refused, and named on stderr",
            arguments: [
                "sevice=fixed:2ms", "service=fixed:2", "service=uniform:2ms", "servers=0",
                "slowdown=0", "slowdown=2x", "slowdown=1001", "jitter=0.1", "jitter=0.1:0s",
                "jitter=1.1:1s", "jitter=0.1:1s:2",
                "stall=2s", "stall=1s:2s:call", "stall=1s:2s:work:work",
                "fault=C_Decrypt:CKR_NO_SUCH:#1", "fault=C_Encipher:CKR_DEVICE_ERROR:#1",
                "fault=C_Decrypt:CKR_DEVICE_ERROR:1.5", "fault=C_Decrypt:CKR_OK:1", "garbage=#0",
                "longest=-1", "longest=4KiB", "hang=0.5", "pin=", "seed",
                "without=CKM_NO_SUCH", "without=", "leave-active=maybe",
                "iv=", "iv=own", "read-only=yes", "read-only=CKR_OK",
                "count-file=/nonexistent/counters",
            ])
        func refused(_ directive: String) async throws {
            let child = await #expect(
                processExitsWith: .exitCode(7), observing: [\.standardErrorContent]
            ) { [directive] in
                let code = ScriptedModule.initialize("seed=1; \(directive)")
                var info = CK_INFO()
                let list = try ScriptedModule.functionList()
                let isRefused = list.C_GetInfo(&info) == CKR_CRYPTOKI_NOT_INITIALIZED
                exit(code == CKR_ARGUMENTS_BAD && isRefused ? 7 : 1)
            }
            let text = String(decoding: child?.standardErrorContent ?? [], as: UTF8.self)
            let lines = text.split(separator: "\n").filter { $0.hasPrefix("ScriptedToken: ") }
            #expect(lines.count == 1)
            #expect(lines.first?.contains(directive) == true, "\(text)")
        }

        @Test("directives are separated by semicolons or lines, with spaces at will")
        func separators() throws {
            _ = try ScriptedModule(" pin = 77 ;\n\n label=a b;servers=2\nservice=exponential:10us;")
        }

        @Test("a mechanism that is left out is neither listed nor taken")
        func without() throws {
            let module = try ScriptedModule("without=CKM_AES_CTR; without=CKM_SHA256_HMAC")
            var types = [CK_MECHANISM_TYPE](repeating: 0, count: 64)
            var count = CK_ULONG(types.count)
            #expect(module.functions.C_GetMechanismList(0, &types, &count) == CKR_OK)
            let listed = types.prefix(Int(count))
            #expect(!listed.contains(CKM_AES_CTR) && !listed.contains(CKM_SHA256_HMAC))
            #expect(listed.contains(CKM_AES_GCM))
            var info = CK_MECHANISM_INFO()
            let told = module.functions.C_GetMechanismInfo(0, CKM_AES_CTR, &info)
            #expect(told == CKR_MECHANISM_INVALID)
            let caller = try Caller(module.functions)
            #expect(caller.logIn() == CKR_OK)
            let key = try caller.find("records", CKO_SECRET_KEY)
            #expect(caller.encryptInit(.ctr, key) == CKR_MECHANISM_INVALID)
            #expect(caller.decryptInit(.ctr, key) == CKR_MECHANISM_INVALID)
            #expect(caller.decryptInit(.gcm, key) == CKR_OK)
        }

        @Test("a failed decryption ends its operation unless the script leaves it active")
        func activeOperations() throws {
            for (script, code) in [("", CKR_OK), ("leave-active=yes", CKR_OPERATION_ACTIVE)] {
                let module = try ScriptedModule("fault=C_Decrypt:CKR_GENERAL_ERROR:#1; \(script)")
                let caller = try Caller(module.functions)
                #expect(caller.logIn() == CKR_OK)
                let key = try caller.find("records", CKO_SECRET_KEY)
                #expect(caller.decryptInit(.ctr, key) == CKR_OK)
                #expect(caller.decrypt([1, 2]).code == CKR_GENERAL_ERROR)
                #expect(caller.decryptInit(.ctr, key) == code, "\(script)")
            }
        }

        @Test("a read-only session is refused with the code of the script, and no other is")
        func readOnly() throws {
            let module = try ScriptedModule("read-only=CKR_FUNCTION_FAILED")
            var handle: CK_SESSION_HANDLE = 0
            let refused = module.functions.C_OpenSession(0, CKF_SERIAL_SESSION, nil, nil, &handle)
            #expect(refused == CKR_FUNCTION_FAILED)
            _ = try Caller(module.functions)
        }

        @Test("a count file counts the calls of every script that names it")
        func countFile() throws {
            let path = "/tmp/scripted-token-counters-\(getpid())"
            defer { unlink(path) }
            for _ in 0..<2 {
                let module = try ScriptedModule("count-file=\(path)")
                let caller = try Caller(module.functions)
                _ = try Caller(module.functions)
                #expect(caller.logIn() == CKR_OK)
                let key = try caller.find("records", CKO_SECRET_KEY)
                #expect(caller.encryptInit(.ctr, key) == CKR_OK)
                let sealed = caller.encrypt([1, 2])
                for _ in 0..<5 {
                    #expect(caller.decryptInit(.ctr, key) == CKR_OK)
                    #expect(caller.decrypt(sealed.bytes).bytes == [1, 2])
                }
                #expect(caller.decrypt(sealed.bytes).code == CKR_OPERATION_NOT_INITIALIZED)
                let refused = module.functions.C_SignInit(caller.session, nil, key)
                #expect(refused == CKR_ARGUMENTS_BAD)
            }
            #expect(counters(path) == [2, 4, 2, 2, 2, 10, 12, 0, 2, 0])
        }

        private func counters(_ path: String) -> [UInt64] {
            var counters = [UInt64](repeating: 0, count: 11)
            let file = open(path, O_RDONLY)
            defer { close(file) }
            let length = read(file, &counters, 88)
            return Array(counters.prefix(length / 8))
        }
    }
}
