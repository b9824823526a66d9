import Foundation
import Glibc
import Testing

/// A PKCS#11 module that a script of `Benchmarks/modules` sets up, and what it can do.
struct RealModule: CustomTestStringConvertible, Sendable {
    /// The script's name.
    let script: String
    /// Whether the key is one of the session instead of one that the token stores.
    var isSession = false
    /// The mechanisms that it has, each with the calls a second that one caller is believed.
    let has: [String: ClosedRange<Double>]
    /// The mechanisms that it has not, each with the name under which it would be listed.
    var lacks: [String: String] = [:]

    var testDescription: String { isSession ? "\(script), session key" : script }

    /// What the script is told before the command's own arguments.
    var arguments: [String] { isSession ? ["--session-key"] : [] }

    /// Every mechanism of the two lists, as the command takes them.
    var mechanisms: String { (Array(has.keys) + Array(lacks.keys)).sorted().joined(separator: ",") }

    /// All that are measured, each with a stored key, and NSS with one of the session too.
    static let all = [softHSM, nss, nssSession, openCryptoki, tpm, p11Kit]

    private static let softHSM = RealModule(
        script: "softhsm",
        has: [
            "aes-gcm": software, "aes-cbc-pad": software, "aes-cbc": software,
            "aes-ctr": software, "rsa-oaep": decryption,
        ])
    private static let nss = RealModule(
        script: "nss",
        has: [
            "aes-gcm": software, "aes-cbc-pad": software, "aes-cbc": software,
            "aes-ctr": software, "rsa-oaep": decryption,
        ])
    private static let nssSession = RealModule(
        script: "nss", isSession: true,
        has: ["aes-gcm": software, "aes-cbc": software, "rsa-oaep": decryption])
    private static let openCryptoki = RealModule(
        script: "opencryptoki",
        has: ["aes-cbc-pad": software, "aes-cbc": software, "rsa-oaep": decryption],
        lacks: ["aes-gcm": "CKM_AES_GCM", "aes-ctr": "CKM_AES_CTR"])
    private static let tpm = RealModule(
        script: "tpm2",
        has: ["aes-cbc": chip, "aes-ctr": chip, "rsa-oaep": chip],
        lacks: ["aes-gcm": "CKM_AES_GCM"])
    private static let p11Kit = RealModule(
        script: "p11-kit", has: ["rsa-oaep": decryption],
        lacks: [
            "aes-gcm": "CKM_AES_GCM", "aes-cbc-pad": "CKM_AES_CBC_PAD", "aes-cbc": "CKM_AES_CBC",
            "aes-ctr": "CKM_AES_CTR",
        ])

    /// AES in software, up to what no processor does in a call.
    private static let software: ClosedRange<Double> = 50...20_000_000
    /// RSA-2048 in software; NSS derives a key from the PIN at each call with a stored one.
    private static let decryption: ClosedRange<Double> = 1...20_000
    /// Whatever it is, through a resource manager and into a TPM.
    private static let chip: ClosedRange<Double> = 1...10_000
}

extension Bench {
    /// Runs its arguments as somebody at a terminal would: the threads of these tests block
    /// signals, a process inherits that, and a shell cannot change it.
    private static let withSignals = """
        import os, signal, sys
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        os.execv(sys.argv[1], sys.argv[1:])
        """

    /// Starts a program with its arguments, free to take signals.
    func startUnblocked(
        _ program: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Running {
        try Running(
            URL(filePath: "/usr/bin/python3"), ["-c", Self.withSignals, program] + arguments, self,
            environment)
    }

    /// Starts a script of `Benchmarks/modules` with the command that was built beside the tests.
    func startScript(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) throws -> Running {
        let root = URL(filePath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let command = try BuildFolder.command().path
        let script = root.appending(path: "Benchmarks/modules/\(name)").path
        return try startUnblocked(
            script, arguments,
            environment: ["ANCHORBENCH_COMMAND": command].merging(environment) { $1 })
    }

    /// The processes that were started from this bench, daemons too: they have its temporary folder
    /// in their environment.
    var heirs: [pid_t] {
        get throws {
            try FileManager.default.contentsOfDirectory(atPath: "/proc").compactMap { name in
                guard let identifier = pid_t(name),
                    let variables = try? Data(contentsOf: URL(filePath: "/proc/\(name)/environ")),
                    String(decoding: variables, as: UTF8.self).contains(temporary.path)
                else { return nil }
                return identifier
            }
        }
    }

    /// Expects that neither a process nor a file of a script is left.
    func expectNothingLeft(sourceLocation: SourceLocation = #_sourceLocation) throws {
        let processes = try heirs
        let files = try leftovers
        #expect(processes.isEmpty, "\(processes)", sourceLocation: sourceLocation)
        #expect(files.isEmpty, "\(files)", sourceLocation: sourceLocation)
    }
}
