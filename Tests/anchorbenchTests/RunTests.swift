import Foundation
import Results
import Testing

extension CommandTests {
    @Suite("Running from beginning to end")
    struct RunTests {
        private static let columns = [
            "cells.csv": """
            cell class anchor operation mechanism key_bits key_kind record_bytes load processes \
            threads offered_per_second throttle verdict reasons rounds operations denied errors \
            backlog throughput_per_second throughput_low throughput_high service_p50_ns \
            service_p90_ns service_p99_ns service_p999_ns service_max_ns response_p50_ns \
            response_p99_ns response_p999_ns throttle_wait_p50_ns throttle_wait_p99_ns \
            admitted_to_envelope lateness_p99_ns cpu_ns_per_operation decision_ns
            """,
            "rounds.csv": """
            cell class round order verdict reasons seconds operations denied errors \
            throughput_per_second service_p50_ns service_p90_ns service_p99_ns response_p50_ns \
            response_p99_ns lateness_p99_ns admitted_to_envelope cpu_ns_per_operation
            """,
            "exfiltration.csv": """
            cell mechanism record_bytes throttle attacker identities records_per_operation \
            dataset_records rate_per_second seconds seconds_low seconds_high seconds_under_demand \
            anchor_factor bounded_by bypassable
            """,
            "windows.csv": """
            cell mechanism record_bytes throttle attacker identities dataset_records \
            window_seconds records_lost records_lost_low records_lost_high fraction_lost
            """,
            "containment.csv": """
            cell mechanism record_bytes throttle attacker identities dataset_records \
            period_seconds threshold datapoints_to_alarm evaluation_periods contained_share \
            alarm_mean_seconds alarm_p95_seconds window_mean_seconds window_p50_seconds \
            window_p95_seconds window_worst_phase_seconds records_lost_mean records_lost_low \
            records_lost_high records_lost_p50 records_lost_p95 records_lost_worst_phase \
            fraction_lost value_lost all_leave_share all_leave_seconds records_per_second
            """,
            "frontier-aes-gcm-256-256B.csv": frontier,
            "frontier-rsa-oaep-2048-32B.csv": frontier,
        ]

        private static let frontier = """
            throttle period_seconds threshold datapoints_to_alarm evaluation_periods \
            false_alarms_per_month false_alarms_modelled false_alarms_replayed records_lost_p95 \
            burdened_share monthly_cost recommended
            """

        @Test("a run leaves every file, each as other programs read it")
        func leavesEveryFile() throws {
            let bench = try Bench()
            try bench.write("directories.tokendir = /nowhere\n", to: "mine.conf")
            let ended = try bench.run(
                "run", "--quick", "--rounds", "1", "--closed", "1,2",
                environment: ["SOFTHSM2_CONF": bench.path("mine.conf")])
            try #require(ended.code == 0, "\(ended.error)")
            let report = try #require(ended.lines.last)
            #expect(
                report.wholeMatch(of: #/results/\d{8}-\d{6}-softhsm-default/report\.md/#) != nil)
            #expect(try bench.text(report).hasPrefix("# How strongly softhsm holds\n"))
            let folder = String(report.dropLast("/report.md".count))
            let files = try bench.files(below: folder)
            let tables = Self.columns.keys.sorted()
            let pictures = try bench.text(report).matches(of: #/\((charts/[^)]*)\)/#)
                .map { String($0.1) }
            #expect(
                files
                    == (tables + ["histograms.hlog", "report.md", "run.json"] + pictures).sorted())
            #expect(pictures.count == 14)
            for name in tables {
                let table = try CSVReader.read(bench.path("\(folder)/\(name)"))
                #expect(table.columns.joined(separator: " ") == Self.columns[name])
                #expect(!table.rows.isEmpty, "\(name)")
            }
            let run = try Run(
                json: Data(contentsOf: URL(filePath: bench.path("\(folder)/run.json"))))
            #expect(run.partial == nil && run.cells.allSatisfy(\.verdict.isValid))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
            #expect(try bench.text("mine.conf") == "directories.tokendir = /nowhere\n")
        }

        @Test("what is measured can be reported and projected later, in every format")
        func measureThenProject() throws {
            let bench = try Bench()
            let measured = try bench.run(
                "measure", "--quick", "--rounds", "2", "--closed", "1", "--mechanism", "aes-gcm",
                "--output", "kept")
            try #require(measured.code == 0, "\(measured.error)")
            #expect(measured.output == "kept\n")
            #expect(
                try bench.files(below: "kept") == [
                    "cells.csv", "histograms.hlog", "rounds.csv", "run.json",
                ])
            let stored = try bench.text("kept/run.json")

            let reported = try bench.run("report", "kept")
            #expect(reported.code == 0 && reported.output == "kept/report.md\n")
            let files = try bench.files(below: "kept")
            #expect(files.contains("report.md") && files.contains("charts/latency.svg"))
            #expect(try bench.text("kept/run.json") == stored)

            let csv = try bench.run("project", "kept", "--format", "csv")
            let written = try bench.text("kept/exfiltration.csv")
            #expect(csv.code == 0 && csv.output == written)
            let windows = try bench.run("project", "kept", "--format", "windows-csv")
            let losses = try bench.text("kept/windows.csv")
            #expect(windows.code == 0 && windows.output == losses)
            let markdown = try bench.run("project", "kept", "--format", "markdown")
            #expect(markdown.code == 0 && markdown.output.contains("\n## How long the theft"))
            let text = try bench.run("project", "kept")
            #expect(text.code == 0 && !text.output.contains("**"))
            #expect(text.output == markdown.output.replacing("**", with: ""))
            #expect(csv.error.isEmpty && text.error.isEmpty)

            try projectsOthers(bench)
            #expect(try bench.text("kept/run.json") == stored)
        }

        private func projectsOthers(_ bench: Bench) throws {
            let other = try bench.run(
                "project", "kept", "--datasets", "1P", "--windows", "2h", "--identities", "1,10",
                "--throttle", "{ token-bucket: { rate: 50/s, burst: 10 }, scope: per-client }",
                "--records-per-operation", "10", "--format", "csv")
            try #require(other.code == 0, "\(other.error)")
            try bench.write(other.output, to: "other.csv")
            let rows = try CSVReader.read(bench.path("other.csv")).rows
            // A sprint, and those who hide, behind each of two throttles for each identity.
            let thieves = ["sprint", "creep", "fill", "pulse", "harvest"]
            #expect(rows.map { $0["attacker"] } == Array(repeatElement(thieves, count: 4).joined()))
            #expect(rows.allSatisfy { $0["dataset_records"] == "1000000000000000" })
            let sprints = rows.filter { $0["attacker"] == "sprint" }
            #expect(sprints.map { $0["identities"] } == ["1", "10", "1", "10"])
            // 10¹⁴ calls less a burst of ten for each identity, at fifty a second each.
            let seconds = sprints.suffix(2).compactMap { Double($0["seconds"] ?? "") }
            let expected: [Double] = [1_999_999_999_999.8, 199_999_999_999.8]
            #expect(seconds == expected)
            let words = try bench.run("project", "kept", "--datasets", "1P", "--windows", "2h")
            #expect(words.output.contains("1 quadrillion records"))
            #expect(words.output.contains("stopped after 2 hours"))
        }

        @Test("the printed scenario is one that can be run, and a plan measures nothing")
        func scenarioFeedsBack() throws {
            let bench = try Bench()
            let printed = try bench.run("scenario")
            #expect(printed.code == 0 && printed.error.isEmpty)
            try bench.write(printed.output, to: "mine.yaml")
            let planned = try bench.run("run", "mine.yaml", "--dry-run", "--seed", "7")
            let builtIn = try bench.run("run", "--dry-run", "--seed", "7")
            #expect(planned.code == 0 && planned.output == builtIn.output)
            #expect(planned.output.contains("aes-gcm-256/256B/closed-4/token-bucket-500ps-100"))
            // For each of two mechanisms five loads, two throttles, the baseline and the floor.
            #expect(planned.output.contains("\n18 cells on softhsm, about "))
            #expect(planned.output.contains("seed 7\nThe device gets as many calls"))
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }

        @Test("a seed that is given twice gives the same order of rounds")
        func seedRepeats() throws {
            let bench = try Bench()
            var orders: [[String?]] = []
            for name in ["first", "second"] {
                let ended = try bench.run(
                    "measure", "--duration", "10ms", "--rounds", "2", "--closed", "1,2",
                    "--mechanism", "aes-gcm", "--throttle", "none", "--seed", "11", "--output",
                    name)
                try #require(ended.code == 0, "\(ended.error)")
                orders.append(
                    try CSVReader.read(bench.path("\(name)/rounds.csv")).rows.map { $0["order"] })
            }
            #expect(orders[0] == orders[1] && orders[0].count == 10)
        }
    }
}
