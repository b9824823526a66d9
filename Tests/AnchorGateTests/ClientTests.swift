import Foundation
import GateState
import Testing
import Throttling
import Units

/// What the users of real clients see of a gate: whether a record opens, and what is said if not.
@Suite("Real clients fail cleanly at the gate, and recover")
struct ClientTests {
    /// A client that stays: how it is started, what it can do, and what it says when refused.
    struct Client: CustomTestStringConvertible, Sendable {
        let name: String
        /// What it is told to do, what it answers when that succeeds, and what it says of a code.
        let operations: [(order: String, success: String, refusal: @Sendable (Refusal) -> String)]

        var testDescription: String { name }

        static let java = Client(
            name: "SunPKCS11",
            operations: [
                ("rsa", "ok record", { "InvalidKeyException: init() failed \($0.java)" }),
                (
                    "cbc", "ok record",
                    { "InvalidKeyException: Could not initialize cipher \($0.java)" }
                ),
                (
                    "gcm", "ok record",
                    { "InvalidKeyException: Could not initialize cipher \($0.java)" }
                ),
                ("sign", "ok 256 bytes", { "ProviderException: Initialization failed \($0.java)" }),
            ])
        static let python = Client(
            name: "python-pkcs11",
            operations: [
                ("rsa", "ok record", { $0.python }), ("cbc", "ok record", { $0.python }),
                ("sign", "ok 256 bytes", { $0.python }),
            ])
        static let openSSL = Client(
            name: "OpenSSL's engine pkcs11",
            operations: [
                ("rsa", "ok record", { $0.openSSL }), ("sign", "ok 256 bytes", { $0.openSSL }),
            ])
    }

    /// The two ways to be refused, in the words of each client.
    enum Refusal {
        case throttled, revoked

        var name: String { self == .throttled ? "CKR_FUNCTION_FAILED" : "CKR_FUNCTION_CANCELED" }
        var java: String { "< PKCS11Exception: \(name)" }
        var python: String { self == .throttled ? "FunctionFailed" : "FunctionCancelled" }
        var openSSL: String {
            self == .throttled
                ? "PKCS#11 module::Function failed" : "PKCS#11 module::Function canceled"
        }
        var tool: String {
            "PKCS11 function C_DecryptInit failed: rv = \(name) "
                + (self == .throttled ? "(0x6)" : "(0x50)")
        }
    }

    @Test(
        "one process opens records, is throttled, waits, is revoked, is restored and opens again",
        arguments: [Client.java, .python, .openSSL])
    func staying(client: Client) throws {
        let site = try ClientSite()
        let gate = try site.gate(Self.fewASecond)
        let row = try gate.claim("web")
        let dialogue = try start(client, gate, site)
        #expect(try dialogue.answer() == "ready")
        for (order, success, refusal) in client.operations {
            #expect(try untilOpened { try dialogue.ask(order) } == success, "\(order)")
            let throttled = try untilRefused(gate) { try dialogue.ask(order) }
            #expect(throttled.contains(refusal(.throttled)), "\(order): \(throttled)")
            #expect(try untilOpened { try dialogue.ask(order) } == success, "\(order)")
            gate.setRevoked(true, row: row)
            for _ in 0..<3 {
                let revoked = try dialogue.ask(order)
                #expect(revoked.contains(refusal(.revoked)), "\(order): \(revoked)")
            }
            gate.setRevoked(false, row: row)
            #expect(try untilOpened { try dialogue.ask(order) } == success, "\(order)")
        }
        #expect(dialogue.end() == 0)
    }

    @Test("pkcs11-tool and openssl say what was refused and exit with 1")
    func passing() throws {
        let site = try ClientSite()
        let gate = try site.gate(Self.fewASecond)
        let module = try BuiltParts.gate()
        let row = try gate.claim("web")
        try writeEngine(module, site)
        let tool = ClientSite.tool(
            module, "--decrypt", "--id", "01", "-m", "RSA-PKCS", "-i", "record.rsa")
        let openSSL = [
            "pkeyutl", "-engine", "pkcs11", "-keyform", "engine", "-decrypt", "-inkey",
            "pkcs11:token=gate;object=rsa;type=private", "-in", "record.rsa",
        ]
        var environment = site.environment(gate)
        environment["OPENSSL_CONF"] = site.path("openssl.cnf")
        for (program, arguments, refused) in [
            ("pkcs11-tool", tool, { (refusal: Refusal) in refusal.tool }),
            ("openssl", openSSL, { $0 == .throttled ? "Function failed" : "Function canceled" }),
        ] {
            let call = {
                let end = try site.run(program, arguments, environment)
                return end.code == 0 ? "ok \(end.output)" : "failed \(end.code) \(end.error)"
            }
            #expect(try untilOpened(call) == "ok record", "\(program)")
            let throttled = try untilRefused(gate, call)
            #expect(throttled.hasPrefix("failed 1 "), "\(program): \(throttled)")
            #expect(throttled.contains(refused(.throttled)), "\(program): \(throttled)")
            gate.setRevoked(true, row: row)
            let revoked = try call()
            #expect(revoked.hasPrefix("failed 1 "), "\(program): \(revoked)")
            #expect(revoked.contains(refused(.revoked)), "\(program): \(revoked)")
            gate.setRevoked(false, row: row)
            #expect(try untilOpened(call) == "ok record", "\(program)")
        }
    }

    @Test("a thief who opens records by encrypting the counter's blocks is charged for each")
    func keyStream() throws {
        let site = try ClientSite(.emptyToken)
        let rate = Rate(1, per: .seconds(3_600))
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(3))), onLimit: .deny)
        let arguments = try [
            ClientSite.source("keystream.py"), BuiltParts.gate(), ClientSite.pin, "4",
        ]
        let opened = "nobody but us has read this one."
        for (isCharged, said) in [
            (true, [opened, opened, "FunctionFailed", "FunctionFailed"]),
            (false, [opened, opened, opened, opened]),
        ] {
            let gate = try site.gate(policy, chargesEncryption: isCharged)
            let end = try site.run(python(), arguments, site.environment(gate))
            #expect(end.code == 0, "\(end.error)")
            #expect(end.output.split(separator: "\n").map(String.init) == said)
            let calls = try site.counts(gate).calls[.encrypt]
            #expect(calls == (isCharged ? GateCalls(admitted: 3, throttled: 2) : nil))
        }
    }

    @Test("a thief who derives keys that he can read is charged for what they tell")
    func derivation() throws {
        let site = try ClientSite(.emptyToken)
        let rate = Rate(1, per: .seconds(3_600))
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(10))), onLimit: .deny,
            charge: .bytes(ByteCount(16)))
        let gate = try site.gate(policy)
        let end = try site.run(
            python(), [ClientSite.source("derive.py"), BuiltParts.gate(), ClientSite.pin],
            site.environment(gate))
        #expect(end.code == 0, "\(end.error)")
        #expect(end.output == "32\nFunctionFailed\n")
        let identity = try site.counts(gate)
        #expect(identity.calls == [.derive: GateCalls(admitted: 1, throttled: 1)])
        #expect(identity.units == 2)
    }

    @Test("pkcs11-tool finds the same with the gate and without it")
    func sameOutput() throws {
        let site = try ClientSite()
        let gate = try site.gate()
        let arguments = ["--test"]
        let without = try site.run(
            "pkcs11-tool", ClientSite.tool(BuiltParts.softHSM) + arguments)
        let through = try site.run(
            "pkcs11-tool", ClientSite.tool(try BuiltParts.gate()) + arguments,
            site.environment(gate))
        #expect(without.output.contains("RSA-PKCS: OK"))
        #expect(through.output == without.output)
        #expect(through.error == without.error)
        #expect(through.code == without.code)
        #expect(try site.counts(gate).calls[.sign]?.admitted ?? 0 > 0)
    }

    private static let fewASecond = Policy(
        .fixedWindow(FixedWindow(limit: RecordCount(3), window: .seconds(1))), onLimit: .deny)

    private func start(
        _ client: Client, _ gate: GateState, _ site: ClientSite
    ) throws -> ClientDialogue {
        let module = try BuiltParts.gate()
        let environment = site.environment(gate)
        switch client.name {
        case Client.java.name:
            try site.write("name = gate\nlibrary = \(module)\nslotListIndex = 0\n", to: "java.cfg")
            return try ClientDialogue(
                "java", [ClientSite.source("Client.java"), "java.cfg", ClientSite.pin], in: site,
                environment)
        case Client.python.name:
            return try ClientDialogue(
                try python(), [ClientSite.source("client.py"), module, ClientSite.pin], in: site,
                environment)
        default:
            return try ClientDialogue(
                try site.compile("openssl", "crypto"), [module, ClientSite.pin], in: site,
                environment)
        }
    }

    /// The Python that `Scripts/test` puts python-pkcs11 into.
    private func python() throws -> String {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
        let python = root.appending(path: ".build/python/bin/python").path
        try #require(
            FileManager.default.isExecutableFile(atPath: python),
            "there is no \(python): run Scripts/test, which makes it")
        return python
    }

    private func writeEngine(_ module: String, _ site: ClientSite) throws {
        try site.write(
            """
            openssl_conf = start
            [start]
            engines = engines
            [engines]
            pkcs11 = pkcs11
            [pkcs11]
            engine_id = pkcs11
            MODULE_PATH = \(module)
            PIN = \(ClientSite.pin)
            init = 0

            """, to: "openssl.cnf")
    }

    /// Calls until a record is opened; the last answer.
    private func untilOpened(_ call: () throws -> String) throws -> String {
        var answer = try call()
        for _ in 0..<100 where !answer.hasPrefix("ok") {
            usleep(100_000)
            answer = try call()
        }
        return answer
    }

    /// Calls without a pause, beside others of the same identity, until a call is refused; the
    /// last answer.
    private func untilRefused(
        _ gate: GateState, _ call: () throws -> String
    ) throws -> String {
        try Spender.spend(at: gate, as: "web") {
            var answer = try call()
            for _ in 0..<200 where answer.hasPrefix("ok") { answer = try call() }
            return answer
        }
    }
}
