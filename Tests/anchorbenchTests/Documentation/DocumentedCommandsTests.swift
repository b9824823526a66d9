import Foundation
import Testing

extension CommandTests {
    @Suite("What the documentation has its reader type", .oneDesk)
    struct DocumentedCommandsTests {
        private func expectSuccess(of typescript: Typescript) throws {
            let surroundings = try #require(OneDesk.surroundings)
            if let failure = try typescript.failure(in: surroundings) {
                Issue.record("\(failure)")
            }
        }

        @Test("every command of a page runs, from the first to the last", arguments: Page.paths)
        func commands(path: String) throws {
            let page = try Page(path)
            var typescript = Typescript(of: page)
            for block in page.blocks("sh") { typescript.add(block) }
            try expectSuccess(of: typescript)
        }

        @Test("every step of a workflow runs", arguments: Page.paths)
        func workflows(path: String) throws {
            let page = try Page(path)
            for workflow in page.blocks where workflow.isWorkflow {
                #expect(!workflow.steps.isEmpty)
                var typescript = Typescript(of: page)
                for step in workflow.steps { typescript.add(step, runBy: "/bin/bash -e") }
                try expectSuccess(of: typescript)
            }
        }

        @Test("every scenario, and every part of one, can be planned", arguments: Page.paths)
        func scenarios(path: String) throws {
            let page = try Page(path)
            let printed = try Bench().run("scenario").lines
            let known = Set(Page.Block(language: "yaml", line: 1, lines: printed).topLevelKeys)
            #expect(known.isSuperset(of: ["name", "anchor", "exposure"]))
            var typescript = Typescript(of: page)
            for block in page.blocks where block.isScenario(known) {
                typescript.add(scenario: block)
            }
            try expectSuccess(of: typescript)
        }

        @Test("the pages of the command are read, with their commands")
        func pages() throws {
            let read = try Page.paths.map(Page.init(_:)).filter { !$0.blocks("sh").isEmpty }
            for name in ["README.md", "Benchmarks/README.md", "Gate.md", "GateInCI.md"] {
                #expect(read.contains { $0.path.hasSuffix(name) }, "\(name)")
            }
        }

        @Test("a block for the shell begins each command with one that is known")
        func firstWords() throws {
            for page in try Page.paths.map(Page.init(_:)) {
                for block in page.blocks("sh") where block.lines.first?.hasPrefix("#!") != true {
                    for (line, word) in FirstWords.strangers(in: block) {
                        Issue.record(
                            """
                            \(page.path):\(line): '\(word)' is no command that the tests know: put \
                            output into a block of text, and what runs nowhere here into a console
                            """)
                    }
                }
            }
        }

        @Test("everything that is replaced in the pages stands in one")
        func standIns() throws {
            let texts = try Page.paths.map {
                try String(contentsOf: Page.root.appending(path: $0), encoding: .utf8)
            }
            let unused = StandIns.unused(in: texts)
            #expect(unused.isEmpty, "in no page: \(unused)")
        }

        @Test(
            "a script takes no option that it does not know, in a dry run either",
            arguments: Self.scripts)
        func unknownOption(script: String) throws {
            let bench = try Bench()
            let ended = try dryRun(script, ["--no-such-option"], bench)
            #expect(ended.code == 64 && !ended.error.isEmpty, "\(ended.code): \(ended.error)")
            #expect(try leftovers(bench).isEmpty)
        }

        @Test(
            "a dry run of a script ends once its options are read",
            arguments: [
                ("Benchmarks/all", ["--pairs", "3"]), ("Benchmarks/peers", []),
                ("Benchmarks/modules/matrix", ["--quick", "--output", "nowhere"]),
                ("Benchmarks/modules/opencryptoki", ["doctor"]), ("Scripts/gate", []),
                ("Scripts/test", ["--filter", "UnitsTests"]),
            ] as [(String, [String])])
        func dryRuns(script: String, options: [String]) throws {
            let bench = try Bench()
            let ended = try dryRun(script, options, bench)
            #expect(ended.code == 0 && ended.output.isEmpty, "\(ended.code): \(ended.error)")
            #expect(ended.error.contains("nothing is done"), "\(ended.error)")
            #expect(try leftovers(bench).isEmpty)
        }

        /// What a script left. A call of `swift` leaves an empty folder of its own.
        private func leftovers(_ bench: Bench) throws -> [String] {
            try bench.leftovers.filter { !$0.hasPrefix("TemporaryDirectory.") }
        }

        private func dryRun(_ script: String, _ options: [String], _ bench: Bench) throws -> Ended {
            try bench.startUnblocked(
                Page.root.appending(path: script).path, options,
                environment: [
                    "ANCHORBENCH_DRY_RUN": "1",
                    "ANCHORBENCH_COMMAND": try BuildFolder.command().path,
                ]
            ).wait()
        }

        /// Whatever can be called in the folders of scripts.
        private static let scripts: [String] = ["Scripts", "Benchmarks", "Benchmarks/modules"]
            .flatMap { folder in
                let names =
                    (try? FileManager.default.contentsOfDirectory(
                        atPath: Page.root.appending(path: folder).path)) ?? []
                return names.sorted().map { "\(folder)/\($0)" }.filter { path in
                    let full = Page.root.appending(path: path).path
                    var isFolder: ObjCBool = false
                    return FileManager.default.fileExists(atPath: full, isDirectory: &isFolder)
                        && !isFolder.boolValue
                        && FileManager.default.isExecutableFile(atPath: full)
                }
            }
    }
}
