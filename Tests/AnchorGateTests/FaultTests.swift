import Foundation
import GateState
import Testing
import Throttling
import Units

@Suite("A gate that cannot do its work lets nothing through, and says why in one line")
struct FaultTests {
    private let site: ClientSite
    private let walk: Walk
    /// A copy of the gate where every user can read it.
    private let gate: String

    init() throws {
        site = try ClientSite(.nothing)
        walk = try Walk(in: site)
        gate = site.path("gate.so")
        try FileManager.default.copyItem(atPath: BuiltParts.gate(), toPath: gate)
    }

    /// Expects that no function works, and exactly one line with all these parts.
    private func expectRefused(
        _ state: String?, identity: String? = nil, code: String = "0x5", script: String = "",
        as user: [String] = [], says parts: String...
    ) throws {
        var environment = site.environment()
        environment["ANCHORGATE_STATE"] = state
        environment["ANCHORGATE_IDENTITY"] = identity
        environment["ANCHORBENCH_SCRIPT"] = script
        let end = try walk.refusal(of: gate, environment: environment, as: user)
        try end.check()
        let complaints = end.error.split(separator: "\n")
        #expect(complaints.count == (parts.isEmpty ? 0 : 1), "\(end.error)")
        for part in ["anchorgate: "] + parts where !parts.isEmpty {
            #expect(end.error.contains(part), "'\(part)' is not in '\(end.error)'")
        }
        let calls = end.output.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(calls.first?.contains("C_Initialize (refused) \(code) ") == true)
        let others = calls.dropFirst().filter { !$0.contains("C_GetFunctionList ") }
        #expect(others.count > 250)
        // What the module that does nothing does not have, it does not have at any time.
        let open = others.filter { !$0.contains(") 0x190 ") && !$0.contains(") 0x54 ") }
        #expect(open.isEmpty, "\(open.count) calls, such as \(open.first ?? "")")
    }

    /// The path of a gate before the module that does nothing, unless another is named.
    private func state(
        _ module: String? = nil, _ change: (inout GateConfiguration) -> Void = { _ in }
    ) throws -> String {
        let state = site.path("\(UUID().uuidString).state")
        var configuration = GateConfiguration(module: try module ?? BuiltParts.scriptedToken())
        change(&configuration)
        try GateState.create(at: state, configuration)
        return state
    }

    @Test("a state that is not named, not there, or none")
    func missing() throws {
        try expectRefused(nil, says: "ANCHORGATE_STATE is not set", "gate create")
        try expectRefused("", says: "ANCHORGATE_STATE is not set", "gate create")
        let nowhere = site.path("nowhere")
        try expectRefused(nowhere, says: nowhere, "is not there")
        try expectRefused(site.folder.path, says: site.folder.path)
        try site.write("a note", to: "note")
        try expectRefused(
            site.path("note"), says: site.path("note"), "is no gate's state", "create")
    }

    @Test("a state that is cut off, of another version, or damaged")
    func broken() throws {
        let path = try state()
        let whole = try Data(contentsOf: URL(filePath: path))
        try whole.prefix(8_192).write(to: URL(filePath: path))
        try expectRefused(path, says: path, "is truncated", "gate create")
        var other = whole
        other[0] = 9
        try other.write(to: URL(filePath: path))
        try expectRefused(path, says: path, "is of version 9", "gate create")
        other = whole
        other[8 * 64 + 8] = 7
        try other.write(to: URL(filePath: path))
        try expectRefused(path, says: path, "is damaged", "gate create")
    }

    @Test("a state that this user may not write, or everybody may")
    func rights() throws {
        let path = try state()
        let isRoot = getuid() == 0
        let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
        chmod(path, 0o444)
        try expectRefused(path, as: isRoot ? nobody : [], says: path, "Permission denied")
        chmod(path, 0o666)
        try expectRefused(path, says: path, "written by everybody", "chmod o-w")
    }

    @Test("a state of another user", .enabled(if: getuid() == 0, "only root gives files away"))
    func owner() throws {
        let path = try state()
        chown(path, 65_534, 65_534)
        try expectRefused(path, says: path, "belongs to user 65534")
    }

    @Test("an identity that is none, was not named, or finds no room")
    func identities() throws {
        let small = try state { $0.capacity = 1 }
        for name in ["two words", "a\"b", String(repeating: "x", count: 64), "a\nb"] {
            let said = name.contains("\n") ? "is no identity" : "'\(name)' is no identity"
            try expectRefused(small, identity: name, says: said, "1 to 63 bytes")
        }
        _ = try GateState(path: small).claim("first")
        try expectRefused(small, identity: "second", says: small, "no room", "--most-identities")
        let closed = try state { ($0.identities, $0.isClosed) = (["web"], true) }
        try expectRefused(closed, identity: "thief", says: closed, "'thief'", "--identities")
    }

    @Test("a wrapped module that is not there, is none, is the gate itself, or fails")
    func modules() throws {
        let nowhere = site.path("none.so")
        try expectRefused(try state(nowhere), says: nowhere, "cannot be loaded")
        let library = try #require(
            ["/lib/x86_64-linux-gnu/libz.so.1", "/lib/aarch64-linux-gnu/libz.so.1"]
                .first(where: FileManager.default.fileExists))
        try expectRefused(try state(library), says: library, "is no PKCS#11 module")
        try expectRefused(try state(gate), says: gate, "this gate itself")
        try expectRefused(
            try state(), code: "0x30", script: "fault=C_Initialize:CKR_DEVICE_ERROR:1.0")
    }
}
