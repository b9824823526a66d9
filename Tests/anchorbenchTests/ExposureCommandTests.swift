import Foundation
import Testing

extension CommandTests {
    @Suite("Alarms, thresholds and devices, from the command line")
    struct ExposureCommandTests {
        private static let device = "aws-cloudhsm-hsm2m-medium-2"

        @Test("devices names each document, and project takes one in place of a run")
        func devices() throws {
            let bench = try Bench()
            let listed = try bench.run("devices", "--format", "csv")
            #expect(listed.code == 0 && listed.error.isEmpty)
            try bench.write(listed.output, to: "devices.csv")
            let rows = try CSVReader.read(bench.path("devices.csv")).rows
            let row = try #require(rows.first { $0["name"] == Self.device })
            #expect(row["operations_per_second"] == "2000.0")
            #expect(rows.allSatisfy { !($0["source"] ?? "").isEmpty })
            let projected = try bench.run("project", "--device", Self.device)
            #expect(projected.code == 0 && projected.error.isEmpty)
            #expect(projected.output.hasPrefix("From a document, not measured: AWS CloudHSM"))
            #expect(projected.output.contains("No latency is documented"))
            let unknown = try bench.run("project", "--device", "aws-cloudhsm-hsm2m-medium-7")
            #expect(unknown.code == 66 && unknown.error.contains(Self.device))
            let neither = try bench.run("project")
            #expect(neither.code == 64)
        }

        @Test(
            "a documented device is for project, to which the others point",
            arguments: [
                ["threshold", "--device", "luna"], ["threshold", "mine", "--device=luna"],
                ["capacity", "--slo", "p99<20ms", "--device", "luna"],
            ])
        func documentedOnly(_ arguments: [String]) throws {
            let ended = try Bench().run(arguments: arguments)
            #expect(ended.code == 64 && ended.output.isEmpty)
            #expect(
                ended.error.contains("'anchorbench project --device luna'"), "\(ended.error)")
            #expect(!ended.error.contains("Unknown option"), "\(ended.error)")
        }

        @Test("the same seed gives the same bytes, however the work was shared out")
        func repeats() throws {
            let bench = try Bench()
            let first = try bench.run(
                "project", "--device", Self.device, "--format", "containment-csv")
            let second = try bench.run(
                "project", "--device", Self.device, "--format", "containment-csv")
            #expect(first.code == 0 && first.output == second.output)
            #expect(first.output.contains(",pulse,"))
        }

        @Test("a threshold is chosen for a trace, and the choice can be projected again")
        func threshold() throws {
            let bench = try Bench()
            let measured = try bench.run(
                "measure", "--quick", "--rounds", "2", "--closed", "1", "--mechanism", "aes-gcm",
                "--output", "kept")
            try #require(measured.code == 0, "\(measured.error)")
            // Two weeks of minutes, busier by day, one of them missing.
            var trace = "time,count\n"
            for minute in 0..<20_160 where minute != 5_000 {
                let hour = minute / 60 % 24
                let count = (hour > 7 && hour < 18 ? 600 : 200) + minute * 7_919 % 53
                trace += "\(1_767_225_600 + minute * 60),\(count)\n"
            }
            try bench.write(trace, to: "demand.csv")
            let chosen = try bench.run(
                "threshold", "kept", "--demand", "{ trace: demand.csv }", "--targets",
                "{ records-lost: 1M, within: 1h }")
            try #require(chosen.code == 0, "\(chosen.error)")
            #expect(chosen.output.contains("\nChoose "))
            #expect(chosen.output.contains("times by replay of the trace (target: at most 1)"))
            #expect(
                chosen.output.contains("\n\nThe trace 'demand.csv'. Read as 20,159 counts of 1m."))
            let line = try #require(
                chosen.output.split(separator: "\n").first { $0.contains("alarm: {") })
            let alarm = String(line.trimmingPrefix(#/\s*alarm: /#))
            let projected = try bench.run(
                "project", "kept", "--demand", "{ trace: demand.csv }", "--alarm", alarm)
            #expect(projected.code == 0, "\(projected.error)")
            #expect(projected.output.contains("by replay of the trace"))
            let frontier = try bench.run("threshold", "kept", "--format", "csv")
            #expect(frontier.output.hasPrefix("subject,throttle,period_seconds,threshold,"))
            try refusals(bench)
        }

        private func refusals(_ bench: Bench) throws {
            let wrong: [(arguments: [String], code: Int32, words: String)] = [
                (["--alarm", "{ datapoints-to-alarm: 4 }"], 64, "datapoints-to-alarm"),
                (["--alarm", "{ threshold: 12k }"], 64, "'exposure.demand'"),
                (["--demand", "none"], 65, "'exposure.demand' is none"),
                (["--targets", "none"], 65, "'exposure.targets' is none"),
                (["--demand", "{ mean: 9M/s, shape: flat }"], 65, "such devices"),
                (["--demand", "{ trace: nowhere.csv }"], 65, "nowhere.csv"),
                (["--demand", "600"], 64, "'600' is no rate: write 600/s"),
                (["--demand", "9M/s"], 65, "such devices"),
                (["--targets", "{ within: 0s }"], 64, "'0s' must be at least 1m"),
            ]
            try bench.write("no times here\nnor here\n", to: "empty.csv")
            let noLine = try bench.run("threshold", "kept", "--demand", "{ trace: empty.csv }")
            #expect(noLine.code == 65 && noLine.error.contains("empty.csv"), "\(noLine.error)")
            for command in ["threshold", "project"] {
                let misfit = try bench.run(
                    command, "kept", "--demand", "{ trace: demand.csv }", "--alarm",
                    "{ period: 30s }")
                #expect(misfit.code == 65 && misfit.output.isEmpty, "\(misfit.output)")
                #expect(misfit.error.contains("a multiple of 1m"), "\(misfit.error)")
            }
            for (arguments, code, words) in wrong {
                let ended = try bench.run("threshold", "kept", arguments[0], arguments[1])
                #expect(ended.code == code && ended.error.contains(words), "\(ended.error)")
                #expect(ended.output.isEmpty)
                #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            }
        }
    }
}
