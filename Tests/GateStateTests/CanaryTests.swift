import Foundation
import Testing
import Throttling
import Units

@testable import GateState

@Suite("Canaries in the state of a gate")
struct CanaryTests {
    private let folder: GateFolder

    init() throws { folder = try GateFolder() }

    /// So many fingerprints from a seed, no two alike.
    private static func fingerprints(_ count: Int, seed: UInt64) -> [UInt64] {
        var generator = SeededGenerator(seed: seed)
        var found: Set<UInt64> = []
        while found.count < count { found.insert(generator.next() | 1) }
        return Array(found)
    }

    /// The path of a gate that looks for these.
    private func state(_ canaries: [UInt64]) throws -> String {
        var configuration = GateConfiguration.sample()
        configuration.canaries = canaries
        return try folder.gate(configuration)
    }

    private func bytes(_ path: String) throws -> Data { try Data(contentsOf: URL(filePath: path)) }

    @Test("each is met, and none of a million other words", arguments: [1, 2, 3, 1_000, 40_000])
    func met(count: Int) throws {
        let canaries = Self.fingerprints(count, seed: UInt64(count))
        let path = try state(canaries)
        let gate = try GateState(path: path)
        let row = try gate.claim("thief")
        #expect(gate.hasCanaries)
        #expect(canaries.allSatisfy { gate.meet($0, row: row) })
        let known = Set(canaries)
        var generator = SeededGenerator(seed: 77)
        var others = 0
        while others < 1_000_000 {
            let word = generator.next()
            if gate.meet(word, row: row), !known.contains(word) {
                Issue.record("\(word) is no canary")
                return
            }
            others += 1
        }
        #expect(!gate.meet(0, row: row) && !gate.meet(UInt64.max - 1, row: row))
        #expect(try GateSnapshot(path: path).canaries == UInt64(count))
    }

    @Test("those that lie close together are told apart too")
    func neighbours() throws {
        let gate = try GateState(path: try state(Array(1...5_000)))
        let row = try gate.claim("thief")
        #expect((1...5_000 as ClosedRange<UInt64>).allSatisfy { gate.meet($0, row: row) })
        #expect((5_001...50_000 as ClosedRange<UInt64>).allSatisfy { !gate.meet($0, row: row) })
    }

    @Test("who met how many, and when the last, is known to all, also after a new start")
    func counted() throws {
        let path = try state([7, 8])
        let one = try GateState(path: path)
        let (thief, web) = (try one.claim("thief"), try one.claim("web"))
        _ = (one.meet(7, row: thief), one.meet(9, row: web))
        let between = try GateSnapshot(path: path)
        #expect(between.identities.map(\.canaries) == [1, 0])
        let other = try GateState(path: path)
        _ = (other.meet(8, row: thief), other.meet(8, row: thief))
        let snapshot = try GateSnapshot(path: path)
        #expect(snapshot.identities.map(\.canaries) == [3, 0])
        let (first, last) = (
            try #require(between.identities[0].lastCanary),
            try #require(snapshot.identities[0].lastCanary)
        )
        #expect(snapshot.created <= first && first <= last)
        #expect(last <= snapshot.taken + .seconds(1))
        #expect(snapshot.identities[1].lastCanary == nil)
        // Nothing of it is a call.
        #expect(snapshot.identities[0].total == GateCalls() && snapshot.identities[0].units == 0)
    }

    @Test("one that is named twice is there once, and who reads the state is told none")
    func duplicates() throws {
        let path = try state([5, 6, 5, 5])
        let snapshot = try GateSnapshot(path: path)
        #expect(snapshot.canaries == 2 && snapshot.configuration.canaries.isEmpty)
        #expect(try bytes(path).count == bytes(try state([5, 6])).count)
    }

    @Test("a gate without any has no table, and finds none")
    func none() throws {
        let path = try state([])
        let gate = try GateState(path: path)
        let row = try gate.claim("thief")
        #expect(!gate.hasCanaries && !gate.meet(1, row: row) && !gate.meet(0, row: row))
        #expect(try GateSnapshot(path: path).canaries == 0)
        let (without, with) = (
            GateLayout(capacity: 64, history: 1_440),
            GateLayout(capacity: 64, history: 1_440, canaryCount: 1_000)
        )
        #expect(without.canarySlots == 0 && without.length == 8 * without.canaries)
        #expect(with.canaries == without.canaries && with.canarySlots == 2_048)
        #expect(with.length == without.length + 8 * 2_048)
    }

    @Test("its table is at most half full", arguments: [1, 2, 3, 4, 5, 1_000, 1_024, 1_000_000])
    func load(count: Int) {
        let slots = CanaryTable.slots(for: count)
        #expect(slots >= 2 * count && slots < 4 * count + 2)
        #expect(slots.nonzeroBitCount == 1)
    }

    @Test("a million have room, one more is refused before a file is made")
    func capacity() throws {
        let path = try state(Array(1...1_000_000))
        let gate = try GateState(path: path)
        let row = try gate.claim("thief")
        #expect(gate.meet(1, row: row) && gate.meet(1_000_000, row: row))
        #expect(!gate.meet(1_000_001, row: row))
        var configuration = GateConfiguration.sample()
        configuration.canaries = Array(1...1_000_000) + [1]
        #expect(configuration.flaw == nil)
        for canaries in [Array(1...1_000_001), [3, 0]] as [[UInt64]] {
            configuration.canaries = canaries
            let flawed = folder.path("flawed")
            let error = #expect(throws: GateStateError.self) {
                try GateState.create(at: flawed, configuration)
            }
            #expect(error?.kind == .misused)
            #expect(!FileManager.default.fileExists(atPath: flawed))
        }
    }

    @Test(
        "a table that is not as it was made is refused",
        arguments: [
            GateLayout.Header.canaries, GateLayout.Header.canarySlots,
            GateLayout.Header.canarySum,
        ])
    func damagedHeader(word: Int) throws {
        let path = try state(Self.fingerprints(100, seed: 3))
        let whole = try bytes(path)
        for change in [1, 0xff] as [UInt8] {
            var data = whole
            data[8 * word] ^= change
            try data.write(to: URL(filePath: path))
            try expectDamaged(path)
        }
        try whole.write(to: URL(filePath: path))
        #expect(throws: Never.self) { try GateState(path: path) }
    }

    @Test("a fingerprint that was changed, moved, put in or taken out is seen")
    func damagedTable() throws {
        let path = try state(Self.fingerprints(100, seed: 4))
        let whole = try bytes(path)
        let layout = GateLayout(capacity: 64, history: 1_440, canaryCount: 100)
        func word(_ slot: Int) -> Range<Int> {
            let start = 8 * (layout.canaries + slot)
            return start..<start + 8
        }
        func isTaken(_ slot: Int) -> Bool { whole[word(slot)].contains { $0 != 0 } }
        let taken = try #require((0..<layout.canarySlots).first(where: isTaken))
        let free = try #require((0..<layout.canarySlots).first { !isTaken($0) })
        let nothing = Data(count: 8)
        let changes: [(inout Data) -> Void] = [
            { $0[word(taken).lowerBound + 3] ^= 4 },
            { $0.replaceSubrange(word(taken), with: nothing) },
            { $0[word(free).lowerBound] = 1 },
            {
                $0.replaceSubrange(word(free), with: whole[word(taken)])
                $0.replaceSubrange(word(taken), with: nothing)
            },
        ]
        for change in changes {
            var data = whole
            change(&data)
            try data.write(to: URL(filePath: path))
            try expectDamaged(path)
        }
    }

    private func expectDamaged(_ path: String) throws {
        let error = #expect(throws: GateStateError.self) { try GateState(path: path) }
        #expect(error?.description.contains("is damaged") == true, "\(error?.description ?? "")")
        #expect(error?.kind == .unusable)
        #expect(throws: GateStateError.self) { try GateSnapshot(path: path) }
        #expect(throws: GateStateError.self) { try GateState(path: path, isTrusted: false) }
    }

    @Test("a fingerprint is the first eight bytes, the first of them the lowest")
    func fingerprint() {
        let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 0x88, 9]
        #expect(GateConfiguration.fingerprint(of: bytes) == 0x8807_0605_0403_0201)
        #expect(GateConfiguration.fingerprint(of: Array(bytes.prefix(8))) == 0x8807_0605_0403_0201)
        #expect(GateConfiguration.fingerprint(of: Array(bytes.prefix(7))) == nil)
    }
}
