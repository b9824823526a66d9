import Testing

@Suite("Each rule can fail")
struct CheckerTests {
    private func lines(_ findings: [Finding]) -> [Int] { findings.map(\.line) }

    @Test(
        "an import that the table does not allow is found in every spelling",
        arguments: [
            "import Anchors", "import struct Anchors.Decrypt", "@testable import Anchors",
            "package import Anchors", "internal import Anchors", "import Units; import Anchors",
            "@_exported public import Anchors", "  @_spi(Inner) import func Anchors.open",
        ])
    func importSpellings(line: String) {
        let file = SourceFile("Sources/Results/Run.swift", "import Latency\n\(line)\n")
        #expect(lines(ImportTable.findings(in: file)) == [2])
    }

    @Test(
        "an allowed import is no finding",
        arguments: [
            ("Latency", "Histogram"), ("Experiment", "Yams"), ("Drill", "GRDB"),
            ("anchorbench", "Reporting"), ("Units", "Glibc"), ("Results", "Foundation"),
        ])
    func allowedImports(target: String, module: String) {
        let file = SourceFile("Sources/\(target)/Any.swift", "import \(module)\n")
        #expect(ImportTable.findings(in: file).isEmpty)
    }

    @Test(
        "a package or module outside its place is a finding",
        arguments: [
            ("Load", "Histogram"), ("Results", "Yams"), ("Anchors", "Subprocess"),
            ("Experiment", "GRDB"), ("Reporting", "Rainbow"), ("Units", "Foundation"),
            ("Throttling", "FoundationEssentials"), ("AnchorGate", "Foundation"),
            ("anchorbench", "ScriptedToken"), ("Latency", "Testing"),
        ])
    func misplacedImports(target: String, module: String) {
        let file = SourceFile("Sources/\(target)/Any.swift", "import \(module)\n")
        #expect(lines(ImportTable.findings(in: file)) == [1])
    }

    @Test("a comment or a string that says import is no import")
    func importsInText() {
        let text =
            "// import Anchors\n/*\nimport Load\n*/\nlet help = \"\"\"\nimport Yams\n\"\"\"\n"
        #expect(ImportTable.findings(in: SourceFile("Sources/Units/A.swift", text)).isEmpty)
    }

    @Test("a folder that has no row in the table is a finding, in Sources and in Tests")
    func unknownTargets() {
        let paths = [
            "Sources/Helpers/A.swift", "Tests/HelpersTests/A.swift", "Tests/Support/A.swift",
        ]
        for path in paths {
            #expect(ImportTable.findings(in: SourceFile(path, "")).count == 1, "\(path)")
        }
    }

    @Test("a test imports any part of ours but the dynamic libraries, and no stray package")
    func importsOfTests() {
        let text = "import Testing\n@testable import Load\nimport ScriptedToken\nimport Yams\n"
        let file = SourceFile("Tests/LoadTests/A.swift", text)
        #expect(lines(ImportTable.findings(in: file)) == [3, 4])
    }

    @Test("no row of the table names a target without a row, and none leads back to itself")
    func tableIsClosed() {
        func reachable(from target: String, _ seen: inout Set<String>) {
            for next in ImportTable.targets[target, default: []] where seen.insert(next).inserted {
                reachable(from: next, &seen)
            }
        }
        for (target, row) in ImportTable.targets {
            for module in row { #expect(ImportTable.targets[module] != nil, "\(module)") }
            var seen: Set<String> = []
            reachable(from: target, &seen)
            #expect(!seen.contains(target), "\(target) leads back to itself")
        }
    }

    @Test("the manifest is read target by target, and a wrong dependency is found")
    func manifest() {
        let manifest = Manifest(
            """
            targets: [
                .systemLibrary(name: "CCryptoki"),
                .target(name: "Units"),
                .target(
                    name: "Load",
                    dependencies: [
                        "Units", "Cryptoki", product("Yams", "Yams"),
                        .product(name: "GRDB", package: "grdb"),
                    ],
                    linkerSettings: [.unsafeFlags(["-static-stdlib"])]),
                .executableTarget(name: "Micro", dependencies: ["Load"], path: "Benchmarks/Micro"),
                .testTarget(name: "LoadTests", dependencies: ["Load"]),
            ]
            """)
        #expect(manifest.declarations.map(\.name) == ["Units", "Load"])
        #expect(manifest.declarations.last?.dependencies == ["Units", "Cryptoki", "Yams", "GRDB"])
        #expect(lines(manifest.findings()) == [4, 4, 4])
    }

    @Test(
        "an effect in a pure target is a finding",
        arguments: [
            "FileManager.default", "let now = Date()", "Date.now", "clock_gettime(0, &time)",
            "let clock = ContinuousClock()", "pthread_create(&id, nil, body, nil)",
            "Thread { }.start(); Thread(block: body)", "fopen(path, mode)", "open(path, 0)",
            "Glibc.open(path, 0)", "Task { work() }", "try text.write(to: url)",
            "rows.shuffled()", "Double.random(in: 0...1)", "FileHandle.standardError",
            "\"at \\(Date())\"", "try String(contentsOfFile: path)", "Task.sleep(for: gap)",
        ])
    func effects(line: String) {
        let pure = SourceFile("Sources/Exposure/A.swift", "// Why.\n\(line)\n")
        #expect(lines(CodeRules.impurities(in: pure)) == [2])
        #expect(CodeRules.impurities(in: SourceFile("Sources/Load/A.swift", line)).isEmpty)
        let shared = SourceFile(CodeRules.sharedState + "Lock.swift", line)
        #expect(CodeRules.impurities(in: shared).isEmpty)
    }

    @Test(
        "a word that only resembles an effect is none",
        arguments: [
            "case open(Rate)", "case .open(let rate): rate", "func open(_ door: Door) {}",
            "reopen(door)", "// FileManager, Date() and open(", "\"uses ContinuousClock\"",
            "let ThreadCount = 2", "list.append(contentsOf: rest)",
            "Double.random(in: 0...1, using: &generator)", "Date(timeIntervalSince1970: 0)",
            "let Tasks = 1", "/* pthread_create */",
        ])
    func resemblances(line: String) {
        #expect(CodeRules.impurities(in: SourceFile("Sources/Results/A.swift", line)).isEmpty)
    }

    @Test(
        "a pointer outside its few files is a finding",
        arguments: [
            "var p: UnsafePointer<Int>", "UnsafeMutableRawBufferPointer", "OpaquePointer?",
            "bytes.withUnsafeBytes { $0 }", "Unmanaged.passRetained(self)",
            "unsafeBitCast(f, to: Int.self)",
        ])
    func pointers(line: String) {
        let outside = [
            "Results/A", "Anchors/Decrypt", "Load/Caller", "Throttling/Bucket",
            "Drill/PostgreSQLStore",
        ]
        for path in outside {
            let file = SourceFile("Sources/\(path).swift", line)
            #expect(lines(CodeRules.pointers(in: file)) == [1], "\(path)")
        }
        let inside = [
            "Cryptoki/A", "AnchorGate/A", "ScriptedToken/A", "Anchors/OpenSSLBaseline",
            "Throttling/SharedState", "Throttling/SharedStateLock", "Load/ThreadOfCaller",
            "Load/SystemClock", "Drill/LibPQConnection",
            "Experiment/ProcessOfWorker",
        ]
        for path in inside {
            let file = SourceFile("Sources/\(path).swift", line)
            #expect(CodeRules.pointers(in: file).isEmpty, "\(path)")
        }
    }

    @Test("a print outside the command is a finding, a method of that name is not")
    func prints() {
        let text = "print(1)\nSwift.print(2)\npage.print(3)\nblueprint(4)\n\"print(5)\"\n"
        let file = SourceFile("Sources/Reporting/A.swift", text)
        #expect(lines(CodeRules.prints(in: file)) == [1, 2])
        #expect(CodeRules.prints(in: SourceFile("Sources/anchorbench/A.swift", text)).isEmpty)
    }

    @Test(
        "a force is a finding",
        arguments: [
            "a!", "list[0]!.b", "f(x)!", "try! f()", "x as! Int", "var a: String!", "{ 1 }()!",
            "\"\\(a!)\"", "a!\n", "$0!", "a?.b!", "var a: [Int]!", "(a! == b)",
        ])
    func forces(line: String) {
        #expect(lines(CodeRules.forces(in: SourceFile("Sources/Units/A.swift", line))) == [1])
    }

    @Test(
        "a negation, a comparison or an exclamation in a text is no force",
        arguments: [
            "!a", "a != b", "a!=b", "a !== b", "if x, !y {}", "\"Stop!\"", "// Stop!", "f(!a)",
            "#\"raw \" quote!\"#", "/* no! */", "guard !list[0] else {}", "#/a!/#",
            "\"\"\"\nno!\n\"\"\"",
        ])
    func notForces(line: String) {
        #expect(CodeRules.forces(in: SourceFile("Sources/Units/A.swift", line)).isEmpty)
    }

    @Test("a file of 400 lines passes and one of 401 does not")
    func length() {
        let line = "let a = 1\n"
        let fits = SourceFile("Sources/Units/A.swift", String(repeating: line, count: 400))
        let long = SourceFile("Sources/Units/A.swift", String(repeating: line, count: 401))
        #expect(FormRules.length(of: fits).isEmpty)
        #expect(FormRules.length(of: long).count == 1)
    }

    @Test("a line of 100 columns passes and one of 101 does not, however many bytes it has")
    func width() {
        let fits = String(repeating: "é", count: 100)
        let file = SourceFile("Sources/Units/A.swift", "\(fits)\n\(fits)é\n")
        #expect(lines(FormRules.width(of: file)) == [2])
    }

    @Test("a note of unfinished work is found in code and comments, but not inside a word")
    func markers() {
        let text = "// TO" + "DO: later\nlet a = 1 // FIX" + "ME\n/* XX" + "X */\n\"name.XXXXXX\"\n"
        #expect(lines(FormRules.markers(in: SourceFile("Tests/A/A.swift", text))) == [1, 2, 3])
    }

    @Test("a stray at the top is found, and what tools leave there is not")
    func strays() {
        let entries = ["Sources", ".git", ".build", ".build-tsan", "notes.txt", "Makefile"]
        #expect(FormRules.strays(among: entries).map(\.path) == ["Makefile", "notes.txt"])
    }

    @Test("code keeps its lines and loses its comments and literals")
    func codeOnly() {
        let text = "a /* b /* c */\n d */ e // f\n\"g\\\"h\" + #\"i\"j\"# + \"k\\(l(\"m\"))n\" o\n"
        #expect(CodeOnly.text(of: text) == "a \n e \n\"\" + \"\" + \"(l(\"\"))\" o\n")
    }
}
