import Foundation
import Glibc
import Regression
import Testing

extension CommandTests {
    @Suite("A gate on the baseline of a store")
    struct BaselineTests {
        private func bench() throws -> Bench {
            let bench = try Bench()
            try GateFolder().write(to: "one", of: bench)
            try GateFolder(seed: 2).write(to: "two", of: bench)
            try GateFolder(cost: 1.2, seed: 3).write(to: "slow", of: bench)
            return bench
        }

        /// The history of a store as it is on the disk.
        private func history(_ bench: Bench, _ store: String = "results") throws -> [HistoryLine] {
            let text = try bench.text("\(store)/history.csv")
            return try History(parsing: Array(text.utf8), named: store).lines
        }

        @Test("runs are recorded, the first and what passed become the baseline, no other does")
        func record() throws {
            let bench = try bench()
            let first = try bench.run(
                "compare", "--baseline", "auto", "one", "--record", "--label", "3f2a, \"one\"")
            #expect(first.code == 11, "\(first.error)")
            #expect(first.output.contains("no baseline for this environment yet"))
            #expect(first.error.hasPrefix("INCONCLUSIVE"), "\(first.error)")
            let key = try #require(try history(bench).first).environment
            let stored = "results/baselines/\(key).json"
            let baseline = try bench.text(stored)

            // Twice, as the second must not be held against the first.
            for _ in 1...2 {
                let slow = try bench.run("compare", "--baseline", "auto", "slow", "--record")
                #expect(slow.code == 10, "\(slow.error)")
                #expect(slow.output.contains("the baseline stays what it was"))
                #expect(try bench.text(stored) == baseline)
            }
            let passed = try bench.run("compare", "--baseline", "auto", "two", "--record")
            #expect(passed.code == 0, "\(passed.error)")
            #expect(passed.output.contains("(3f2a, \"one\")"), "\(passed.output)")
            #expect(try bench.text(stored) != baseline)

            let lines = try history(bench)
            #expect(lines.map(\.verdict) == [.inconclusive, .regressed, .regressed, .pass])
            #expect(lines.map(\.isBaseline) == [true, false, false, true])
            #expect(lines.map(\.name) == ["one", "slow", "slow", "two"])
            #expect(lines.first?.label == "3f2a, \"one\"" && lines.last?.label == nil)
            let figures = lines.compactMap(\.throughput)
            #expect(figures.count == 4 && abs(figures[0] / figures[1] - 1.2) < 0.02)
            #expect(
                try bench.files(below: "results") == ["baselines/\(key).json", "history.csv"])
        }

        @Test("a comparison without --record writes nothing")
        func readOnly() throws {
            let bench = try bench()
            #expect(
                try bench.run(
                    "compare", "--baseline", "auto", "one", "--record", "--allow-inconclusive",
                    "--store", "ci/store/"
                ).code == 0)
            let before = try bench.text("ci/store/history.csv")
            let ended = try bench.run("compare", "--baseline", "auto", "two", "--store", "ci/store")
            #expect(ended.code == 0, "\(ended.error)")
            #expect(try bench.text("ci/store/history.csv") == before)
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }

        @Test("without a baseline the exit code is 66, and it is told what differs")
        func none() throws {
            let bench = try bench()
            let none = try bench.run("compare", "--baseline", "auto", "one")
            #expect(none.code == 66 && none.output.isEmpty)
            #expect(none.error.contains("'results/history.csv' has no baseline"), "\(none.error)")
            #expect(none.error.contains("--record"))
            _ = try bench.run("compare", "--baseline", "auto", "one", "--record")
            for (folder, difference) in [
                (GateFolder(cpu: "B"), "cpu_model"), (GateFolder(callers: [1]), "cells"),
            ] {
                try folder.write(to: "other", of: bench)
                let ended = try bench.run("compare", "--baseline", "auto", "other")
                #expect(ended.code == 66)
                #expect(ended.error.contains("differs in \(difference):"), "\(ended.error)")
            }
        }

        @Test("environments have baselines of their own, and another module has the same")
        func environments() throws {
            let bench = try bench()
            try GateFolder(cpu: "B", seed: 4).write(to: "host", of: bench)
            try GateFolder(module: "11ee", seed: 5).write(to: "module", of: bench)
            for run in ["one", "host"] {
                #expect(
                    try bench.run("compare", "--baseline", "auto", run, "--record").code == 11)
            }
            #expect(Set(try history(bench).map(\.environment)).count == 2)
            #expect(try bench.run("compare", "--baseline", "auto", "two").code == 0)
            // What a new module costs is what the store is for; that it is new is told.
            let changed = try bench.run("compare", "--baseline", "auto", "module", "--record")
            #expect(changed.output.contains("no obstacle: module_sha256"), "\(changed.output)")
            #expect(changed.code == 0, "\(changed.error)")
            #expect(try history(bench).last?.moduleSHA256 == "11ee")
        }

        @Test("two environments that share a key are told apart")
        func collision() throws {
            let bench = try bench()
            _ = try bench.run("compare", "--baseline", "auto", "one", "--record")
            let key = try #require(try history(bench).first).environment
            let file = "results/baselines/\(key).json"
            // As if another host had come to the same key.
            try bench.write(
                try bench.text(file).replacing("\"cpu_model\":\"A\"", with: "\"cpu_model\":\"Z\""),
                to: file)
            #expect(try bench.run("compare", "--baseline", "auto", "two").code == 66)
            #expect(try bench.run("compare", "--baseline", "auto", "two", "--record").code == 11)
            #expect(try history(bench).map(\.environment) == [key, "\(key)-2"])
            #expect(try bench.run("compare", "--baseline", "auto", "one").code == 0)
        }

        @Test("an INVALID run becomes no baseline, not even the first")
        func invalid() throws {
            let bench = try bench()
            try GateFolder(flaw: "late").write(to: "flawed", of: bench)
            let ended = try bench.run("compare", "--baseline", "auto", "flawed", "--record")
            #expect(ended.code == 12, "\(ended.error)")
            #expect(try history(bench).map(\.isBaseline) == [false])
            #expect(try bench.run("compare", "--baseline", "auto", "one").code == 66)
            #expect(try bench.run("compare", "--baseline", "auto", "one", "--record").code == 11)
            #expect(try bench.run("compare", "--baseline", "auto", "two").code == 0)
        }

        @Test("a damaged store is refused in one sentence, and nothing is written")
        func damaged() throws {
            let bench = try bench()
            _ = try bench.run("compare", "--baseline", "auto", "one", "--record")
            let whole = try bench.text("results/history.csv")
            let key = try #require(try history(bench).first).environment
            func expect(_ code: Int32, _ part: String) throws {
                let before = try? bench.text("results/history.csv")
                let ended = try bench.run("compare", "--baseline", "auto", "two", "--record")
                #expect(ended.code == code && ended.output.isEmpty, "\(ended.error)")
                #expect(ended.error.contains(part), "\(ended.error)")
                #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
                #expect((try? bench.text("results/history.csv")) == before)
            }
            try bench.write(
                whole.replacing("INCONCLUSIVE", with: "GOOD"), to: "results/history.csv")
            try expect(65, "'results/history.csv' is damaged, line 2: 'GOOD' is no verdict")
            try bench.write(whole, to: "results/history.csv")
            try bench.write("{", to: "results/baselines/\(key).json")
            try expect(65, "'results/baselines/\(key).json' is no baseline")
            try FileManager.default.removeItem(
                atPath: bench.path("results/baselines/\(key).json"))
            try expect(66, "'results/baselines/\(key).json' cannot be read")
        }

        @Test("a store that cannot be written is told after the verdict")
        func unwritable() throws {
            let bench = try bench()
            try bench.write("", to: "file")
            let ended = try bench.run(
                "compare", "--baseline", "auto", "one", "--record", "--store", "file/store")
            #expect(ended.code == 73, "\(ended.error)")
            #expect(ended.output.hasPrefix("INCONCLUSIVE"), "\(ended.output)")
        }

        @Test("a file that is full keeps the history whole")
        func fullDisk() throws {
            let bench = try bench()
            _ = try bench.run("compare", "--baseline", "auto", "one", "--record")
            let before = try bench.text("results/history.csv")
            let ended = try bench.run(
                fileBlocks: 0, "compare", "--baseline", "auto", "two", "--record")
            #expect(ended.code == 73, "\(ended.error)")
            #expect(try bench.text("results/history.csv") == before)
            #expect(try bench.run("compare", "--baseline", "auto", "two").code == 0)
        }

        @Test(
            "wrong usage is told",
            arguments: [
                ["one", "two", "--baseline", "auto"], ["--baseline", "auto", "--record"],
                ["one", "--baseline", "main", "--record"], ["one", "two", "--record", "--record"],
                ["one", "two", "--label", "x"], ["--baseline", "auto", "--self-test", "one"],
            ])
        func usage(arguments: [String]) throws {
            let bench = try bench()
            let ended =
                arguments.count == 3
                ? try bench.run("compare", arguments[0], arguments[1], arguments[2])
                : try bench.run(
                    "compare", arguments[0], arguments[1], arguments[2], arguments[3])
            #expect(ended.code == 64 && ended.output.isEmpty, "\(ended.error)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }
    }
}
