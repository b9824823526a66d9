import Foundation
import Testing

extension CommandTests {
    @Suite("What must not be told")
    struct SecrecyTests {
        private static let pin = "73519246"
        private static let label = "quarterly-ledger"
        private static let module = [
            "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        ].first(where: FileManager.default.fileExists)

        /// Runs a tool of the system; its words are not looked at.
        private func tool(_ name: String, _ arguments: [String], conf: String) throws {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/env")
            process.arguments = [name] + arguments
            process.environment = ProcessInfo.processInfo.environment
                .merging(["SOFTHSM2_CONF": conf]) { $1 }
            (process.standardOutput, process.standardError) = (
                FileHandle.nullDevice, FileHandle.nullDevice
            )
            try process.run()
            process.waitUntilExit()
            try #require(process.terminationStatus == 0, "\(name) failed")
        }

        /// A token of the user's, with an AES key on it.
        private func makeToken(_ bench: Bench) throws -> (module: String, conf: String) {
            let module = try #require(Self.module, "libsofthsm2 is not installed")
            let tokens = bench.path("tokens")
            try FileManager.default.createDirectory(
                atPath: tokens, withIntermediateDirectories: true)
            try bench.write("directories.tokendir = \(tokens)\n", to: "softhsm2.conf")
            let conf = bench.path("softhsm2.conf")
            try tool(
                "softhsm2-util",
                ["--init-token", "--free", "--label", "ledger", "--so-pin", "11112222", "--pin"]
                    + [Self.pin],
                conf: conf)
            try tool(
                "pkcs11-tool",
                ["--module", module, "--token-label", "ledger", "--login", "--pin", Self.pin]
                    + ["--keygen", "--key-type", "AES:32", "--label", Self.label, "--sensitive"],
                conf: conf)
            return (module, conf)
        }

        @Test("neither the PIN nor the key's label is in any file or stream")
        func measuresOwnToken() throws {
            let bench = try Bench()
            let (module, conf) = try makeToken(bench)
            let environment = ["SOFTHSM2_CONF": conf, "LEDGER_PIN": Self.pin]
            let uri =
                "pkcs11:token=ledger;object=\(Self.label)?module-path=\(module)"
                + "&pin-source=env:LEDGER_PIN"
            let before = try snapshot(bench)
            #expect(before.count == 1)
            let measured = try bench.run(
                "run", "--quick", "--rounds", "1", "--closed", "2", "--mechanism", "aes-gcm",
                "--anchor", uri, "--output", "out", environment: environment)
            try #require(measured.code == 0, "\(measured.error)")
            let planned = try bench.run("run", "--dry-run", "--anchor", uri)
            let examined = try bench.run("doctor", "--anchor", uri, environment: environment)
            #expect(planned.code == 0 && examined.code == 0, "\(examined.error)")
            #expect(examined.output.contains("AES-256"))
            for ended in [measured, planned, examined] { expectSecret(ended.output + ended.error) }
            let files = try bench.files(below: "out")
            #expect(files.contains("run.json") && files.contains("report.md"))
            for file in files { expectSecret(try bench.text("out/\(file)")) }
            #expect(try bench.text("out/run.json").contains("object=(hidden)"))
            #expect(try bench.leftovers.isEmpty)
            #expect(
                try snapshot(bench) == before,
                "a key of the user's was written to, or another was left")
        }

        @Test("a key that is not there is complained of without its label")
        func missingKey() throws {
            let bench = try Bench()
            let module = try BuildFolder.scriptedModule().path
            let ended = try bench.run(
                "run", "--quick", "--mechanism", "aes-gcm", "--anchor",
                "pkcs11:token=scripted;object=\(Self.label)?module-path=\(module)"
                    + "&pin-source=env:SCRIPTED_PIN",
                environment: ["SCRIPTED_PIN": "1234"])
            #expect(ended.code == 69)
            expectSecret(ended.output + ended.error)
        }

        private func expectSecret(_ text: String) {
            for secret in [Self.pin, Self.label] {
                #expect(!text.contains(secret), "\(text.prefix(400))")
            }
        }

        /// The keys on the token as the user's own tools left them; SoftHSM itself writes the
        /// token's own object anew at every login.
        private func snapshot(_ bench: Bench) throws -> [String: Data] {
            let files = try bench.files(below: "tokens").filter {
                $0.hasSuffix(".object") && !$0.hasSuffix("/token.object")
            }
            return Dictionary(
                uniqueKeysWithValues: try files.map { file in
                    (file, try Data(contentsOf: URL(filePath: bench.path("tokens/\(file)"))))
                })
        }
    }
}
