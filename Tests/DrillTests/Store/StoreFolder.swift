import Foundation

@testable import Drill

/// A folder of a test's own, gone with this.
final class StoreFolder {
    let path: String

    init() throws {
        path =
            FileManager.default.temporaryDirectory
            .appending(path: "store-\(UUID().uuidString.prefix(8))").path
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where a file of the folder is.
    func file(_ name: String) -> String { "\(path)/\(name)" }

    /// What lies in it.
    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: path).sorted() }
    }
}

extension StoredRow {
    /// Rows of many lengths, with every byte among them.
    static func samples(_ ids: ClosedRange<Int64>, bytes: Int? = nil) -> [StoredRow] {
        ids.map { id in
            let length = bytes ?? [1, 16, 272, 5_000][Int(id % 4)]
            return StoredRow(
                id: id, iv: (0..<[0, 12, 16][Int(id % 3)]).map { UInt8($0) &+ UInt8(id % 256) },
                sealed: (0..<length).map { UInt8(($0 + Int(id)) % 256) })
        }
    }
}
