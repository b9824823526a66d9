import Foundation
import GateState
import Testing
import Throttling
import Units

@Suite("Canaries among the records that clients open through the gate, on SoftHSM2")
struct CanaryTests {
    private let site: ClientSite
    private let program: String
    /// The beginnings of the four records of `records.c`, as the gate knows them.
    private let records: [UInt64]

    init() throws {
        site = try ClientSite()
        program = try site.compile("records", "dl")
        let end = try site.run(program, [BuiltParts.softHSM, ClientSite.pin])
        try end.check()
        records = end.output.split(separator: "\n").compactMap {
            UInt64($0, radix: 16)?.byteSwapped
        }
        try #require(Set(records).count == 4, "\(end.output)")
    }

    /// A client of a gate, its records sealed.
    private func start(_ gate: GateState) throws -> ClientDialogue {
        let dialogue = try ClientDialogue(
            program, [BuiltParts.gate(), ClientSite.pin], in: site, site.environment(gate))
        for record in records {
            #expect(try UInt64(dialogue.answer(), radix: 16)?.byteSwapped == record)
        }
        return dialogue
    }

    private func met(_ gate: GateState) throws -> UInt64 { try site.counts(gate).canaries }

    /// Gives orders one after the other, each with how many canaries it is to be seen to open.
    private func expect(
        _ orders: [(order: String, more: UInt64)], answering answer: String?, _ gate: GateState
    ) throws {
        let dialogue = try start(gate)
        for (order, more) in orders {
            let before = try met(gate)
            let said = try dialogue.ask(order)
            if let answer { #expect(said == answer, "\(order)") }
            #expect(try met(gate) == before + more, "\(order)")
        }
        #expect(dialogue.end() == 0)
    }

    @Test("one that is opened counts, another record does not, and joined ones count wherever")
    func opened() throws {
        let gate = try site.gate(canaries: [records[1], records[3]])
        try expect(
            [
                ("whole 0", 0), ("whole 1", 1), ("whole 2", 0), ("whole 3", 1),
                ("whole 0 2", 0), ("whole 0 1 2 3", 2), ("whole 2 0 3", 1), ("whole 1 1", 2),
            ], answering: "0x0", gate)
        let identity = try site.counts(gate)
        #expect(identity.canaries == 7)
        let last = try #require(identity.lastCanary)
        let snapshot = try GateSnapshot(path: gate.path)
        #expect(snapshot.canaries == 2)
        #expect(snapshot.created <= last && last <= snapshot.taken + .seconds(1))
        #expect(identity.calls[.decrypt] == GateCalls(admitted: 8))
    }

    @Test("in parts it counts where a block of a part begins with it, and nowhere else")
    func parts() throws {
        try expect(
            [
                ("parts 16 1", 1), ("parts 48 0 1", 1), ("parts 32 0 1", 1), ("parts 32 0 2", 0),
                ("parts 40 0 1", 0), ("parts 4 1", 0),
            ], answering: "0x0", try site.gate(canaries: [records[1]]))
    }

    @Test("every call that may open something looks, and one that asks for a size does not count")
    func otherCalls() throws {
        try expect(
            [
                ("size 1", 0), ("digest 1", 1), ("digest 0", 0), ("verify 1", 1), ("verify 2", 0),
                ("unwrap 1", 1), ("unwrap 3", 0),
            ], answering: nil, try site.gate(canaries: [records[1]]))
    }

    @Test("a call that is refused to who was revoked does not count")
    func revoked() throws {
        let gate = try site.gate(canaries: [records[1]])
        let dialogue = try start(gate)
        let row = try #require(gate.row(of: "web"))
        let refused = "0x\(String(GateConfiguration.revoked, radix: 16))"
        #expect(try dialogue.ask("held 1") == "held")
        gate.setRevoked(true, row: row)
        #expect(try dialogue.ask("") == refused)
        #expect(try dialogue.ask("whole 1") == refused)
        #expect(try dialogue.ask("unwrap 1") == refused)
        #expect(try met(gate) == 0)
        gate.setRevoked(false, row: row)
        #expect(try dialogue.ask("whole 1") == "0x0")
        #expect(try met(gate) == 1)
        #expect(dialogue.end() == 0)
    }

    @Test("a call that exceeds the throttle does not count")
    func throttled() throws {
        let rate = Rate(1, per: .seconds(3_600))
        let policy = Policy(
            .tokenBucket(TokenBucket(rate: rate, burst: RecordCount(2))), onLimit: .deny,
            charge: .bytes(ByteCount(16)))
        let gate = try site.gate(policy, chargesEncryption: false, canaries: [records[1]])
        let dialogue = try start(gate)
        // The beginning is one unit of two, and the record's three blocks are two more.
        let refused = "0x\(String(GateConfiguration.throttled, radix: 16))"
        #expect(try dialogue.ask("whole 1") == refused)
        #expect(try site.counts(gate).calls[.decrypt] == GateCalls(admitted: 1, throttled: 1))
        #expect(try met(gate) == 0)
        #expect(dialogue.end() == 0)
    }

    @Test("a gate that has none counts none")
    func none() throws {
        let gate = try site.gate()
        try expect([("whole 1", 0), ("whole 0 1 2 3", 0)], answering: "0x0", gate)
        #expect(try GateSnapshot(path: gate.path).canaries == 0)
    }
}
