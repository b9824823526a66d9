import Foundation
import GateState
import Testing
import Throttling
import Units

@Suite("No client can tell a gate that admits all from the module behind it")
struct ConformanceTests {
    /// Counts bytes, and refuses none.
    private static let wide = Policy(
        .tokenBucket(TokenBucket(rate: Rate(10_000_000), burst: RecordCount(1_000_000_000))),
        onLimit: .deny, scope: .perClient, charge: .bytes(ByteCount(16)))

    @Test(
        "every function answers the same, good arguments and bad",
        arguments: [Walk.Module.softHSM, .nss])
    func same(_ module: Walk.Module) throws {
        let site = try ClientSite(.nothing)
        let walk = try Walk(in: site)
        let bare = try walk.lines(of: module)
        try expectWhole(bare)
        let again = try walk.lines(of: module)
        #expect(Walk.differences(bare, again) == [], "the module itself is not the same twice")
        for (policy, charges) in [(Policy.none, true), (Self.wide, true), (Self.wide, false)] {
            let gate = try site.gate(policy, module: module.path, chargesEncryption: charges)
            let gated = try walk.lines(of: module, through: gate)
            let differences = Walk.differences(bare, gated)
            #expect(differences == [], "\(differences.count) of \(bare.count) lines")
            let calls = try site.counts(gate).calls
            #expect(calls[.decrypt]?.admitted ?? 0 > 500, "the walk went past the gate")
            #expect(calls.values.allSatisfy { $0.throttled + $0.revoked == 0 })
        }
    }

    @Test("a gate that refuses is told from the module")
    func told() throws {
        let site = try ClientSite(.nothing)
        let walk = try Walk(in: site)
        let narrow = Policy(
            .tokenBucket(TokenBucket(rate: Rate(1), burst: RecordCount(50))), onLimit: .deny)
        let gate = try site.gate(narrow, module: Walk.Module.nss.path)
        let bare = try walk.lines(of: .nss)
        #expect(try Walk.differences(bare, walk.lines(of: .nss, through: gate)).count > 1_000)
    }

    /// That every function was called well and badly.
    private func expectWhole(_ lines: [String]) throws {
        #expect(lines.count > 8_000)
        let calls = lines.filter { !$0.hasPrefix("#") }
        func count(_ name: String, _ isMeant: (String) -> Bool) -> Int {
            calls.filter { $0.contains(" \(name) (") && isMeant($0) }.count
        }
        let names = try Self.functions()
        #expect(names.count == 68)
        for name in names {
            #expect(count(name) { $0.contains(", good") } > 0, "\(name) was not called well")
            #expect(
                count(name) { $0.contains(", argument ") || $0.contains(", zeros") } > 0,
                "\(name) was not called badly")
        }
        // A module need not have them all.
        #expect(names.filter { name in count(name) { $0.contains(") 0x0 ") } > 0 }.count > 50)
    }

    /// The names of the functions in the header's list.
    private static func functions() throws -> [String] {
        let header = try String(
            contentsOfFile: "/usr/include/softhsm/pkcs11.h", encoding: .utf8)
        let list = try #require(
            header.range(of: "struct ck_function_list\n{")
                .flatMap { header[$0.upperBound...].split(separator: "}").first })
        return list.split(separator: "\n").compactMap { line in
            let words = line.split { " ;".contains($0) }
            return words.count == 2 && words[1].hasPrefix("C_") ? String(words[1]) : nil
        }
    }
}
