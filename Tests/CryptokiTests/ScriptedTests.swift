import CCryptoki
import Foundation
import Testing

@testable import Cryptoki

@Suite("Failures at the C boundary arrive as they are", .serialized)
struct ScriptedTests {
    @Test("a wrong plaintext and one cut short are detected, each once")
    func garbage() async {
        await #expect(processExitsWith: .success) {
            let token = try ScriptedAnchor("garbage=#3;truncate=#5")
            var decryptor = try token.decryptor()
            let matches = (1...7).map { index in
                #expect(decryptor.open(index) == 0)
                return decryptor.matches(index)
            }
            #expect(matches == [true, true, false, true, false, true, true])
        }
    }

    @Test("a vendor's code survives, and the call after it works")
    func vendorCode() async {
        await #expect(processExitsWith: .success) {
            let token = try ScriptedAnchor(
                "fault=C_Decrypt:0x80000012:#2;fault=C_DecryptInit:CKR_DEVICE_ERROR:#4")
            var decryptor = try token.decryptor()
            let codes = (0..<5).map { decryptor.open($0) }
            #expect(codes == [0, 0x8000_0012, 0, CKR_DEVICE_ERROR, 0])
            #expect(ReturnCode(rawValue: codes[1]).description == "CKR_VENDOR_DEFINED+0x12")
        }
    }

    @Test("one call of each function opens a record, and a wrong PIN is tried once")
    func counts() async {
        await #expect(processExitsWith: .success) {
            let file = FileManager.default.temporaryDirectory
                .appending(path: "cryptoki-tests-\(UUID().uuidString)")
            defer { try? FileManager.default.removeItem(at: file) }
            func count(_ number: Int) throws -> UInt64 {
                let bytes = try Data(contentsOf: file)[(8 * number)..<(8 * number + 8)]
                return bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
            }
            let token = try ScriptedAnchor("pin=1234;count-file=\(file.path)", logsIn: false)
            #expect(throws: CryptokiError.pinRefused(code: .pinIncorrect)) {
                try token.session.login(pin: pin("9999"))
            }
            #expect(try count(2) == 1)
            try token.session.login(pin: pin("1234"))
            #expect(try count(2) == 2)
            var decryptor = try token.decryptor()
            let before = (try count(5), try count(6))
            #expect(before == (0, 0))
            for index in 0..<10 { _ = decryptor.open(index) }
            let after = (try count(5), try count(6))
            #expect(after == (10, 10))
        }
    }

    @Test(
        "an error names the function that was refused",
        arguments: [
            "C_Initialize", "C_OpenSession", "C_Login", "C_FindObjectsInit", "C_EncryptInit",
            "C_Encrypt", "C_GenerateKey",
        ])
    func functions(_ function: String) async {
        await #expect(processExitsWith: .success) { [function = function as String] in
            let sentence: String?
            do throws(CryptokiError) {
                let token = try ScriptedAnchor("fault=\(function):CKR_FUNCTION_FAILED:1")
                if function == "C_GenerateKey" {
                    _ = try token.session.anchorKey(.session, for: .aesGCM, bits: 256)
                }
                _ = try token.decryptor()
                sentence = nil
            } catch {
                sentence = error.description
            }
            #expect(sentence == "\(function) answered CKR_FUNCTION_FAILED")
        }
    }

    @Test("a module that is loaded twice lives until its first owner ends it")
    func loadedTwice() async {
        await #expect(processExitsWith: .success) {
            let token = try ScriptedAnchor("")
            do {
                let second = try Module(path: token.module.path)
                #expect(try second.info() == token.module.info())
            }
            #expect(throws: Never.self) { try token.module.info() }
            var decryptor = try token.decryptor()
            #expect(decryptor.open(0) == 0)
        }
    }
}

/// The scripted module in a process of the test's own.
struct ScriptedAnchor: ~Copyable {
    let module: Module
    let session: Session

    init(_ script: String, logsIn: Bool = true) throws(CryptokiError) {
        setenv("ANCHORBENCH_SCRIPT", script, 1)
        let module = try Module(path: Self.path)
        let session = try Session(module, slot: module.slot(tokenLabel: "scripted").id)
        if logsIn { try session.login(pin: pin("1234")) }
        self.module = module
        self.session = session
    }

    func decryptor() throws(CryptokiError) -> Decryptor {
        let key = try session.anchorKey(.token(label: "records"), for: .aesGCM, bits: 256)
        return try Decryptor(
            Session(module, slot: module.slot(tokenLabel: nil).id), key: key, mechanism: .aesGCM,
            recordBytes: 64, recordCount: 16)
    }

    /// The library in the build folder, above the executable or the test bundle.
    private static var path: String {
        let executable =
            (try? FileManager.default.destinationOfSymbolicLink(
                atPath: "/proc/self/exe")) ?? ""
        for start in [executable] + CommandLine.arguments {
            var folder = URL(filePath: start).deletingLastPathComponent()
            while folder.path != "/" {
                let library = folder.appending(path: "libScriptedToken.so").path
                if FileManager.default.fileExists(atPath: library) { return library }
                folder.deleteLastPathComponent()
            }
        }
        return "libScriptedToken.so is not beside the tests"
    }
}
