import Foundation
import Testing
import Throttling
import Units

@testable import GateState

@Suite("A file that is no whole state of a gate is refused, and never made anew")
struct GateFileTests {
    private let folder: GateFolder

    init() throws { folder = try GateFolder() }

    private func expectRefused(
        _ path: String, _ part: String, _ kind: GateStateError.Kind = .unusable
    ) throws {
        let before = try? Data(contentsOf: URL(fileURLWithPath: path))
        let error = #expect(throws: GateStateError.self) { try GateState(path: path) }
        #expect(error?.description.hasPrefix("the gate's state '\(path)' ") == true)
        #expect(error?.description.contains(part) == true, "\(error?.description ?? "none")")
        #expect(error?.kind == kind)
        #expect(throws: GateStateError.self) { try GateSnapshot(path: path) }
        #expect((try? Data(contentsOf: URL(fileURLWithPath: path))) == before)
    }

    @Test("one that is not there")
    func missing() throws {
        try expectRefused(folder.path("none"), "is not there: name the file", .missing)
    }

    @Test(
        "one that was cut off, or has grown", arguments: [0, 100, 4_096, -4_096, 4_096 + 1 << 30])
    func truncated(_ change: Int) throws {
        let path = try folder.gate(.sample())
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        let size = Int(try file.seekToEnd())
        let length = change < 0 ? size + change : change > 1 << 30 ? size + 1 : change
        try file.truncate(atOffset: UInt64(length))
        try file.close()
        try expectRefused(path, length < 8 ? "is no gate's state" : "is truncated")
    }

    @Test("one of another version, of something else, and a damaged one")
    func strange() throws {
        let path = try folder.gate(.sample())
        let whole = try Data(contentsOf: URL(fileURLWithPath: path))
        func write(_ change: (inout Data) -> Void) throws {
            var data = whole
            change(&data)
            try data.write(to: URL(fileURLWithPath: path))
        }
        try write { $0[0] = 9 }
        try expectRefused(path, "is of version 9, not 2")
        try write { $0[7] ^= 1 }
        try expectRefused(path, "is no gate's state")
        try write { $0[8 * GateLayout.Header.policy + 8] = 7 }
        try expectRefused(path, "is damaged")
        try write { $0[8 * GateLayout.Header.capacity] = 63 }
        try expectRefused(path, "is")
    }

    @Test("a folder")
    func folders() throws {
        let error = #expect(throws: GateStateError.self) { try GateState(path: folder.url.path) }
        #expect(error?.kind == .unusable)
    }

    @Test("one that everybody may write: a thief could make it any gate")
    func writable() throws {
        let path = try folder.gate(.sample())
        try FileManager.default.setAttributes([.posixPermissions: 0o662], ofItemAtPath: path)
        let error = #expect(throws: GateStateError.self) { try GateState(path: path) }
        #expect(error?.description.contains("may be written by everybody") == true)
        #expect(throws: Never.self) { try GateState(path: path, isTrusted: false) }
    }

    @Test("a gate is open to its user alone, or to a group")
    func permissions() throws {
        func mode(_ path: String) throws -> Int? {
            try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        }
        let path = try folder.gate(.sample())
        #expect(try mode(path) == 0o600)
        let shared = folder.path("shared")
        try GateState.create(at: shared, .sample(), mode: 0o660, group: getgid())
        #expect(try mode(shared) == 0o660)
    }
}
