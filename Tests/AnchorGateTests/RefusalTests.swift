import Foundation
import GateState
import Testing
import Throttling
import Units

/// What a refused call leaves behind in the module: nothing, or the session could not go on.
@Suite("A refused call leaves no operation active in the module")
struct RefusalTests {
    /// A module, how it is started, and the operations that it does not have in parts.
    struct Wrapped: CustomTestStringConvertible, Sendable {
        let name: String
        let path: String
        let arguments: [String]
        let unable: Set<String>

        var testDescription: String { name }

        static let all = [
            Wrapped(
                name: "SoftHSM2", path: BuiltParts.softHSM, arguments: ["", ClientSite.pin],
                unable: []),
            Wrapped(
                name: "NSS", path: nssPath,
                arguments: [
                    "configdir='' certPrefix='' keyPrefix='' secmod='' flags=noCertDB,noModDB"
                ], unable: ["AES-GCM parts"]),
        ]

        private static let nssPath =
            [
                "/usr/lib/x86_64-linux-gnu/libsoftokn3.so",
                "/usr/lib/aarch64-linux-gnu/libsoftokn3.so",
            ].first(where: FileManager.default.fileExists) ?? ""
    }

    /// What is left of one refused call: three return codes of `refusals.c`.
    private struct Stage: CustomStringConvertible {
        let name: String
        let refused: UInt
        let after: UInt
        let again: UInt

        init?(_ line: String) {
            let words = line.split(separator: " ")
            let codes = words.suffix(3).compactMap { UInt($0.dropFirst(2), radix: 16) }
            guard words.count == 6, codes.count == 3 else { return nil }
            name = words.prefix(3).joined(separator: " ")
            (refused, after, again) = (codes[0], codes[1], codes[2])
        }

        var description: String { "\(name): \(refused), \(after), \(again)" }
    }

    @Test("a revocation in the middle of an operation ends it", arguments: Wrapped.all)
    func revoked(wrapped: Wrapped) throws {
        let site = try ClientSite(wrapped.name == "SoftHSM2" ? .emptyToken : .nothing)
        let gate = try site.gate(module: wrapped.path)
        let (stages, unable) = try stages(of: wrapped, "revoked", gate, site)
        // Five kinds of decryption in a whole and four in parts, three of signing and two in parts:
        // three stages of a whole, four of what comes in parts.
        let wholes = 9
        let parts = 6 - wrapped.unable.count
        #expect(stages.count == 3 * wholes + 4 * parts)
        #expect(unable == wrapped.unable)
        for stage in stages {
            #expect(stage.refused == GateConfiguration.revoked, "\(stage)")
            #expect(stage.after == Self.notInitialized, "\(stage)")
            #expect(stage.again == 0, "\(stage)")
        }
    }

    @Test("a throttle by bytes in the middle of an operation ends it", arguments: Wrapped.all)
    func throttled(wrapped: Wrapped) throws {
        let site = try ClientSite(wrapped.name == "SoftHSM2" ? .emptyToken : .nothing)
        // A call of more than 160 bytes is never admitted, and what is smaller at once again.
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: Rate(1_000_000), burst: RecordCount(20))),
            onLimit: .deny, charge: .bytes(ByteCount(8)))
        let gate = try site.gate(policy, module: wrapped.path, chargesEncryption: false)
        let (stages, unable) = try stages(of: wrapped, "throttled", gate, site)
        #expect(stages.count == 9 + 6 - wrapped.unable.count)
        #expect(unable == wrapped.unable)
        for stage in stages {
            #expect(stage.refused == GateConfiguration.throttled, "\(stage)")
            #expect(stage.after == Self.notInitialized, "\(stage)")
            #expect(stage.again == 0, "\(stage)")
        }
    }

    /// `CKR_OPERATION_NOT_INITIALIZED`.
    private static let notInitialized: UInt = 0x91

    /// Runs `refusals.c` through a gate, revoking and restoring as it asks for.
    private func stages(
        of wrapped: Wrapped, _ mode: String, _ gate: GateState, _ site: ClientSite
    ) throws -> ([Stage], unable: Set<String>) {
        let row = try gate.claim("web")
        let dialogue = try ClientDialogue(
            try site.compile("refusals", "dl"),
            [try BuiltParts.gate(), mode] + wrapped.arguments, in: site, site.environment(gate))
        var stages: [Stage] = []
        var unable: Set<String> = []
        while true {
            let line = try dialogue.answer()
            if line == "revoke" || line == "restore" {
                gate.setRevoked(line == "revoke", row: row)
                try dialogue.say("")
            } else if line.hasSuffix(" unable") {
                unable.insert(String(line.dropLast(" unable".count)))
            } else if let stage = Stage(line) {
                stages.append(stage)
            } else {
                #expect(line == "done")
                #expect(dialogue.end() == 0)
                return (stages, unable)
            }
        }
    }
}
