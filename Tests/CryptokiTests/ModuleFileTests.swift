import Foundation
import Testing

@testable import Cryptoki

@Suite("A file that is no module is refused in one sentence")
struct ModuleFileTests {
    private func complaint(about path: String) -> String? {
        do throws(CryptokiError) {
            _ = try Module(path: path)
            return nil
        } catch {
            return error.description
        }
    }

    @Test("a file that is not there")
    func missing() {
        #expect(
            complaint(about: "/no/such/lib.so")
                == "the PKCS#11 module '/no/such/lib.so' cannot be used: there is no such file")
        #expect(complaint(about: "")?.hasSuffix("there is no such file") == true)
    }

    @Test("a text file, and a folder")
    func notALibrary() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "cryptoki-tests-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appending(path: "module.so")
        try "This is no library.".write(to: file, atomically: false, encoding: .utf8)
        for path in [file.path, folder.path] {
            let sentence = try #require(complaint(about: path))
            #expect(
                sentence.hasPrefix("the PKCS#11 module '\(path)' cannot be used: it does not load"))
            #expect(!sentence.contains("\n"))
        }
    }

    @Test("a library of another word size, with what to take instead")
    func otherWordSize() throws {
        let folder = FileManager.default.temporaryDirectory
            .appending(path: "cryptoki-tests-\(UUID().uuidString)", directoryHint: .isDirectory)
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        // The header of a 32-bit shared library for Intel processors, and zeros.
        var bytes = [UInt8](repeating: 0, count: 4_096)
        let header: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, 1, 1, 1]
        bytes.replaceSubrange(0..<header.count, with: header)
        bytes.replaceSubrange(16..<24, with: [3, 0, 3, 0, 1, 0, 0, 0])
        let file = folder.appending(path: "module.so")
        try Data(bytes).write(to: file)
        let sentence = try #require(complaint(about: file.path))
        #expect(
            sentence.contains(
                "it is a library for another word size than this 64-bit program; take the vendor's "
                    + "64-bit one"), "\(sentence)")
    }

    @Test("a library of another kind")
    func otherLibrary() throws {
        let path = try #require(
            [
                "/lib/x86_64-linux-gnu/libm.so.6", "/lib/aarch64-linux-gnu/libm.so.6",
                "/lib64/libm.so.6",
            ]
            .first(where: FileManager.default.fileExists))
        let sentence = try #require(complaint(about: path))
        #expect(sentence.hasSuffix("it exports no C_GetFunctionList, so it is no PKCS#11 module"))
    }

    @Test("a bare name is not searched for in the system's folders")
    func bareName() throws {
        // The test's own folder holds a file of any name; what matters is that it has no slash.
        let name = try #require(
            try FileManager.default.contentsOfDirectory(atPath: ".").first { !$0.hasPrefix(".") })
        let sentence = try #require(complaint(about: name))
        #expect(sentence.contains("write its whole path, or './\(name)'"), "\(sentence)")
    }
}
