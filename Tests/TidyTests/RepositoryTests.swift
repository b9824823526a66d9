import Foundation
import Testing

@Suite("The repository is tidy")
struct RepositoryTests {
    @Test("every file imports only what the import table allows its target")
    func imports() throws {
        try expectNone(ImportTable.findings, in: [Repository.sources, Repository.tests])
    }

    @Test("the manifest draws no arrow that the import table does not allow")
    func manifest() throws {
        let manifest = Manifest(try Repository.text(of: "Package.swift"))
        #expect(manifest.declarations.contains { $0.name == "Units" })
        report(manifest.findings())
    }

    @Test("pure targets read no clock, start no thread and touch no file")
    func purity() throws {
        try expectNone(CodeRules.impurities, in: [Repository.sources])
    }

    @Test("pointers stay in the few files that speak to C")
    func pointers() throws {
        try expectNone(CodeRules.pointers, in: [Repository.sources])
    }

    @Test("only the command prints")
    func prints() throws {
        try expectNone(CodeRules.prints, in: [Repository.sources])
    }

    @Test("nothing is unwrapped or cast by force")
    func forces() throws {
        try expectNone(CodeRules.forces, in: [Repository.sources])
    }

    @Test("no source file is longer than 400 lines")
    func length() throws {
        try expectNone(FormRules.length, in: [Repository.sources])
    }

    @Test("no line is longer than 100 columns")
    func width() throws {
        try expectNone(FormRules.width, in: [Repository.sources, Repository.tests])
    }

    @Test("no file carries a note of unfinished work")
    func markers() throws {
        try expectNone(FormRules.markers, in: [Repository.sources, Repository.tests])
    }

    @Test("the top of the repository holds only what belongs there")
    func topLevel() throws {
        report(FormRules.strays(among: try Repository.topLevel()))
    }

    @Test(
        "swift format finds nothing to change",
        .enabled(if: swiftIsOnPath, "no swift on the PATH, so the format was not checked"))
    func format() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments =
            ["swift", "format", "lint", "-p", "-r", "--strict"]
            + ["Sources", "Tests", "Package.swift"]
        process.currentDirectoryURL = Repository.root
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let complaints = String(
            decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        if process.terminationStatus != 0 { Issue.record("\(complaints)") }
    }

    private func expectNone(
        _ rule: (SourceFile) -> [Finding], in folders: [Result<[SourceFile], any Error>],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for folder in folders {
            let files = try folder.get()
            #expect(!files.isEmpty, "no Swift file was read", sourceLocation: sourceLocation)
            report(files.flatMap(rule), sourceLocation: sourceLocation)
        }
    }

    private func report(
        _ findings: [Finding], sourceLocation: SourceLocation = #_sourceLocation
    ) {
        for finding in findings {
            Issue.record("\(finding.description)", sourceLocation: sourceLocation)
        }
    }
}

private let swiftIsOnPath: Bool = {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains {
        FileManager.default.isExecutableFile(atPath: "\($0)/swift")
    }
}()
