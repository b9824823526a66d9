import CCryptoki
import Glibc
import Testing

extension ModuleTests {
    @Suite struct FaultTests {
        /// A module whose script is set, with one caller who opens one ciphertext again and again.
        private struct Records: ~Copyable {
            let module: ScriptedModule
            let caller: Caller
            let key: CK_OBJECT_HANDLE
            let plaintext = [UInt8](repeating: 3, count: 64)
            let ciphertext: [UInt8]

            init(_ script: String) throws {
                let module = try ScriptedModule(script)
                let caller = try Caller(module.functions)
                #expect(caller.logIn() == CKR_OK)
                let key = try caller.find("records", CKO_SECRET_KEY)
                #expect(caller.encryptInit(.gcm, key) == CKR_OK)
                ciphertext = caller.encrypt(plaintext).bytes
                self.module = module
                self.caller = caller
                self.key = key
            }

            func open() -> Caller.Answer {
                #expect(caller.decryptInit(.gcm, key) == CKR_OK)
                return caller.decrypt(ciphertext)
            }
        }

        @Test("a fault by number comes at that call and at no other")
        func faultByNumber() throws {
            let records = try Records(
                "fault=C_Decrypt:CKR_DEVICE_ERROR:#3;fault=C_Decrypt:0x80000123:#5")
            let codes = (1...8).map { _ in records.open().code }
            #expect(codes == [0, 0, CKR_DEVICE_ERROR, 0, 0x8000_0123, 0, 0, 0])
        }

        @Test("a fault from a call on comes at that call and at each after it")
        func faultFromACallOn() throws {
            let records = try Records("fault=C_Decrypt:CKR_SESSION_HANDLE_INVALID:#4+")
            let codes = (1...7).map { _ in records.open().code }
            let lost = CKR_SESSION_HANDLE_INVALID
            #expect(codes == [0, 0, 0, lost, lost, lost, lost])
        }

        @Test("a fault by rate comes about as often, and at the same calls for the same seed")
        func faultByRate() throws {
            func failures(seed: Int) throws -> [Int] {
                let records = try Records("seed=\(seed)\nfault=C_Decrypt:CKR_DEVICE_ERROR:0.1")
                return (0..<2000).filter { _ in records.open().code == CKR_DEVICE_ERROR }
            }
            let first = try failures(seed: 1)
            #expect((140...260).contains(first.count), "seed 1: \(first.count) of 2000")
            #expect(try failures(seed: 1) == first)
            #expect(try failures(seed: 2) != first)
        }

        @Test(
            "each function can be made to fail",
            arguments: ["C_OpenSession", "C_Login", "C_FindObjectsInit", "C_EncryptInit"])
        func otherFunctions(_ function: String) throws {
            let module = try ScriptedModule("fault=\(function):CKR_FUNCTION_FAILED:1")
            var session: CK_SESSION_HANDLE = 0
            let opened = module.functions.C_OpenSession(0, CKF_SERIAL_SESSION, nil, nil, &session)
            #expect((opened == CKR_FUNCTION_FAILED) == (function == "C_OpenSession"))
            guard opened == CKR_OK else { return }
            let caller = try Caller(module.functions)
            #expect((caller.logIn() == CKR_FUNCTION_FAILED) == (function == "C_Login"))
            let found = module.functions.C_FindObjectsInit(caller.session, nil, 0)
            #expect((found == CKR_FUNCTION_FAILED) == (function == "C_FindObjectsInit"))
            let begun = caller.encryptInit(.gcm, 1)
            #expect((begun == CKR_FUNCTION_FAILED) == (function == "C_EncryptInit"))
        }

        @Test("C_Initialize can be made to fail, and be tried again")
        func failingInitialize() throws {
            let code = ScriptedModule.initialize("fault=C_Initialize:CKR_TOKEN_NOT_PRESENT:1")
            #expect(code == CKR_TOKEN_NOT_PRESENT)
            _ = try ScriptedModule()
        }

        @Test("garbage is a plaintext of the right length that differs")
        func garbage() throws {
            let records = try Records("garbage=#2")
            #expect(records.open().bytes == records.plaintext)
            let spoiled = records.open()
            #expect(spoiled.code == CKR_OK && spoiled.bytes.count == records.plaintext.count)
            #expect(spoiled.bytes != records.plaintext)
            #expect(records.open().bytes == records.plaintext)
        }

        @Test("a truncated plaintext lacks its last byte")
        func truncated() throws {
            let records = try Records("truncate=1")
            let spoiled = records.open()
            #expect(spoiled.code == CKR_OK)
            #expect(spoiled.bytes == Array(records.plaintext.dropLast()))
        }

        @Test("a ciphertext that is too long is refused by its length, and no other is")
        func tooLong() throws {
            // The plaintext of 64 bytes and a tag of 16.
            #expect(try Records("longest=80").open().code == CKR_OK)
            let records = try Records("longest=79")
            #expect(records.open().code == CKR_DATA_LEN_RANGE)
            #expect(records.open().code == CKR_DATA_LEN_RANGE, "the refused operation has ended")
        }

        @Test("from the removal on everything says so, until C_Finalize")
        func removal() throws {
            let records = try Records("remove=#3")
            #expect((1...2).map { _ in records.open().code } == [CKR_OK, CKR_OK])
            #expect(records.open().code == CKR_DEVICE_REMOVED)
            #expect(records.caller.decryptInit(.gcm, records.key) == CKR_DEVICE_REMOVED)
            var session: CK_SESSION_HANDLE = 0
            let functions = records.module.functions
            let opened = functions.C_OpenSession(0, CKF_SERIAL_SESSION, nil, nil, &session)
            #expect(opened == CKR_DEVICE_REMOVED)
            var count: CK_ULONG = 0
            #expect(functions.C_GetSlotList(1, nil, &count) == CKR_DEVICE_REMOVED)
            #expect(functions.C_Finalize(nil) == CKR_OK)
        }

        @Test("a crash ends the process, and a hang does not end")
        func crashAndHang() async {
            await #expect(processExitsWith: .signal(SIGABRT)) {
                let records = try Records("crash=#2")
                _ = records.open()
                _ = records.open()
            }
            await #expect(processExitsWith: .signal(SIGALRM)) {
                let records = try Records("hang=#1")
                alarm(1)
                _ = records.open()
            }
        }

        @Test("a login takes as long as the script says")
        func loginDelay() throws {
            let module = try ScriptedModule("login-delay=30ms")
            let caller = try Caller(module.functions)
            let time = ContinuousClock().measure { #expect(caller.logIn() == CKR_OK) }
            #expect(time >= .milliseconds(30))
        }
    }
}
