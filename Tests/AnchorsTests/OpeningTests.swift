import Foundation
import Testing

@testable import Anchors

@Suite("An anchor opens in spite of a moment's refusal", .serialized)
struct OpeningTests {
    @Test(
        "what a module refuses once is tried again, and counted",
        arguments: [
            "C_Initialize:CKR_GENERAL_ERROR", "C_GetSlotList:CKR_TOKEN_NOT_PRESENT",
            "C_GetTokenInfo:CKR_GENERAL_ERROR", "C_OpenSession:CKR_TOKEN_NOT_RECOGNIZED",
            "C_OpenSession:CKR_DEVICE_ERROR", "C_Login:CKR_SESSION_HANDLE_INVALID",
            "C_Login:CKR_USER_PIN_NOT_INITIALIZED",
        ])
    func refusedOnce(_ fault: String) async {
        await #expect(processExitsWith: .success) { [fault = fault as String] in
            let opening = Opening("fault=\(fault):#1")
            let anchor = try opening.open()
            #expect(anchor.retries == 1)
            _ = try anchor.prepareKey(.session, for: .aesGCM, bits: 256)
            var operation = try anchor.decryption(.aesGCM, recordBytes: 16)
            let code = operation.perform(0)
            #expect(code == 0)
        }
    }

    @Test("a call that leaves its operation active costs the next one, and no later one")
    func leftActive() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening(
                "leave-active=yes; fault=C_Decrypt:CKR_GENERAL_ERROR:#2; "
                    + "fault=C_Decrypt:CKR_DEVICE_MEMORY:#4")
            let anchor = try opening.open()
            _ = try anchor.prepareKey(.token(label: "records"), for: .aesGCM, bits: 256)
            var operation = try anchor.decryption(.aesGCM, recordBytes: 16)
            var codes: [UInt] = []
            for index in 0..<7 {
                codes.append(operation.perform(index))
                let isRight = codes[index] != 0 || operation.verify(index)
                #expect(isRight)
            }
            #expect(codes == [0, 0x05, 0x90, 0, 0x31, 0x90, 0])
        }
    }

    @Test("a mechanism that is not there is refused with what it answered, and another is not")
    func unlisted() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening(
                "without=CKM_AES_CTR; without=CKM_RSA_PKCS_OAEP; "
                    + "without=CKM_RSA_PKCS_KEY_PAIR_GEN")
            let anchor = try opening.open()
            let answer = CryptokiError.Answer(function: "C_DecryptInit", code: .mechanismInvalid)
            #expect(
                throws: CryptokiError.unlisted(
                    RecordMechanism.aesCTR.type, token: "scripted", answer: answer,
                    listed: [
                        "CKM_AES_CBC", "CKM_AES_CBC_PAD", "CKM_AES_GCM", "CKM_AES_KEY_GEN",
                        "CKM_AES_KEY_WRAP",
                    ])
            ) { try anchor.prepareKey(.session, for: .aesCTR, bits: 256) }
            let pair = CryptokiError.Answer(
                function: "C_GenerateKeyPair", code: .mechanismInvalid)
            #expect(
                throws: CryptokiError.unlisted(
                    RecordMechanism.rsaOAEP.type, token: "scripted", answer: pair,
                    listed: ["CKM_RSA_PKCS"])
            ) { try anchor.prepareKey(.session, for: .rsaOAEP, bits: 2_048) }
            let bits = try anchor.prepareKey(.session, for: .aesGCM, bits: 256)
            #expect(bits == 256)
        }
    }

    @Test("a device that is lost meanwhile is not taken for one that refuses a mechanism")
    func lostMeanwhile() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening(
                "without=CKM_AES_CTR; fault=C_GenerateKey:CKR_DEVICE_REMOVED:#1; "
                    + "fault=C_DecryptInit:CKR_DEVICE_REMOVED:#1")
            let anchor = try opening.open()
            for function in ["C_GenerateKey", "C_DecryptInit"] {
                #expect(
                    throws: CryptokiError.call(
                        function: function, code: ReturnCode(rawValue: 0x32))
                ) { try anchor.prepareKey(.session, for: .aesCTR, bits: 256) }
            }
        }
    }

    @Test("what is refused again and again ends after a while, with the code")
    func refusedAlways() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening("fault=C_OpenSession:CKR_TOKEN_NOT_RECOGNIZED:1")
            let start = ContinuousClock.now
            #expect(
                throws: CryptokiError.call(
                    function: "C_OpenSession", code: ReturnCode(rawValue: 0xE1))
            ) { try opening.open() }
            let time = start.duration(to: .now)
            #expect(time > .milliseconds(700) && time < .seconds(60), "\(time)")
            // Fewer, where the machine is so busy that two seconds pass before.
            #expect(opening.calls(1) == 6 || time >= .seconds(2))
            #expect(opening.calls(2) == 0, "no login without a session")
        }
    }

    @Test("a refusal that will not pass is not tried again")
    func refusedForGood() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening("fault=C_OpenSession:CKR_SESSION_COUNT:1")
            #expect(throws: CryptokiError.self) { try opening.open() }
            #expect(opening.calls(1) == 1)
        }
    }

    @Test(
        "a PIN is tried once, whatever the login answers that may have counted it",
        arguments: [
            "CKR_PIN_INCORRECT", "CKR_PIN_LOCKED", "CKR_PIN_EXPIRED", "CKR_PIN_INVALID",
            "CKR_GENERAL_ERROR", "CKR_DEVICE_ERROR", "CKR_DEVICE_REMOVED", "CKR_FUNCTION_FAILED",
            "CKR_HOST_MEMORY", "0x80000001",
        ])
    func oneLogin(_ code: String) async {
        await #expect(processExitsWith: .success) { [code = code as String] in
            let opening = Opening("fault=C_Login:\(code):1")
            #expect(throws: CryptokiError.self) { try opening.open() }
            #expect(opening.calls(2) == 1)
        }
    }

    @Test("a wrong PIN is tried once")
    func wrongPin() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening("pin=9999")
            let error = #expect(throws: CryptokiError.self) { try opening.open() }
            #expect(error == .pinRefused(code: .pinIncorrect))
            #expect(opening.calls(2) == 1)
        }
    }

    @Test("a caller's session is tried again too")
    func callerSession() async {
        await #expect(processExitsWith: .success) {
            let opening = Opening("fault=C_OpenSession:CKR_TOKEN_NOT_RECOGNIZED:#2")
            let anchor = try opening.open()
            _ = try anchor.prepareKey(.session, for: .aesGCM, bits: 256)
            #expect(anchor.retries == 0)
            _ = try anchor.decryption(.aesGCM, recordBytes: 16)
            #expect(anchor.retries == 1)
        }
    }
}

@Suite(
    "A fresh token of SoftHSM2 opens to many processes at once", .serialized,
    .enabled(if: isSoftHSMInstalled, "SoftHSM2 is not installed"))
struct OpeningRaceTests {
    @Test("eight processes that start together all open a record, round after round")
    func eightProcesses() async throws {
        for _ in 0..<3 {
            let token = try EmbeddedToken()
            defer { token.remove() }
            let configuration = try #require(token.environment["SOFTHSM2_CONF"])
            await #expect(processExitsWith: .success) { [configuration = configuration as String] in
                setenv("SOFTHSM2_CONF", configuration, 1)
                let path = try #require(
                    EmbeddedToken.usualPaths.first(where: FileManager.default.fileExists))
                try EmbeddedToken.provision(
                    modulePath: path, keys: [.aesGCM: 256], pin: pin("4711"))
            }
            let start = Date().timeIntervalSince1970 + 2
            await withTaskGroup { group in
                for _ in 0..<8 {
                    group.addTask { await Self.openAndDecrypt(configuration, at: start) }
                }
            }
        }
    }

    private static func openAndDecrypt(_ configuration: String, at start: Double) async {
        await #expect(processExitsWith: .success) {
            [configuration = configuration as String, start = start as Double] in
            setenv("SOFTHSM2_CONF", configuration, 1)
            let path = try #require(
                EmbeddedToken.usualPaths.first(where: FileManager.default.fileExists))
            try await Task.sleep(for: .seconds(start - Date().timeIntervalSince1970))
            let anchor = try LoadedAnchor(
                modulePath: path, tokenLabel: EmbeddedToken.label, pin: pin("4711"),
                isReadWrite: false)
            _ = try anchor.prepareKey(
                .token(label: EmbeddedToken.keyLabel(.aesGCM)), for: .aesGCM, bits: 256)
            var operation = try anchor.decryption(.aesGCM, recordBytes: 16)
            let code = operation.perform(0)
            let isRight = operation.verify(0)
            #expect(code == 0 && isRight)
        }
    }
}

/// The scripted module about to be opened in a process of the test's own, with its calls counted.
private final class Opening {
    private let countFile = FileManager.default.temporaryDirectory
        .appending(path: "opening-tests-\(UUID().uuidString)")

    init(_ script: String) {
        setenv("ANCHORBENCH_SCRIPT", "\(script);count-file=\(countFile.path)", 1)
    }

    deinit { try? FileManager.default.removeItem(at: countFile) }

    func open() throws(CryptokiError) -> LoadedAnchor {
        try LoadedAnchor(
            modulePath: ScriptedLibrary.path, tokenLabel: "scripted", pin: pin("1234"),
            isReadWrite: false)
    }

    /// How often a function was called, by its place in the count file: 1 C_OpenSession, 2 C_Login.
    func calls(_ place: Int) -> UInt64? {
        guard let counters = try? Data(contentsOf: countFile), counters.count >= 80 else {
            return nil
        }
        return counters[(8 * place)..<(8 * place + 8)].reversed().reduce(0) {
            $0 << 8 | UInt64($1)
        }
    }
}
