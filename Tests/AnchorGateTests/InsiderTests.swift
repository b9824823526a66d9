import Foundation
import GateState
import Testing

@Suite("What goes on inside the process of a gate")
struct InsiderTests {
    private let site: ClientSite
    private let program: String

    init() throws {
        site = try ClientSite(.nothing)
        program = site.path("insider")
        try site.run("clang", ["-O0", "-o", program, Walk.source("insider.c"), "-ldl"]).check()
    }

    private func start(_ arguments: String..., gate: GateState) throws -> ClientDialogue {
        try ClientDialogue(
            program, arguments + [BuiltParts.gate()], in: site, site.environment(gate))
    }

    private func expect(_ lines: [String], from dialogue: ClientDialogue) throws {
        for line in lines { #expect(try dialogue.answer() == line) }
    }

    @Test("who started the wrapped module himself is counted and revoked all the same")
    func first() throws {
        let module = try BuiltParts.scriptedToken()
        let gate = try site.gate(module: module)
        let dialogue = try start("first", module, gate: gate)
        // Before the gate was started it knows no session, not even one that is open.
        try expect(
            ["itself 0x0", "itself 0x0", "before 0xb3", "initialize 0x191"]
                + Array(repeating: "open 0x0", count: 3), from: dialogue)
        gate.setRevoked(true, row: try #require(gate.row(of: "web")))
        #expect(try dialogue.ask("") == "open 0x\(String(GateConfiguration.revoked, radix: 16))")
        #expect(dialogue.end() == 0)
        let calls = try site.counts(gate).calls[.decrypt]
        #expect(calls == GateCalls(admitted: 3, revoked: 1))
    }

    @Test("a child after fork is counted and revoked without another C_Initialize")
    func child() throws {
        let gate = try site.gate(module: try BuiltParts.scriptedToken())
        let dialogue = try start("fork", gate: gate)
        try expect(["initialize 0x0"] + Array(repeating: "open 0x0", count: 4), from: dialogue)
        gate.setRevoked(true, row: try #require(gate.row(of: "web")))
        let refused = "0x\(String(GateConfiguration.revoked, radix: 16))"
        #expect(try dialogue.ask("") == "open \(refused)")
        try expect(["parent \(refused)"], from: dialogue)
        #expect(dialogue.end() == 0)
        let calls = try site.counts(gate).calls[.decrypt]
        #expect(calls == GateCalls(admitted: 4, revoked: 2))
    }

    @Test(
        "a full disk is one sentence and no file; a state that was made before works on",
        .enabled(if: Self.mayMount, "only who may mount can have a small disk"))
    func fullDisk() throws {
        let disk = site.path("disk")
        try FileManager.default.createDirectory(
            atPath: disk, withIntermediateDirectories: true)
        try site.run("mount", ["-t", "tmpfs", "-o", "size=8m", "tmpfs", disk]).check()
        defer { _ = try? site.run("umount", ["-l", disk]) }
        let module = try BuiltParts.scriptedToken()
        let create = { (name: String) in
            try site.run(
                try BuiltParts.command(),
                ["gate", "create", "--module", module, "\(disk)/\(name)"])
        }
        try create("early").check()
        // No call is to find out that there is no room for what it counts.
        let filled = try site.run("dd", ["if=/dev/zero", "of=\(disk)/rest", "bs=64k"])
        #expect(filled.code != 0)
        let late = try create("late")
        #expect(late.code == 73 && late.output.isEmpty, "\(late.code): \(late.output)")
        #expect(late.error.split(separator: "\n").count == 1, "\(late.error)")
        #expect(late.error.contains("\(disk)/late") && late.error.contains("No space left"))
        let files = try FileManager.default.contentsOfDirectory(atPath: disk)
        #expect(files.sorted() == ["early", "rest"])
        let gate = try GateState(path: "\(disk)/early")
        let dialogue = try start("fork", gate: gate)
        try expect(["initialize 0x0"] + Array(repeating: "open 0x0", count: 4), from: dialogue)
        gate.setClosed(true)
        #expect(try dialogue.ask("") == "open 0x\(String(GateConfiguration.revoked, radix: 16))")
        #expect(try site.counts(gate).calls[.decrypt]?.admitted == 4)
    }

    private static let mayMount: Bool = {
        guard getuid() == 0, let site = try? ClientSite(.nothing) else { return false }
        let arguments = ["-t", "tmpfs", "-o", "size=64k", "tmpfs", site.path("tokens")]
        guard (try? site.run("mount", arguments).check()) != nil else { return false }
        return (try? site.run("umount", [site.path("tokens")]).check()) != nil
    }()
}
