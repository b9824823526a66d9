import Foundation
import Testing

@testable import Cryptoki

/// SoftHSM2 with a store in a folder of its own. Made in a process of the test's own, because
/// module and environment are one a process.
final class SoftToken {
    static let path =
        [
            "/usr/lib/softhsm/libsofthsm2.so", "/usr/lib/x86_64-linux-gnu/softhsm/libsofthsm2.so",
            "/usr/lib/aarch64-linux-gnu/softhsm/libsofthsm2.so",
        ].first(where: FileManager.default.fileExists) ?? ""

    static var isInstalled: Bool { !path.isEmpty }

    static let label = "unit test"

    private let folder: URL

    /// Makes the store and points SoftHSM2 at it.
    init() throws {
        folder = FileManager.default.temporaryDirectory
            .appending(path: "cryptoki-tests-\(UUID().uuidString)", directoryHint: .isDirectory)
        let tokens = folder.appending(path: "tokens")
        try FileManager.default.createDirectory(at: tokens, withIntermediateDirectories: true)
        let file = folder.appending(path: "softhsm2.conf")
        try "directories.tokendir = \(tokens.path)\nlog.level = ERROR\n"
            .write(to: file, atomically: false, encoding: .utf8)
        setenv("SOFTHSM2_CONF", file.path, 1)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    /// A module with a token in it.
    func provisioned() throws -> (module: Module, slot: Slot) {
        let module = try Module(path: Self.path)
        let slot = try module.provisionToken(
            label: Self.label, securityOfficerPin: pin("so-12345"), userPin: pin("4711"))
        return (module, slot)
    }
}

func pin(_ text: String) -> Pin {
    var bytes = Array(text.utf8)
    return Pin(wiping: &bytes)
}

/// The sentence of the error that `body` throws.
func complaint(_ body: () throws(CryptokiError) -> Void) -> String? {
    do throws(CryptokiError) {
        try body()
        return nil
    } catch {
        return error.description
    }
}
