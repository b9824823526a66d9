import Foundation
import Testing

extension CommandTests {
    @Suite("An anchor that cannot be used ends the command with 69 and one sentence")
    struct UnusableAnchorTests {
        /// The last line that the command says, where it measured nothing and left nothing.
        private func refusal(
            _ module: String, of part: String = "token=records", script: String = "",
            _ more: [String: String] = [:]
        ) throws -> String {
            let bench = try Bench()
            let environment = ["ANCHORBENCH_SCRIPT": script, "ANCHOR_PIN": "1234"]
            let ended = try bench.run(
                "run", "--quick", "--mechanism", "aes-gcm", "--output", "out", "--anchor",
                "pkcs11:\(part)?module-path=\(module)&pin-source=env:ANCHOR_PIN",
                environment: environment.merging(more) { $1 })
            #expect(ended.code == 69 && ended.output.isEmpty, "\(ended.output)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
            let said = ended.error.split(separator: "\n").filter { $0.hasPrefix("anchorbench: ") }
            #expect(said.count == 1, "\(ended.error)")
            return said.last.map { String($0.dropFirst("anchorbench: ".count)) } ?? ""
        }

        @Test(
            "a token that refuses what it is asked for",
            arguments: [
                (
                    "without=CKM_AES_GCM",
                    "token 'scripted' lists no CKM_AES_GCM, and C_DecryptInit answered "
                        + "CKR_MECHANISM_INVALID; it lists CKM_AES_CBC"
                ),
                (
                    "label=other",
                    "token 'scripted' in 'MODULE' was not found; present: 'other'"
                ),
                (
                    "fault=C_Login:CKR_PIN_LOCKED:1",
                    "C_Login answered CKR_PIN_LOCKED: the token has locked the PIN after too many "
                        + "wrong ones; only its security officer can set a new one"
                ),
                (
                    "fault=C_OpenSession:CKR_TOKEN_WRITE_PROTECTED:1",
                    "C_OpenSession answered CKR_TOKEN_WRITE_PROTECTED: the token is "
                        + "write-protected; take 'anchor.session: read-only'"
                ),
                (
                    "fault=C_GenerateKey:CKR_TOKEN_WRITE_PROTECTED:1",
                    "C_GenerateKey answered CKR_TOKEN_WRITE_PROTECTED: the token is "
                        + "write-protected; name a key that it stores with 'object=' in the URI"
                ),
                (
                    "fault=C_GenerateKey:CKR_SESSION_READ_ONLY:1",
                    "C_GenerateKey answered CKR_SESSION_READ_ONLY: take 'anchor.session: "
                        + "read-write'"
                ),
            ])
        func token(_ script: String, _ sentence: String) throws {
            let module = try BuildFolder.scriptedModule().path
            let said = try refusal(module, of: "token=scripted", script: script)
            #expect(said.hasPrefix(sentence.replacing("MODULE", with: module)), "\(said)")
        }

        @Test("a token that was never initialised")
        func notInitialised() throws {
            let bench = try Bench()
            try FileManager.default.createDirectory(
                atPath: bench.path("tokens"), withIntermediateDirectories: true)
            try bench.write("directories.tokendir = \(bench.path("tokens"))\n", to: "conf")
            let said = try refusal(
                "/usr/lib/softhsm/libsofthsm2.so", ["SOFTHSM2_CONF": bench.path("conf")])
            #expect(
                said.hasSuffix(
                    "was not found; no token is initialised; do that with the vendor's own tool "
                        + "first (its label, and a user PIN)"), "\(said)")
        }

        @Test("a module whose daemon is not there, with its code or with the slots it has not")
        func noDaemon() throws {
            let module = try BuildFolder.scriptedModule().path
            let said = try refusal(module, script: "fault=C_Initialize:CKR_FUNCTION_FAILED:1")
            #expect(
                said.hasPrefix(
                    "C_Initialize answered CKR_FUNCTION_FAILED: the module does not start; is the "
                        + "daemon or device that it needs there"), "\(said)")
            let client = try #require(
                ["x86_64", "aarch64"].map { "/usr/lib/\($0)-linux-gnu/pkcs11/p11-kit-client.so" }
                    .first(where: FileManager.default.fileExists))
            let silent = try refusal(
                client, ["P11_KIT_SERVER_ADDRESS": "unix:path=/nonexistent/socket"])
            #expect(
                silent.hasSuffix(
                    "the module shows no token; is its device or daemon there, and its "
                        + "configuration found?"), "\(silent)")
        }

        private func doctor(_ script: String) throws -> Ended {
            let bench = try Bench()
            let module = try BuildFolder.scriptedModule().path
            let ended = try bench.run(
                "doctor", "--anchor",
                "pkcs11:token=scripted?module-path=\(module)&pin-source=env:ANCHOR_PIN",
                environment: ["ANCHORBENCH_SCRIPT": script, "ANCHOR_PIN": "1234"])
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
            return ended
        }

        @Test("doctor looks at keys in a read-write session where it gets no other, and says so")
        func readWriteOnly() throws {
            let usual = try doctor("")
            #expect(usual.code == 0 && !usual.output.contains("read-write"), "\(usual.error)")
            let ended = try doctor("read-only=CKR_FUNCTION_FAILED")
            #expect(ended.code == 0 && ended.output.contains("AES-256"), "\(ended.error)")
            let lines = [
                "refused: C_OpenSession answered CKR_FUNCTION_FAILED",
                "scenarios need 'anchor.session: read-write'",
            ]
            for line in lines { #expect(ended.output.contains(line), "\(ended.output)") }
            #expect(!ended.output.contains("Not looked at"))
        }

        @Test(
            "doctor, where no session opens or the login is refused, does not tell of no keys",
            arguments: [
                "C_OpenSession answered CKR_SESSION_COUNT", "C_Login answered CKR_PIN_LOCKED",
            ])
        func noSession(_ refusal: String) throws {
            let fault = refusal.replacing(" answered ", with: ":")
            let ended = try doctor("fault=\(fault):1")
            #expect(ended.code == 69, "\(ended.error)")
            #expect(
                ended.error.contains("anchorbench: the keys were not looked at: \(refusal)"),
                "\(ended.error)")
            #expect(ended.output.hasPrefix("No key was looked at"), "\(ended.output)")
            #expect(!ended.output.contains("is seen") && ended.output.contains(refusal))
        }

        @Test("a file that is no module for this program")
        func noModule() throws {
            let library = try #require(
                ["x86_64", "aarch64"].map { "/lib/\($0)-linux-gnu/libm.so.6" }
                    .first(where: FileManager.default.fileExists))
            #expect(
                try refusal(library)
                    == "the PKCS#11 module '\(library)' cannot be used: it exports no "
                    + "C_GetFunctionList, so it is no PKCS#11 module")
        }
    }
}
