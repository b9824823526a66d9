import Foundation
import Glibc
import Results
import Testing

extension CommandTests {
    @Suite("The stored results")
    struct StoredResultsTests {
        private static let root = URL(fileURLWithPath: #filePath)
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        private static let results = root.appending(path: "results", directoryHint: .isDirectory)

        /// Devices of three kinds: quicker than the throttle, slower, and slower than the demand.
        private static let devices = [
            "aws-cloudhsm-hsm2m-medium-2", "azure-managed-hsm-rsa-3072",
            "azure-key-vault-hsm-rsa-4096",
        ]

        @Test(
            "what is stored of a documented device is what the command projects",
            arguments: devices)
        func projections(device: String) throws {
            let bench = try Bench()
            for (format, file) in [
                ("csv", "exfiltration.csv"), ("windows-csv", "windows.csv"),
                ("containment-csv", "containment.csv"),
            ] {
                let ended = try bench.run("project", "--device", device, "--format", format)
                try #require(ended.code == 0, "\(ended.error)")
                let isSame = try ended.output == Self.text("devices/\(device)/\(file)")
                #expect(isSame, "results/devices/\(device)/\(file): run Benchmarks/devices anew")
            }
        }

        @Test("each documented device that opens records has its folder and its row")
        func catalogue() throws {
            let bench = try Bench()
            let listed = try bench.run("devices", "--format", "csv")
            try #require(listed.code == 0, "\(listed.error)")
            try bench.write(listed.output, to: "devices.csv")
            let names = try CSVReader.read(bench.path("devices.csv")).rows
                .filter { $0["mechanism"] != "" }.compactMap { $0["name"] }
            #expect(!names.isEmpty)
            #expect(try Set(names) == Self.folders(in: "devices"))
            let links = try Self.links(on: "devices/README.md")
            #expect(names.allSatisfy { links.contains("\($0)/report.md") })
        }

        @Test("each stored run can be read, and its report made again")
        func runs() throws {
            let runs = try Self.files().filter { $0.hasSuffix("/run.json") }
                .map { String($0.dropLast("/run.json".count)) }
            #expect(runs.contains("softhsm-default") && runs.contains("modules/nss"))
            let bench = try Bench()
            for run in runs {
                let json = try Data(contentsOf: Self.results.appending(path: "\(run)/run.json"))
                #expect(try !Run(json: json).cells.isEmpty, "\(run)")
                let name = run.replacing("/", with: "-")
                try FileManager.default.copyItem(
                    at: Self.results.appending(path: run), to: bench.folder.appending(path: name))
                for made in ["report.md", "charts"] {
                    try? FileManager.default.removeItem(atPath: bench.path("\(name)/\(made)"))
                }
                let ended = try bench.run("report", name)
                #expect(ended.code == 0 && ended.lines == ["\(name)/report.md"], "\(ended.error)")
                #expect(try bench.text("\(name)/report.md").hasPrefix("# How strongly "), "\(run)")
                #expect(try bench.files(below: "\(name)/charts").count > 1, "\(run)")
            }
        }

        @Test("the index names every folder and every file")
        func index() throws {
            let page = try Self.text("README.md")
            let links = try Self.links(on: "README.md")
            let names = page.matches(of: #/`([^`\n]+)`/#).map { String($0.1) }
            for file in try Self.files() where file != "README.md" {
                let parts = file.split(separator: "/").map(String.init)
                let isLed = links.contains { $0 == file || $0.hasPrefix("\(parts[0])/") }
                #expect(isLed, "results/README.md has no link to \(parts[0])")
                // Of a folder that holds folders, its own page leads to them.
                if parts.count > 2, parts[1] != "charts", !links.contains("\(parts[0])/summary.md")
                {
                    let inner = try Self.links(on: "\(parts[0])/README.md")
                    #expect(
                        inner.contains { $0.hasPrefix("\(parts[1])/") },
                        "results/\(parts[0])/README.md has no link to \(parts[1])")
                }
                let ends = [parts.suffix(1), parts.suffix(2)].map { $0.joined(separator: "/") }
                let isNamed = names.contains { name in
                    ends.contains { fnmatch(name, $0, 0) == 0 }
                }
                #expect(
                    isNamed || links.contains(file),
                    "results/README.md does not say what \(file) is")
            }
        }

        @Test("each command that made a result can be planned")
        func commands() throws {
            let bench = try Bench()
            let scenario = "results/softhsm-mixed/scenario.yaml"
            try FileManager.default.createDirectory(
                atPath: bench.path("results/softhsm-mixed"), withIntermediateDirectories: true)
            try bench.write(Self.text("softhsm-mixed/scenario.yaml"), to: scenario)
            let folder = try BuildFolder.command().deletingLastPathComponent().path
            let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
            // What stands before the command is not needed to plan it.
            let commands = try Self.text("README.md")
                .matches(of: #/`[^`\n]*?(anchorbench [^`\n]* --output results/[^`\n]+)`/#)
                .map { String($0.1) }
            #expect(commands.count > 6)
            for command in commands {
                let ended = try Running(
                    URL(filePath: "/bin/sh"), ["-c", "\(command) --dry-run"], bench,
                    ["PATH": "\(folder):\(path)"]
                ).wait()
                #expect(ended.code == 0, "\(command): \(ended.error)")
                // A duel's plan is one of cells and blocks.
                let plan = command.contains(" duel ") ? "blocks" : "seed 1"
                #expect(ended.output.contains(plan), "\(command): \(ended.output)")
            }
        }

        @Test("each script that made a result is there and knows the options that it is given")
        func scripts() throws {
            let bench = try Bench()
            let commands = try Self.text("README.md")
                .matches(of: #/\| `(Benchmarks/[^`\n]+)` \|/#).map { $0.1.split(separator: " ") }
            #expect(commands.count > 3)
            for words in commands {
                let script = Self.root.appending(path: String(words[0]))
                let help = try Running(script, ["--help"], bench, [:]).wait()
                #expect(help.code == 0, "\(words[0]): \(help.error)")
                for option in words where option.hasPrefix("--") {
                    #expect(help.output.contains(String(option)), "\(words[0]) \(option)")
                }
            }
        }

        /// The files below the results, but for runs that were never meant to be kept.
        private static func files() throws -> [String] {
            try FileManager.default.subpathsOfDirectory(atPath: results.path).filter { path in
                var isFolder: ObjCBool = false
                let file = results.appending(path: path).path
                return !path.hasPrefix("20")
                    && FileManager.default.fileExists(atPath: file, isDirectory: &isFolder)
                    && !isFolder.boolValue
            }.sorted()
        }

        /// The names of the folders in one of the results'.
        private static func folders(in name: String) throws -> Set<String> {
            let below = try files().filter { $0.hasPrefix("\(name)/") }
                .map { $0.split(separator: "/").map(String.init) }
            return Set(below.filter { $0.count > 2 }.map { $0[1] })
        }

        private static func text(_ path: String) throws -> String {
            try String(contentsOf: results.appending(path: path), encoding: .utf8)
        }

        /// Where the links of a page lead, without the places on a page.
        private static func links(on page: String) throws -> Set<String> {
            Set(try text(page).matches(of: #/\]\(([^)#]+)/#).map { String($0.1) })
        }
    }
}
