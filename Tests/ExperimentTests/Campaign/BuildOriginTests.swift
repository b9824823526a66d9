import Foundation
import Testing

@testable import Experiment

@Suite("A build knows what it was made from", .enabled(if: gitIsThere, "git is not installed"))
struct BuildOriginTests {
    private let folder = FileManager.default.temporaryDirectory
        .appending(path: "origin-\(UUID().uuidString)", directoryHint: .isDirectory)

    private func inTemporaryFolder(_ body: () throws -> Void) throws {
        try FileManager.default.createDirectory(
            at: folder.appending(path: "Sources"), withIntermediateDirectories: true)
        try Data("// A manifest.\n".utf8).write(to: folder.appending(path: "Package.swift"))
        defer { try? FileManager.default.removeItem(at: folder) }
        try body()
    }

    /// Runs the script that the build runs, and gives what it wrote.
    private func identified(compiler: String = "/nowhere/swiftc") throws -> String {
        let script = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../../Sources/BuildIdentity/identify").standardized
        let generated = folder.appending(path: ".build/generated")
        _ = try output(of: "/bin/sh", [script.path, folder.path, compiler, generated.path])
        return try String(
            contentsOf: generated.appending(path: "BuildOrigin.swift"), encoding: .utf8)
    }

    @discardableResult private func git(_ arguments: String...) throws -> String {
        let identity = ["-c", "user.name=A Tester", "-c", "user.email=tester@example.org"]
        return try output(of: "/usr/bin/env", ["git", "-C", folder.path] + identity + arguments)
    }

    private func output(of program: String, _ arguments: [String]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: program)
        process.arguments = arguments
        let pipe = Pipe()
        process.standardOutput = pipe
        try process.run()
        let data = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        try #require(process.terminationStatus == 0, "\(arguments)")
        return String(decoding: data, as: UTF8.self)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    @Test("outside a git checkout there is no commit, and the reason is given")
    func archive() throws {
        try inTemporaryFolder {
            let reason = "it was not built from a git checkout of its own"
            let text = try identified()
            #expect(text.contains("commit = Fact.unavailable(\"\(reason)\")"))
            #expect(text.contains("isDirty = Fact.unavailable(\"\(reason)\")"))
            #expect(text.contains("swift = Fact.unavailable("))
        }
    }

    @Test("the commit of another repository around the package is not taken for its own")
    func archiveInsideACheckout() throws {
        try inTemporaryFolder {
            try git("init", "-q")
            try git("commit", "-q", "--allow-empty", "-m", "Begin")
            let inner = folder.appending(path: "inner")
            try FileManager.default.createDirectory(at: inner, withIntermediateDirectories: true)
            let script = URL(filePath: #filePath).deletingLastPathComponent()
                .appending(path: "../../../Sources/BuildIdentity/identify").standardized
            _ = try output(of: "/bin/sh", [script.path, inner.path, "none", inner.path])
            let text = try String(
                contentsOf: inner.appending(path: "BuildOrigin.swift"), encoding: .utf8)
            #expect(text.contains("commit = Fact.unavailable("))
        }
    }

    @Test("each commit is followed, a change of the sources makes it dirty, others do not")
    func checkout() throws {
        try inTemporaryFolder {
            try git("init", "-q")
            #expect(try identified().contains("has no commit"))
            try git("add", "Package.swift")
            for message in ["Begin", "Go on"] {
                try git("commit", "-q", "--allow-empty", "-m", message)
                let hash = try git("rev-parse", "HEAD")
                let text = try identified()
                #expect(text.contains("commit = Fact.value(\"\(hash)\")"))
                #expect(text.contains("isDirty = Fact.value(\"no\")"))
            }
            try Data().write(to: folder.appending(path: "results.md"))
            #expect(try identified().contains("isDirty = Fact.value(\"no\")"))
            try Data().write(to: folder.appending(path: "Sources/New.swift"))
            #expect(try identified().contains("isDirty = Fact.value(\"yes\")"))
        }
    }

    @Test("what would not change is not written again, so that nothing is compiled for it")
    func unchanged() throws {
        try inTemporaryFolder {
            _ = try identified()
            let file = folder.appending(path: ".build/generated/BuildOrigin.swift").path
            let past = Date(timeIntervalSince1970: 1_000_000_000)
            try FileManager.default.setAttributes([.modificationDate: past], ofItemAtPath: file)
            _ = try identified()
            let date = try FileManager.default.attributesOfItem(atPath: file)[.modificationDate]
            #expect(date as? Date == past)
        }
    }

    @Test("the version is followed by the commit, where it is known")
    func version() {
        let hash = "2b2dfe1c94a0f00d2b2dfe1c94a0f00d2b2dfe1c"
        #expect(ToolVersion.describe("1.2.3", commit: nil, isDirty: false) == "1.2.3")
        #expect(
            ToolVersion.describe("1.2.3", commit: hash, isDirty: false) == "1.2.3 (2b2dfe1c94a0)")
        #expect(
            ToolVersion.describe("1.2.3", commit: hash, isDirty: true)
                == "1.2.3 (2b2dfe1c94a0+dirty)")
    }
}

private let gitIsThere: Bool = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/git")
    }
}()
