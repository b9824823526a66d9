import Foundation
import Regression
import Results
import Testing

extension CommandTests {
    @Suite("A gate on two stored runs")
    struct CompareTests {
        /// A bench with a run of seven quiet rounds to compare with.
        private func bench() throws -> Bench {
            let bench = try Bench()
            try GateFolder().write(to: "old", of: bench)
            return bench
        }

        private func lastLine(_ ended: Ended) -> String {
            ended.error.split(separator: "\n").last.map(String.init) ?? ""
        }

        @Test("the exit code is the verdict, and the last line says it with why and what next")
        func verdicts() throws {
            let bench = try bench()
            let cases: [(GateFolder, Int32, String)] = [
                (GateFolder(seed: 2), 0, "PASS"),
                (GateFolder(cost: 1.2, seed: 2), 10, "REGRESSED"),
                (GateFolder(cost: 1.2, rounds: 5, seed: 2), 11, "INCONCLUSIVE"),
                (GateFolder(rounds: 2, seed: 2), 11, "INCONCLUSIVE"),
                (GateFolder(cost: 1.2, nullCost: 1.2, seed: 2), 11, "INCONCLUSIVE"),
                (GateFolder(flaw: "late", seed: 2), 12, "INVALID"),
                (GateFolder(callers: [3], seed: 2), 12, "INVALID"),
                (GateFolder(cpu: "B", seed: 2), 12, "INVALID"),
            ]
            for (number, (folder, code, verdict)) in cases.enumerated() {
                try folder.write(to: "new\(number)", of: bench)
                let ended = try bench.run("compare", "old", "new\(number)")
                #expect(ended.code == code, "\(verdict), \(number): \(ended.error)")
                #expect(ended.output.contains(verdict), "\(ended.output)")
                #expect(lastLine(ended).hasPrefix(verdict), "\(ended.error)")
                #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            }
            let few = try bench.run("compare", "old", "new3")
            #expect(few.output.contains("fewer than three rounds"), "\(few.output)")
            let allowed = try bench.run("compare", "old", "new2", "--allow-inconclusive")
            #expect(allowed.code == 0 && lastLine(allowed).hasPrefix("INCONCLUSIVE"))
        }

        @Test("another host or module is refused by name, unless it is what is asked for")
        func conditions() throws {
            let bench = try bench()
            try GateFolder(cpu: "B", seed: 2).write(to: "host", of: bench)
            try GateFolder(module: "11ee", seed: 2).write(to: "module", of: bench)
            for (run, condition, flag) in [
                ("host", "cpu_model", "--allow-different-host"),
                ("module", "module_sha256", "--new-module"),
            ] {
                let refused = try bench.run("compare", "old", run)
                #expect(refused.code == 12 && refused.output.contains(condition), "\(run)")
                #expect(lastLine(refused).contains(flag), "\(refused.error)")
                #expect(try bench.run("compare", "old", run, flag).code == 0)
            }
            #expect(try bench.run("compare", "old", "host", "--new-module").code == 12)
        }

        @Test("tolerance and metrics decide what is too much, and of what")
        func rule() throws {
            let bench = try bench()
            try GateFolder(cost: 1.08, seed: 2).write(to: "new", of: bench)
            #expect(try bench.run("compare", "old", "new").code == 10)
            for tolerance in ["10%", "0.1", "12.5 %"] {
                #expect(try bench.run("compare", "old", "new", "--tolerance", tolerance).code == 0)
            }
            let ended = try bench.run(
                "compare", "old", "new", "--metrics", "service-p50,throughput", "--format", "json")
            #expect(ended.code == 10)
            #expect(ended.output.contains("service-p50") && !ended.output.contains("cpu-time"))
        }

        @Test("every file and format is written, and annotations go to standard output")
        func outputs() throws {
            let bench = try bench()
            try GateFolder(cost: 1.2, seed: 2).write(to: "new", of: bench)
            let ended = try bench.run(
                "compare", "old", "new", "--output", "ci/gate", "--annotations", "--format",
                "markdown")
            #expect(ended.code == 10)
            #expect(
                try bench.files(below: "ci/gate") == [
                    "comparison.json", "junit.xml", "summary.md",
                ])
            #expect(ended.output.hasPrefix(try bench.text("ci/gate/summary.md")))
            #expect(ended.output.contains("\n::error"), "\(ended.output)")
            let json = try bench.run("compare", "old", "new", "--format", "json")
            #expect(json.output == (try bench.text("ci/gate/comparison.json")))
            #expect(
                (try? JSONSerialization.jsonObject(with: Data(json.output.utf8))) is [String: Any])
            let junit = try bench.run("compare", "old", "new", "--format", "junit")
            #expect(junit.output == (try bench.text("ci/gate/junit.xml")))
            try bench.write("", to: "file")
            let refused = try bench.run("compare", "old", "new", "--output", "file/below")
            #expect(refused.code == 73 && refused.output.isEmpty, "\(refused.error)")
        }

        @Test("a bad folder is told in one sentence, with its code")
        func badInput() throws {
            let bench = try bench()
            func expect(_ code: Int32, _ part: String, _ name: String) throws {
                let ended = try bench.run("compare", "old", name)
                #expect(ended.code == code && ended.output.isEmpty, "\(name): \(ended.error)")
                #expect(ended.error.contains(part), "\(ended.error)")
                #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            }
            try expect(66, "there is no 'none'", "none")
            for name in ["newer", "cut", "tableless"] {
                try GateFolder().write(to: name, of: bench)
            }
            try bench.write(
                try bench.text("newer/run.json")
                    .replacing("\"schemaVersion\" : 1", with: "\"schemaVersion\" : 2"),
                to: "newer/run.json")
            try expect(65, "'newer': run.json has schema version 2", "newer")
            let lines = try bench.text("cut/rounds.csv").split(separator: "\r\n")
            try bench.write(
                lines.dropLast().joined(separator: "\r\n") + "\r\n", to: "cut/rounds.csv")
            try expect(65, "'cut': rounds.csv has 6 rounds", "cut")
            try bench.write(
                String(lines.joined(separator: "\r\n").dropLast(5)), to: "cut/rounds.csv")
            try expect(65, "'cut': rounds.csv", "cut")
            try FileManager.default.removeItem(atPath: bench.path("tableless/rounds.csv"))
            try expect(66, "rounds.csv' cannot be read", "tableless")
        }

        @Test("a partial run is compared as far as it goes, and it is said")
        func partial() throws {
            let bench = try bench()
            try GateFolder(partial: "stopped by Ctrl-C", seed: 2).write(to: "new", of: bench)
            let ended = try bench.run("compare", "old", "new")
            #expect(ended.code == 0, "\(ended.error)")
            #expect(ended.output.contains("partial run: stopped by Ctrl-C"), "\(ended.output)")
        }

        @Test("a gate is tried on the rounds of a run")
        func selfTest() throws {
            let bench = try bench()
            let ended = try bench.run("compare", "--self-test", "old")
            #expect(ended.code == 0, "\(ended.error)")
            #expect(ended.output.hasPrefix("The gate works on these figures: of 200 draws"))
            try GateFolder(spread: 0.5).write(to: "noisy", of: bench)
            let noisy = try bench.run("compare", "--self-test", "noisy", "--metrics", "cpu-time")
            #expect(noisy.code == 12, "\(noisy.output)")
            #expect(noisy.output.hasPrefix("The gate does not work on these figures"))
        }

        @Test(
            "wrong usage is told with what is read",
            arguments: [
                ["old"], [], ["old", "new", "--tolerance", "5"],
                ["old", "new", "--tolerance", "0"],
                ["old", "new", "--tolerance", "much"], ["old", "new", "--metrics", "speed"],
                ["old", "new", "--metrics", "throughput,throughput"],
                ["old", "new", "--self-test", "old"], ["old", "new", "--format", "xml"],
            ])
        func usage(arguments: [String]) throws {
            let bench = try Bench()
            let padded = arguments + Array(repeating: "--allow-inconclusive", count: 1)
            let ended =
                switch padded.count {
                case 1: try bench.run("compare", padded[0])
                case 2: try bench.run("compare", padded[0], padded[1])
                default:
                    try bench.run("compare", padded[0], padded[1], padded[2], padded[3], padded[4])
                }
            #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
        }

        @Test(
            "a wrong tolerance or metric is told with the reason and what may be meant",
            arguments: [
                ("--tolerance", "5", "without '%' that is 500 %; did you mean 5%?"),
                ("--tolerance", "1", "without '%' that is 100 %; did you mean 1%?"),
                ("--tolerance", "0", "where nothing is tolerated nothing can pass"),
                ("--tolerance", "0%", "where nothing is tolerated nothing can pass"),
                ("--tolerance", "-5%", "where nothing is tolerated nothing can pass"),
                ("--tolerance", "500%", "say 100% at the most"),
                ("--tolerance", "abc", "it is no share; say 5% or 0.05"),
                ("--tolerance", "nan", "it is no share"),
                ("--metrics", "p50", "'p50' is no metric; did you mean 'service-p50'?"),
                ("--metrics", "throughput,cpu", "did you mean 'cpu-time'?"),
                ("--metrics", "troughput", "did you mean 'throughput'?"),
                ("--metrics", "speed", "known: throughput, service-p50, service-p99, cpu-time"),
                ("--metrics", "throughput,throughput", "'throughput' stands twice"),
            ])
        func wrongRule(option: String, value: String, told: String) throws {
            let ended = try Bench().run("compare", "old", "new", "\(option)=\(value)")
            #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
            #expect(ended.error.contains("'\(value)'"), "\(ended.error)")
            #expect(ended.error.contains(told), "\(ended.error)")
        }

        @Test("what is no folder of a run is told as what it is")
        func noRun() throws {
            let bench = try bench()
            try bench.write("", to: "file")
            for folder in ["empty", "gate"] {
                try FileManager.default.createDirectory(
                    atPath: bench.path(folder), withIntermediateDirectories: true)
            }
            for run in ["baseline", "candidate"] {
                try GateFolder(seed: 2).write(to: "gate/\(run)", of: bench)
            }
            let cases: [(String, Int32, String)] = [
                ("none", 66, "there is no 'none': name the folder of a run"),
                ("file", 65, "'file' is a file: name the folder of a run"),
                ("empty", 65, "'empty' holds no run"),
                (
                    "gate", 65,
                    "'gate' is the folder of a duel, whose verdict is in 'gate/summary.md'; to "
                        + "compare a run of it, name 'gate/baseline' or 'gate/candidate'"
                ),
            ]
            for (path, code, told) in cases {
                for arguments in [[path, "old"], ["old", path], ["--self-test", path]] {
                    let ended = try bench.run(arguments: ["compare"] + arguments)
                    #expect(ended.code == code && ended.output.isEmpty, "\(ended.error)")
                    #expect(ended.error.contains(told), "\(ended.error)")
                    #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
                }
            }
            #expect(try bench.run("compare", "gate/baseline", "old").code == 0)
            let duel = try bench.run("duel", "old", "softhsm", "--dry-run")
            #expect(duel.code == 65 && duel.error.contains("'old' is a folder"), "\(duel.error)")
            #expect(duel.error.contains("'anchorbench compare'"), "\(duel.error)")
        }

        @Test("the whole is the largest tolerance")
        func largestTolerance() throws {
            let bench = try bench()
            try GateFolder(seed: 2).write(to: "new", of: bench)
            #expect(try bench.run("compare", "old", "new", "--tolerance", "100%").code == 0)
        }

        @Test("a command that is none is told with the one that may be meant")
        func wrongCommand() throws {
            let ended = try Bench().run("compar", "old", "new")
            #expect(ended.code == 64 && ended.output.isEmpty)
            #expect(
                ended.error.contains("'compar' is no command; did you mean 'compare'?"),
                "\(ended.error)")
            let far = try Bench().run("benchmark")
            #expect(far.code == 64 && far.error.contains("known: run, measure,"), "\(far.error)")
            #expect(!far.error.contains("worker"), "\(far.error)")
        }

        @Test("measured for a gate, a run has the rounds that its cells and metrics need")
        func forGate() throws {
            let bench = try Bench()
            try bench.write(
                try Scripted.scenario(rounds: 1).replacing("closed: [2]", with: "closed: [2, 3]"),
                to: "mine.yaml")
            let environment = Scripted.environment()
            // Two cells and four metrics are eight tests.
            let measured = try bench.run(
                "measure", "mine.yaml", "--for-gate", "--output", "one", environment: environment)
            try #require(measured.code == 0, "\(measured.error)")
            let run = try StoredRun(bench, "one").run
            #expect(run.scenario.rounds == 6 && run.cells.allSatisfy { $0.rounds.count == 6 })
            let few = try bench.run(
                "measure", "mine.yaml", "--for-gate", "--rounds", "2", "--dry-run",
                environment: environment)
            #expect(few.code == 0 && few.error.contains("2 rounds are too few for a gate"))
            #expect(few.error.contains("needs 6"), "\(few.error)")
            let resumed = try bench.run("measure", "--for-gate", "--resume", "one")
            #expect(resumed.code == 64)
            // What was measured is what a gate reads.
            let tried = try bench.run("compare", "--self-test", "one")
            #expect([0, 12].contains(tried.code) && tried.error.isEmpty, "\(tried.error)")
        }

        @Test("a run is not compared with itself, by whatever name, nor with a copy")
        func itself() throws {
            let bench = try bench()
            try FileManager.default.createSymbolicLink(
                atPath: bench.path("link"), withDestinationPath: bench.path("old"))
            for name in ["old", "./old", "old/", "link"] {
                let ended = try bench.run("compare", "old", name)
                #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
                #expect(ended.error.contains("are the same run: name two"), "\(ended.error)")
            }
            try GateFolder().write(to: "copy", of: bench)
            let copied = try bench.run("compare", "old", "copy")
            #expect(copied.code == 65 && copied.output.isEmpty, "\(copied.error)")
            #expect(copied.error.contains("hold the same run"), "\(copied.error)")
        }

        @Test("the help fits a terminal of 80 columns")
        func help() throws {
            let ended = try Bench().run("compare", "--help")
            #expect(ended.code == 0 && ended.output.contains("USAGE: anchorbench compare"))
            for line in ended.lines { #expect(line.count <= 80, "\(line)") }
        }
    }
}
