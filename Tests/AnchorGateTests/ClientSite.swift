import Foundation
import GateState
import Testing
import Throttling

/// A folder with a SoftHSM2 token of its own, gates before it, and the programs that call them.
///
/// The token `gate` holds an RSA key with its certificate, and an AES key. A child process gets
/// nothing of this process's environment but the search path.
final class ClientSite {
    /// The folder; gone with this.
    let folder: URL
    /// The PIN of the token.
    static let pin = "4711"
    private var gates = 0

    /// What the folder is made with.
    enum Contents {
        case nothing, emptyToken, keys
    }

    /// Makes the folder, and the token where one is wanted.
    init(_ contents: Contents = .keys) throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "gate-\(UUID().uuidString.prefix(8))", directoryHint: .isDirectory)
            .resolvingSymlinksInPath()
        let tokens = folder.appending(path: "tokens")
        try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
        try write(
            "directories.tokendir = \(tokens.path)\nlog.level = ERROR\n", to: "softhsm2.conf")
        if contents != .nothing { try makeToken() }
        if contents == .keys { try makeKeys() }
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// The path of a file in the folder.
    func path(_ name: String) -> String { folder.appending(path: name).path }

    /// Writes a file into the folder.
    func write(_ text: String, to name: String) throws {
        try Data(text.utf8).write(to: folder.appending(path: name))
    }

    /// Makes a gate before a module.
    func gate(
        _ policy: Policy = .none, module: String = BuiltParts.softHSM,
        chargesEncryption: Bool = true, canaries: [UInt64] = []
    ) throws -> GateState {
        gates += 1
        let state = path("\(gates).state")
        try GateState.create(
            at: state,
            GateConfiguration(
                module: module, policy: policy, chargesEncryption: chargesEncryption,
                canaries: canaries))
        return try GateState(path: state, isTrusted: false)
    }

    /// The environment of a client of a gate; without one, of a client of the module itself.
    func environment(
        _ gate: GateState? = nil, as identity: String = "web"
    ) -> [String: String] {
        var environment = [
            "PATH": ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin",
            "HOME": folder.path, "LANG": "C.UTF-8", "SOFTHSM2_CONF": path("softhsm2.conf"),
        ]
        if let gate {
            environment["ANCHORGATE_STATE"] = gate.path
            environment["ANCHORGATE_IDENTITY"] = identity
        }
        return environment
    }

    /// What an identity did at a gate.
    func counts(_ gate: GateState, of identity: String = "web") throws -> GateIdentity {
        let snapshot = try GateSnapshot(path: gate.path)
        return try #require(snapshot.identities.first { $0.name == identity })
    }

    /// Compiles one of the C programs beside the tests.
    func compile(_ name: String, _ libraries: String...) throws -> String {
        let program = path(name)
        try run(
            "clang",
            ["-O0", "-Wno-deprecated-declarations", Self.source("\(name).c"), "-o"]
                + [program] + libraries.map { "-l\($0)" }
        ).check()
        return program
    }

    /// A program among the sources of the clients.
    static func source(_ name: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "Clients").appending(path: name).path
    }

    /// Runs a program of the search path to its end, in the folder.
    @discardableResult
    func run(
        _ program: String, _ arguments: [String], _ environment: [String: String]? = nil
    ) throws -> ClientEnd {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.environment = environment ?? self.environment()
        process.currentDirectoryURL = folder
        process.standardInput = FileHandle.nullDevice
        let name = path(".\(UUID().uuidString)")
        for stream in [".out", ".err"] { try Data().write(to: URL(filePath: name + stream)) }
        process.standardOutput = FileHandle(forWritingAtPath: name + ".out")
        process.standardError = FileHandle(forWritingAtPath: name + ".err")
        try process.run()
        process.waitUntilExit()
        let output = try Data(contentsOf: URL(filePath: name + ".out"))
        let error = try Data(contentsOf: URL(filePath: name + ".err"))
        return ClientEnd(
            command: ([program] + arguments).joined(separator: " "),
            code: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
            error: String(decoding: error, as: UTF8.self))
    }

    /// The arguments with which `pkcs11-tool` calls a module as the token's user.
    static func tool(_ module: String, _ arguments: String...) -> [String] {
        ["--module", module, "--token-label", "gate", "--login", "--pin", pin] + arguments
    }

    private func makeToken() throws {
        try run(
            "softhsm2-util",
            ["--init-token", "--free", "--label", "gate", "--so-pin", "12345678", "--pin"]
                + [Self.pin]
        ).check()
    }

    private func makeKeys() throws {
        try run(
            "openssl",
            ["req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "key.pem", "-days"]
                + ["30", "-subj", "/CN=gate", "-out", "cert.pem"]
        ).check()
        try run("openssl", ["pkey", "-in", "key.pem", "-outform", "DER", "-out", "key.der"]).check()
        try run(
            "openssl", ["pkey", "-in", "key.pem", "-pubout", "-outform", "DER", "-out", "pub.der"]
        ).check()
        try run("openssl", ["x509", "-in", "cert.pem", "-outform", "DER", "-out", "cert.der"])
            .check()
        for (file, type, usage) in [
            ("key.der", "privkey", ["--usage-decrypt", "--usage-sign"]), ("cert.der", "cert", []),
            ("pub.der", "pubkey", []),
        ] {
            let object = ["--write-object", file, "--type", type, "--id", "01", "--label", "rsa"]
            try run("pkcs11-tool", Self.tool(BuiltParts.softHSM) + object + usage).check()
        }
        try run(
            "pkcs11-tool",
            Self.tool(
                BuiltParts.softHSM, "--keygen", "--key-type", "AES:32", "--label", "aes", "--id",
                "02")
        ).check()
        // One record that every client opens.
        try write("record", to: "record")
        try run(
            "openssl",
            ["pkeyutl", "-encrypt", "-certin", "-inkey", "cert.pem", "-in", "record", "-out"]
                + ["record.rsa"]
        ).check()
    }
}

/// How a program ended.
struct ClientEnd {
    let command: String
    let code: Int32
    let output: String
    let error: String

    /// Stops the test where it did not end well.
    func check() throws {
        guard code != 0 else { return }
        throw Failed(description: "\(command) ended with \(code): \(error)\(output)")
    }

    struct Failed: Error, CustomStringConvertible {
        let description: String
    }
}
