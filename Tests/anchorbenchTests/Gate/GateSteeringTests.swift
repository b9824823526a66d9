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

        @Test("who never came can be refused all the same, and the name that is near is told")
        func unseen() throws {
            #expect(try create("--identities", "web").code == 0)
            let ended = try bench.run("gate", "revoke", "gate.state", "wbe", "nobody-like-it")
            #expect(ended.code == 0 && ended.output.isEmpty, "\(ended.error)")
            #expect(
                ended.error
                    == "no call of 'wbe' was seen yet; from its first one on it is refused; did "
                    + "you mean 'web'?\nno call of 'nobody-like-it' was seen yet; from its first "
                    + "one on it is refused\n")
            #expect(try revoked() == ["wbe", "nobody-like-it"])
            let restored = try bench.run("gate", "restore", "gate.state", "weeb")
            #expect(restored.code == 64, "\(restored.error)")
            #expect(restored.error.contains("never came to the gate 'gate.state'; did you mean"))
        }

        @Test("a state that is there, and one that is not, are told with what to do")
        func states() throws {
            #expect(try create().code == 0)
            let again = try create()
            #expect(again.code == 73 && again.output.isEmpty)
            #expect(again.error.contains("'gate.state' is there already"), "\(again.error)")
            #expect(again.error.contains("name another file"), "\(again.error)")
            let missing = try bench.run("gate", "revoke", "nope.state", "web")
            #expect(missing.code == 66 && missing.error.contains("'nope.state' is not there"))
            #expect(missing.error.contains("'anchorbench gate create'"), "\(missing.error)")
            let module = "/usr/lib/softhsm/libsofthsm2.so"
            let homeless = try bench.run("gate", "create", "--module", module, "no/gate.state")
            #expect(homeless.code == 73 && homeless.error.contains("folder"), "\(homeless.error)")
        }

        @Test("a word that is no command of gate is told with the nearest, and none with all")
        func commands() throws {
            let ended = try bench.run("gate", "stats", "gate.state")
            #expect(ended.code == 64 && ended.output.isEmpty)
            #expect(
                ended.error.contains("'stats' is no command of 'gate'; did you mean 'status'?"),
                "\(ended.error)")
            let unlike = try bench.run("gate", "xylophone")
            #expect(unlike.code == 64 && unlike.error.contains("known: create, status"))
            let none = try bench.run("gate")
            #expect(none.code == 64 && none.output.isEmpty)
            #expect(none.error.contains("USAGE: anchorbench gate"), "\(none.error)")
            #expect(try bench.run("gate", "--help").code == 0)
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

        @Test("canaries are read from a file, with comments, and are none of what is told")
        func canaries() throws {
            try bench.write(
                "# two rows\n0102030405060708\n\n  FFEEDDCCBBAA9988  # the vault\r\n",
                to: "canaries")
            let ended = try create("--canaries", "canaries")
            #expect(ended.code == 0, "\(ended.error)")
            let gate = try GateState(path: bench.path("gate.state"))
            let row = try gate.claim("thief")
            let ciphertexts: [[UInt8]] = [
                [1, 2, 3, 4, 5, 6, 7, 8, 9], [0xff, 0xee, 0xdd, 0xcc, 0xbb, 0xaa, 0x99, 0x88],
            ]
            for bytes in ciphertexts {
                let fingerprint = try #require(GateConfiguration.fingerprint(of: bytes))
                #expect(gate.meet(fingerprint, row: row), "\(bytes)")
            }
            #expect(!gate.meet(0x0102_0304_0506_0708, row: row))
            #expect(try GateSnapshot(path: bench.path("gate.state")).canaries == 2)
            let page = try bench.run("gate", "status", "gate.state")
            #expect(page.output.contains("looks for 2 records that nobody"), "\(page.output)")
            #expect(page.output.contains("2, the last "), "\(page.output)")
            #expect(!page.output.lowercased().contains("0102030405060708"))
        }

        @Test(
            "a line that is no fingerprint is told with its number, and makes no gate",
            arguments: [
                ("0102030405060708\n\nxyz\n", "line 3 of 'canaries', 'xyz', is no"),
                ("01020304050607", "line 1 of "), ("010203040506070809\n", "line 1 of "),
                ("#\n+102030405060708\n", "line 2 of "), ("0000000000000000\n", "line 1 of "),
                ("0102030405060708 0102030405060709\n", "line 1 of "),
                ("# nothing\n", "names no canary"), ("", "names no canary"),
            ])
        func badCanaries(text: String, part: String) throws {
            try bench.write(text, to: "canaries")
            let ended = try create("--canaries", "canaries")
            #expect(ended.code == 65 && ended.error.contains(part), "\(ended.error)")
            #expect(ended.error.contains("--canaries: "))
            #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("gate.state")))
        }

        @Test("a file of canaries that is not there is missing")
        func missingCanaries() throws {
            let ended = try create("--canaries", "none")
            #expect(ended.code == 66 && ended.error.contains("'none' cannot be read"))
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
