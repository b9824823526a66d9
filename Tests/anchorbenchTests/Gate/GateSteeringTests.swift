import Foundation
import GateState
import Results
import Testing

extension CommandTests {
    @Suite("gate create, revoke and restore")
    struct GateSteering {
        private let bench: Bench

        init() throws { bench = try Bench() }

        private func create(_ options: String...) throws -> Ended {
            let module = "/usr/lib/softhsm/libsofthsm2.so"
            return try bench.run(
                arguments: ["gate", "create", "--module", module, "gate.state"] + options)
        }

        private func revoked() throws -> [String] {
            let snapshot = try GateSnapshot(path: bench.path("gate.state"))
            return snapshot.identities.filter { $0.revokedSince != nil }.map(\.name)
        }

        @Test("whoever can be revoked is, whatever stands beside him")
        func severalNames() throws {
            #expect(try create("--identities", "web,batch", "--only-named").code == 0)
            let ended = try bench.run("gate", "revoke", "gate.state", "wbe", "web", "batch")
            #expect(ended.code == 64 && ended.error.contains("'wbe'"), "\(ended.error)")
            #expect(try revoked() == ["web", "batch"])
            let restored = try bench.run("gate", "restore", "gate.state", "web", "wbe")
            #expect(restored.code == 64 && restored.error.contains("'wbe' never came"))
            #expect(try bench.run("gate", "restore", "gate.state", "web").code == 0)
            #expect(try revoked() == ["batch"])
        }

        @Test("everybody at once, and back")
        func all() throws {
            #expect(try create().code == 0)
            #expect(try bench.run("gate", "revoke", "gate.state", "--all").code == 0)
            let path = bench.path("gate.state")
            #expect(try GateSnapshot(path: path).closedSince != nil)
            #expect(try bench.run("gate", "restore", "gate.state", "--all").code == 0)
            #expect(try GateSnapshot(path: path).closedSince == nil)
            #expect(try bench.run("gate", "revoke", "gate.state").code == 64)
            #expect(try bench.run("gate", "revoke", "none", "web").code == 66)
        }

        @Test(
            "what makes no gate is refused in one sentence, and makes no file",
            arguments: [
                (["--period", "5x"], "--period"), (["--period", "1ms"], "the period"),
                (["--module", "/etc/passwd"], "is no shared library"),
                (["--throttled-code", "CKR_BUSY"], "CKR_BUSY"), (["--only-named"], "must name one"),
                (["--identities", "a b"], "is no identity"),
                (["--group", "no-such-group"], "no-such-group"),
            ])
        func refused(options: [String], part: String) throws {
            let softHSM = ["--module", "/usr/lib/softhsm/libsofthsm2.so"]
            let module = options[0] == "--module" ? [] : softHSM
            let ended = try bench.run(
                arguments: ["gate", "create", "gate.state"] + module + options)
            #expect(ended.code == 64 && ended.error.contains(part), "\(ended.error)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("gate.state")))
        }
    }
}
