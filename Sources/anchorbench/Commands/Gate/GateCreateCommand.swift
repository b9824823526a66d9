import ArgumentParser
import Cryptoki
import Experiment
import Foundation
import GateState
import Throttling
import Units

/// `anchorbench gate create`.
struct GateCreateCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "create",
        abstract: "Make the state of a gate; it must not exist.",
        usage: "anchorbench gate create --module <path> [<options>] <state>",
        discussion: """
            The state is the gate's whole configuration, and holds its counts. It belongs to who \
            makes it, and --group lets the processes of a group use it too. What a gate was made \
            for cannot be changed afterwards: make another one, and revoke all on the first.

              anchorbench gate create --module /usr/lib/softhsm/libsofthsm2.so gate.state
              anchorbench gate create --module /opt/hsm/lib.so gate.state \\
                --identities web --only-named --group hsm --throttle \\
                '{ token-bucket: { rate: 200/s, burst: 50 }, charge: { bytes: 272 } }'
            """)

    @Option(
        help: ArgumentHelp("The PKCS#11 module behind the gate.", valueName: "path"),
        completion: .file(extensions: ["so"]))
    var module: String

    @Option(
        help: ArgumentHelp(
            "What it admits, as in a scenario, such as '{ token-bucket: { rate: 500/s, burst: 100 "
                + "}, on-limit: wait, scope: per-client }'; by default all, counted.",
            valueName: "policy"))
    var throttle = "none"

    @Option(
        help: ArgumentHelp(
            "Client identities that are known from the start, such as web,batch.",
            valueName: "list"))
    var identities: String?

    @Flag(help: "Let in only the identities that --identities names.")
    var onlyNamed = false

    @Option(
        help: ArgumentHelp(
            "Room for so many identities; one more cannot start.", valueName: "n"))
    var mostIdentities = 64

    @Option(help: ArgumentHelp("Length of the periods that are counted.", valueName: "time"))
    var period = "1m"

    @Option(help: ArgumentHelp("How many periods are kept.", valueName: "n"))
    var history = 1_440

    @Flag(
        help: ArgumentHelp(
            "Do not charge encrypting and wrapping with a secret key, which can open records of "
                + "AES-GCM and AES-CTR as decrypting does: for keys that may do neither, and for "
                + "records of AES-CBC."))
    var freeEncryption = false

    @Option(
        help: ArgumentHelp(
            "Records that nobody has a reason to open; who opens one is counted. A line of the "
                + "file is the first eight bytes of a ciphertext in 16 hexadecimal digits; '#' "
                + "begins a comment.", valueName: "file"),
        completion: .file())
    var canaries: String?

    @Option(
        help: ArgumentHelp(
            "What a throttled call gets, such as CKR_DEVICE_MEMORY.", valueName: "code"))
    var throttledCode: String?

    @Option(
        help: ArgumentHelp(
            "What a call of a revoked identity gets.", valueName: "code"))
    var revokedCode: String?

    @Option(
        help: ArgumentHelp(
            "Let the processes of a group use it (mode 0660); by default those of the user alone.",
            valueName: "name"))
    var group: String?

    @Argument(help: "The file to make.", completion: .file())
    var state: String

    func run() throws {
        let configuration = try configuration()
        let groupNumber = try group.map { try Self.number(ofGroup: $0) }
        try GateState.create(
            at: state, configuration, mode: groupNumber == nil ? 0o600 : 0o660,
            group: groupNumber)
        print(state)
    }

    private func configuration() throws -> GateConfiguration {
        let policy = try ScenarioReader.policy(throttle, flag: "--throttle")
        let path = URL(fileURLWithPath: module).path(percentEncoded: false)
        guard FileManager.default.fileExists(atPath: path) else {
            throw ExperimentError.missingInput("--module: there is no file '\(path)'")
        }
        let start = FileHandle(forReadingAtPath: path).flatMap { try? $0.read(upToCount: 4) }
        guard start == Data([0x7f] + "ELF".utf8) else {
            throw ValidationError("--module: '\(path)' is no shared library")
        }
        let names = identities.map {
            $0.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        }
        return GateConfiguration(
            module: path, policy: policy, period: try length(period),
            history: history, capacity: mostIdentities, identities: names ?? [],
            isClosed: onlyNamed, chargesEncryption: !freeEncryption,
            throttledCode: try code(throttledCode, "--throttled-code")
                ?? GateConfiguration.throttled,
            revokedCode: try code(revokedCode, "--revoked-code") ?? GateConfiguration.revoked,
            canaries: try canaries.map { try CanaryFile($0).fingerprints } ?? [])
    }

    private func length(_ text: String) throws -> Nanoseconds {
        do {
            return try Nanoseconds(parsing: text)
        } catch {
            throw ValidationError("--period: \(error)")
        }
    }

    private func code(_ text: String?, _ flag: String) throws -> UInt? {
        guard let text else { return nil }
        guard let code = ReturnCode(named: text)?.rawValue, code != 0 else {
            throw ValidationError(
                "\(flag): '\(text)' is no code of a refused call: name one such as "
                    + "CKR_FUNCTION_FAILED or 0x06")
        }
        return code
    }

    private static func number(ofGroup name: String) throws -> gid_t {
        guard let entry = getgrnam(name) else {
            throw ValidationError("--group: there is no group '\(name)' on this machine")
        }
        return entry.pointee.gr_gid
    }
}
