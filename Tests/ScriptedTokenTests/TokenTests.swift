import CCryptoki
import Testing

extension ModuleTests {
    @Suite struct TokenTests {
        @Test("every pointer of the function list is filled")
        func functionListIsComplete() throws {
            let list = try ScriptedModule.functionList()
            #expect(list.version.major == 2 && list.version.minor == 40)
            let words = withUnsafeBytes(of: list) { Array($0.bindMemory(to: UInt.self)) }
            #expect(words.count == 69)
            #expect(words.allSatisfy { $0 != 0 })
        }

        @Test("nothing is answered before C_Initialize, and C_Initialize is answered once")
        func initialization() throws {
            let functions = try ScriptedModule.functionList()
            var session: CK_SESSION_HANDLE = 0
            let early = functions.C_OpenSession(0, CKF_SERIAL_SESSION, nil, nil, &session)
            #expect(early == CKR_CRYPTOKI_NOT_INITIALIZED)
            #expect(functions.C_Finalize(nil) == CKR_CRYPTOKI_NOT_INITIALIZED)
            let module = try ScriptedModule()
            #expect(module.functions.C_Initialize(nil) == CKR_CRYPTOKI_ALREADY_INITIALIZED)
        }

        @Test("the token has the label and the PIN of the script")
        func labelAndPIN() throws {
            let module = try ScriptedModule("label=vault; pin=s3cret")
            var info = CK_TOKEN_INFO()
            #expect(module.functions.C_GetTokenInfo(0, &info) == CKR_OK)
            let label = withUnsafeBytes(of: info.label) { Array($0) }
            let spaces = [UInt8](repeating: UInt8(ascii: " "), count: 27)
            #expect(label == Array("vault".utf8) + spaces)
            let caller = try Caller(module.functions)
            #expect(caller.logIn("1234") == CKR_PIN_INCORRECT)
            #expect(caller.logIn("s3cret") == CKR_OK)
        }

        @Test("a login is shared by all sessions and ends with the last of them")
        func login() throws {
            let module = try ScriptedModule()
            let first = try Caller(module.functions)
            let second = try Caller(module.functions)
            #expect(first.logIn("4321") == CKR_PIN_INCORRECT)
            #expect(module.functions.C_Logout(first.session) == CKR_USER_NOT_LOGGED_IN)
            #expect(first.logIn() == CKR_OK)
            #expect(second.logIn() == CKR_USER_ALREADY_LOGGED_IN)
            var info = CK_SESSION_INFO()
            #expect(module.functions.C_GetSessionInfo(second.session, &info) == CKR_OK)
            #expect(info.state == CKS_RW_USER_FUNCTIONS)
            #expect(module.functions.C_CloseAllSessions(0) == CKR_OK)
            #expect(module.functions.C_CloseSession(first.session) == CKR_SESSION_HANDLE_INVALID)
            #expect(try Caller(module.functions).logIn() == CKR_OK)
        }

        @Test("a private key is neither seen nor used without a login")
        func privateKeys() throws {
            let module = try ScriptedModule()
            let caller = try Caller(module.functions)
            #expect(caller.find([]).count == 1)
            #expect(caller.logIn() == CKR_OK)
            #expect(caller.find([]).count == 5)
            let key = try caller.find("records", CKO_SECRET_KEY)
            #expect(module.functions.C_Logout(caller.session) == CKR_OK)
            #expect(caller.decryptInit(.gcm, key) == CKR_USER_NOT_LOGGED_IN)
        }

        @Test("all of 4096 sessions can be open, and no more")
        func manySessions() throws {
            let module = try ScriptedModule()
            for _ in 0..<4096 { _ = try Caller(module.functions) }
            var handle: CK_SESSION_HANDLE = 0
            let code = module.functions.C_OpenSession(0, CKF_SERIAL_SESSION, nil, nil, &handle)
            #expect(code == CKR_SESSION_COUNT)
        }
    }
}
