import Foundation
import Testing

@testable import Cryptoki

@Suite("A module that is named and not located is looked for")
struct ModuleSearchTests {
    /// A folder with libraries of these names.
    private final class Folder {
        let path: String

        init(_ names: [String]) throws {
            let url = FileManager.default.temporaryDirectory
                .appending(path: "module-search-\(UUID().uuidString)", directoryHint: .isDirectory)
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
            path = url.path
            for name in names { try Data().write(to: url.appending(path: name)) }
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }
    }

    private func complaint(_ text: String) -> String? {
        do throws(URIError) {
            _ = try PKCS11URI(parsing: text).locateModule()
            return nil
        } catch {
            return error.description
        }
    }

    @Test("a name in a folder is found as it is, with .so, and with lib before it")
    func inFolder() throws {
        let folder = try Folder(["libone.so", "two.so", "three.so.1"])
        for (name, file) in [("one", "libone.so"), ("two", "two.so"), ("three.so.1", "three.so.1")]
        {
            let uri = try PKCS11URI(
                parsing: "pkcs11:?module-path=\(folder.path)&module-name=\(name)")
            #expect(try uri.locateModule() == "\(folder.path)/\(file)")
        }
    }

    @Test("a path to a file decides by itself, there or not")
    func path() throws {
        let uri = try PKCS11URI(parsing: "pkcs11:?module-path=/no/such.so&module-name=other")
        #expect(try uri.locateModule() == "/no/such.so")
    }

    @Test("what is not found is told with what was tried")
    func refused() throws {
        let folder = try Folder([])
        let sentence = try #require(
            complaint("pkcs11:?module-path=\(folder.path)&module-name=gone"))
        #expect(sentence.hasPrefix("no module called 'gone' is in \(folder.path) (tried gone.so, "))
        let unnamed = try #require(complaint("pkcs11:?module-path=\(folder.path)"))
        #expect(unnamed.contains("is the folder '\(folder.path)': name the library in it"))
        let nowhere = try #require(complaint("pkcs11:?module-name=no-such-module-anywhere"))
        #expect(nowhere.contains("the folders where modules usually are"))
        for name in ["a/b", "%2Fetc"] {
            let slash = try #require(complaint("pkcs11:?module-name=\(name)"))
            #expect(slash.contains("must be a name without a folder"))
        }
    }

    @Test(
        "SoftHSM2 is found by its name where it is installed",
        .enabled(if: SoftToken.isInstalled, "SoftHSM2 is not installed"))
    func softHSM() throws {
        let found = try PKCS11URI(parsing: "pkcs11:?module-name=softhsm2").locateModule()
        #expect(found.hasSuffix("/libsofthsm2.so"))
    }
}
