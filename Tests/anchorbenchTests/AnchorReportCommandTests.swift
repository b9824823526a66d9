import Foundation
import Results
import Testing

extension CommandTests {
    @Suite("Several stored runs side by side")
    struct AnchorReportCommandTests {
        private static let columns = """
            anchor subject operation mechanism key_bits key_kind record_bytes verdict reasons \
            best_load throughput_per_second throughput_low throughput_high anchor_factor \
            anchor_factor_low anchor_factor_high dataset_records seconds thread_gain \
            process_gain least_to_most_served service_p50_ns service_p99_ns service_p999_ns \
            module module_version
            """

        /// A bench with the folders of two anchors, the second some five times as slow.
        private func bench() throws -> Bench {
            let bench = try Bench()
            try write(GateFolder(), to: "one", of: bench)
            try write(GateFolder(cost: 5.2, module: "ff00"), to: "runs/two", of: bench)
            return bench
        }

        /// Writes a run beside which the same records were opened with the key in memory.
        private func write(_ folder: GateFolder, to name: String, of bench: Bench) throws {
            var run = folder.run
            let usual = try #require(run.cells.first)
            var cell = usual.cell
            (cell.anchor, cell.keyKind) = (Cell.baselineAnchor, nil)
            var baseline = CellResult(cell)
            for round in GateFolder(cost: 0.01).run.cells[0].rounds {
                baseline.add(round, pooled: PooledHistograms())
            }
            run.cells.append(baseline)
            try folder.write(to: name, of: bench)
            try run.json().write(to: URL(filePath: bench.path("\(name)/run.json")))
            try bench.write(run.roundsTable.text, to: "\(name)/rounds.csv")
        }

        @Test("two runs make one page in a new folder, and stay as they are")
        func page() throws {
            let bench = try bench()
            let stored = try bench.text("one/run.json")
            let ended = try bench.run("report", "one", "runs/two/")
            try #require(ended.code == 0, "\(ended.error)")
            #expect(ended.error.isEmpty)
            #expect(ended.output.contains("Strongest is `two`: a theft takes 5"))
            #expect(!ended.output.contains("**"))
            let report = try #require(ended.lines.last)
            #expect(report.wholeMatch(of: #/results/\d{8}-\d{6}-anchors/report\.md/#) != nil)
            let folder = String(report.dropLast("/report.md".count))
            #expect(
                try bench.files(below: folder) == [
                    "anchors.csv", "charts/rank-aes-gcm-256-256B.svg",
                    "charts/throughput-aes-gcm-256-256B.svg", "report.md",
                ])
            let table = try CSVReader.read(bench.path("\(folder)/anchors.csv"))
            #expect(table.columns.joined(separator: " ") == Self.columns)
            #expect(table.rows.map { $0["anchor"] } == ["two", "one"])
            let text = try bench.text(report)
            #expect(text.hasPrefix("# How strongly 2 anchors hold, side by side\n"))
            #expect(text.contains("](charts/rank-aes-gcm-256-256B.svg)"))
            #expect(try bench.text("one/run.json") == stored)
            #expect(try bench.files(below: "one") == ["rounds.csv", "run.json"])
            #expect(try bench.files(below: "runs") == ["two/rounds.csv", "two/run.json"])
        }

        @Test("the page goes where it is told, but into no folder that holds something")
        func output() throws {
            let bench = try bench()
            let first = try bench.run("report", "one", "runs/two", "--output", "out")
            #expect(first.code == 0 && first.lines.last == "out/report.md", "\(first.error)")
            let page = try bench.text("out/report.md")
            try bench.write("", to: "file")
            for place in ["out", "one", "file"] {
                let again = try bench.run("report", "one", "runs/two", "-o", place)
                #expect(again.code == 73 && again.output.isEmpty, "\(place)")
                #expect(again.error.contains("--output"), "\(again.error)")
                #expect(again.error.split(separator: "\n").count == 1, "\(again.error)")
            }
            #expect(try bench.text("out/report.md") == page)
            #expect(try bench.files(below: "one") == ["rounds.csv", "run.json"])
        }

        @Test("what concerns one run alone, and names that are alike, are wrong usage")
        func usage() throws {
            let bench = try bench()
            try write(GateFolder(), to: "other/two", of: bench)
            let wrong: [([String], String)] = [
                (["one", "--output", "out"], "rendered in its own folder"),
                (["one", "runs/two", "--hgrm"], "name that run alone"),
                (["runs/two", "one", "other/two"], "both called 'two'"),
                (["one", "./one"], "rename one, or name another folder"),
                ([], "<run>"),
            ]
            for (arguments, reason) in wrong {
                let ended = try bench.run(arguments: ["report"] + arguments)
                #expect(ended.code == 64 && ended.output.isEmpty, "\(arguments)")
                #expect(ended.error.contains(reason), "\(ended.error)")
            }
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
        }

        @Test("a run that is missing or damaged is named, and nothing is written")
        func badRuns() throws {
            let bench = try bench()
            let missing = try bench.run("report", "one", "none")
            #expect(missing.code == 66 && missing.error.contains("there is no 'none': name"))
            try bench.write("{", to: "runs/two/run.json")
            let damaged = try bench.run("report", "one", "runs/two")
            #expect(damaged.code == 65, "\(damaged.error)")
            #expect(
                damaged.error.hasPrefix("anchorbench: 'runs/two': run.json"), "\(damaged.error)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }
    }
}
