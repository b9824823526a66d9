import Foundation
import GateState
import Testing
import Throttling
import Units

/// The gate in a process of its own, behind the socket of p11-kit: the client holds nothing else.
@Suite("Behind a socket the client cannot choose what the gate makes of it")
struct OutOfProcessTests {
    private static let remote =
        [
            "/usr/lib/x86_64-linux-gnu/pkcs11/p11-kit-client.so",
            "/usr/lib/aarch64-linux-gnu/pkcs11/p11-kit-client.so",
        ].first(where: FileManager.default.fileExists) ?? ""

    @Test("it is counted, throttled and revoked under the identity of the server")
    func identity() throws {
        let site = try ClientSite()
        let window = FixedWindow(limit: RecordCount(1), window: .seconds(2))
        let gate = try site.gate(Policy(.fixedWindow(window), onLimit: .deny))
        let server = try serve(gate, site, library: try BuiltParts.gate())
        // The client names another identity, and another gate, which has no throttle.
        let mine = try site.gate()
        var environment = site.environment(mine, as: "admin")
        environment["P11_KIT_SERVER_ADDRESS"] = "unix:path=\(site.path("web.socket"))"
        environment["SOFTHSM2_CONF"] = nil
        let call = { try site.run("pkcs11-tool", Self.open, environment) }

        #expect(try untilOpened(call).output == "record")
        var end = try call()
        try Spender.spend(at: gate, as: "web") {
            for _ in 0..<50 where end.code == 0 { end = try call() }
        }
        #expect(end.code == 1)
        #expect(end.error.contains("rv = CKR_FUNCTION_FAILED (0x6)"), "\(end.error)")
        #expect(try untilOpened(call).output == "record")
        gate.setRevoked(true, row: try gate.claim("web"))
        end = try call()
        #expect(end.code == 1)
        #expect(end.error.contains("rv = CKR_FUNCTION_CANCELED (0x50)"), "\(end.error)")
        gate.setRevoked(false, row: try gate.claim("web"))
        #expect(try untilOpened(call).output == "record")

        let counts = try site.counts(gate).calls[.decrypt] ?? GateCalls()
        #expect(counts.admitted >= 3 && counts.throttled >= 1 && counts.revoked == 1)
        #expect(try GateSnapshot(path: gate.path).identities.map(\.name) == ["web"])
        #expect(try GateSnapshot(path: mine.path).identities.isEmpty)
        server.stop()
    }

    @Test(
        "the state of a server of another user is out of the client's reach",
        .enabled(if: geteuid() == 0, "only root can run a server as another user"))
    func otherUser() throws {
        let site = try ClientSite()
        let gate = try site.gate()
        // Neither user may be able to come to where this was built.
        let library = site.path("libanchorgate.so")
        try FileManager.default.copyItem(atPath: try BuiltParts.gate(), toPath: library)
        try site.run("chmod", ["-R", "u=rwX,go=", site.path("tokens")]).check()
        try site.run("chmod", ["644", site.path("softhsm2.conf"), library]).check()
        try site.run("chmod", ["711", site.folder.path]).check()
        try site.run("install", ["-d", "-o", Self.serving, "-m", "755", site.path("run")]).check()
        try site.run("chown", ["-R", Self.serving, site.path("tokens"), gate.path]).check()
        let server = try serve(gate, site, library: library, as: Self.serving, socket: "run/web")
        try site.run("chmod", ["660", site.path("run/web")]).check()
        var environment = site.environment()
        environment["P11_KIT_SERVER_ADDRESS"] = "unix:path=\(site.path("run/web"))"
        let asClient = ["-u", Self.calling, "--"]

        let end = try site.run("runuser", asClient + ["pkcs11-tool"] + Self.open, environment)
        #expect(end.output == "record", "\(end.error)")
        for (program, arguments) in [
            ("cat", [gate.path]), ("dd", ["if=/dev/zero", "of=\(gate.path)", "count=1"]),
            ("rm", ["-f", gate.path]), ("cat", [site.path("tokens")]),
            ("rm", ["-f", site.path("run/web")]),
        ] {
            let end = try site.run("runuser", asClient + [program] + arguments, environment)
            #expect(end.code != 0, "\(program)")
            #expect(end.error.contains("Permission denied"), "\(program): \(end.error)")
        }
        let another = ["-u", "bin", "-g", Self.calling, "--", "pkcs11-tool"] + Self.open
        #expect(try site.run("runuser", another, environment).output.isEmpty)
        // The wrapped module without the gate finds no token, and the gate does not start.
        environment["ANCHORGATE_STATE"] = gate.path
        environment["SOFTHSM2_CONF"] = site.path("softhsm2.conf")
        for module in [BuiltParts.softHSM, library] {
            let end = try site.run(
                "runuser",
                asClient + ["pkcs11-tool"] + ClientSite.tool(module) + Self.decrypting, environment)
            #expect(end.code != 0 && end.output.isEmpty, "\(module)")
        }
        gate.setRevoked(true, row: try gate.claim("web"))
        let revoked = try site.run("runuser", asClient + ["pkcs11-tool"] + Self.open, environment)
        #expect(revoked.error.contains("CKR_FUNCTION_CANCELED"), "\(revoked.error)")
        server.stop()
    }

    /// Users that every Debian has, and nothing in common.
    private static let (serving, calling) = ("nobody", "daemon")
    private static let decrypting = [
        "--decrypt", "--id", "01", "-m", "RSA-PKCS", "-i", "record.rsa",
    ]
    private static var open: [String] { ClientSite.tool(remote) + decrypting }

    /// Starts a server for one identity, as a user where one is named.
    private func serve(
        _ gate: GateState, _ site: ClientSite, library: String, as user: String? = nil,
        socket: String = "web.socket"
    ) throws -> Server {
        var command = [
            "p11-kit", "server", "--foreground", "--provider", library, "--name",
            site.path(socket), "pkcs11:token=gate",
        ]
        if let user {
            command =
                ["runuser", "-u", user, "-g", Self.calling, "--"] + command
                + ["--user", Self.calling]
        }
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = command
        process.environment = site.environment(gate)
        process.currentDirectoryURL = site.folder
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let server = Server(process: process)
        for _ in 0..<3_000 where !FileManager.default.fileExists(atPath: site.path(socket)) {
            usleep(20_000)
        }
        return server
    }

    private func untilOpened(_ call: () throws -> ClientEnd) throws -> ClientEnd {
        var end = try call()
        for _ in 0..<100 where end.code != 0 {
            usleep(100_000)
            end = try call()
        }
        return end
    }

    /// A server that ends with the test.
    private final class Server {
        private let process: Process

        init(process: Process) { self.process = process }

        deinit { stop() }

        func stop() {
            guard process.isRunning else { return }
            process.terminate()
            process.waitUntilExit()
        }
    }
}
