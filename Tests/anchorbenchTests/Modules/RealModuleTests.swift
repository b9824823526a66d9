import Foundation
import Glibc
import Results
import Testing

extension CommandTests {
    /// `Scripts/test` has fetched what the scripts need, so that here they fetch nothing.
    @Suite("A short matrix on real modules, as Benchmarks/modules sets them up")
    struct RealModuleTests {
        /// A load of one caller. Rounds of less than 100 ms are not judged by what the hypervisor
        /// took, which is nothing of the module's.
        private static let short = [
            "--quick", "--rounds", "1", "--duration", "50ms", "--closed", "1", "--throttle", "none",
        ]

        /// The cells of the anchor itself in a run, by their mechanism.
        private func cells(_ bench: Bench, _ folder: String) throws -> [String: [String: String]] {
            let rows = try CSVReader.read(bench.path("\(folder)/cells.csv")).rows
            let own = rows.filter { $0["anchor"]?.hasPrefix("pkcs11:") == true }
            return Dictionary(uniqueKeysWithValues: own.map { ($0["mechanism"] ?? "", $0) })
        }

        private func load(_ bench: Bench, _ folder: String) throws -> Run {
            try Run(json: Data(contentsOf: URL(filePath: bench.path("\(folder)/run.json"))))
        }

        @Test(
            "what a module has is VALID, what it lacks INVALID with its code, and nothing is left",
            arguments: RealModule.all)
        func measures(module: RealModule) throws {
            let bench = try Bench()
            let ended = try bench.startScript(
                module.script,
                module.arguments + ["run", "--mechanism", module.mechanisms, "--output", "out"]
                    + Self.short
            ).wait()
            try #require(ended.code == 0, "\(ended.error)")
            #expect(ended.lines.last == "out/report.md")
            try bench.expectNothingLeft()
            let cells = try cells(bench, "out")
            #expect(cells.count == module.has.count + module.lacks.count)
            for (mechanism, believed) in module.has {
                let cell = try #require(cells[mechanism])
                let row = Comment(rawValue: "\(cell)")
                #expect(cell["verdict"] == "VALID" && cell["errors"] == "0", row)
                #expect(cell["key_kind"] == (module.isSession ? "session" : "token"), row)
                #expect(UInt64(cell["operations"] ?? "") ?? 0 > 0, row)
                let rate = try #require(Double(cell["throughput_per_second"] ?? ""), row)
                #expect(believed.contains(rate), row)
            }
            for (mechanism, name) in module.lacks {
                let cell = try #require(cells[mechanism])
                let row = Comment(rawValue: "\(cell)")
                #expect(cell["verdict"] == "INVALID" && cell["operations"] == "0", row)
                let reasons = cell["reasons"] ?? ""
                #expect(reasons.contains(" lists no \(name)"), row)
                #expect(reasons.contains("CKR_MECHANISM_INVALID"), row)
            }
        }

        @Test("a mechanism that a module lists and then fails costs its own cells alone")
        func failing() throws {
            let bench = try Bench()
            let ended = try bench.startScript(
                "tpm2",
                ["run", "--mechanism", "aes-cbc-pad,aes-cbc", "--output", "out"] + Self.short
            ).wait()
            try #require(ended.code == 0, "\(ended.error)")
            let run = try load(bench, "out")
            let own = run.cells.filter(\.cell.isAnchored)
            let padded = try #require(own.first { $0.cell.mechanism == "aes-cbc-pad" })
            #expect(!padded.verdict.isValid && padded.operations == 0)
            #expect(padded.rounds.flatMap(\.errors.keys).contains("CKR_GENERAL_ERROR"))
            let plain = try #require(own.first { $0.cell.mechanism == "aes-cbc" })
            #expect(plain.verdict.isValid && plain.operations > 0)
            try bench.expectNothingLeft()
        }

        @Test(
            "a script that is told to stop lets the command keep its rounds, and takes all down",
            arguments: ["softhsm", "nss", "opencryptoki", "tpm2", "p11-kit"])
        func stopped(script: String) throws {
            let bench = try Bench()
            let running = try bench.startScript(
                script,
                [
                    "measure", "--mechanism", "rsa-oaep", "--output", "out", "--rounds", "1000",
                    "--duration", "200ms", "--closed", "1", "--throttle", "none",
                ])
            try bench.wait {
                guard let run = try? load(bench, "out") else { return false }
                return run.cells.contains { $0.operations > 0 && $0.cell.isAnchored }
            }
            #expect(try !bench.heirs.isEmpty)
            running.send(SIGTERM)
            let ended = try running.wait()
            #expect(ended.code == 130, "\(ended.error)")
            #expect(try load(bench, "out").partial == "it was interrupted")
            try bench.expectNothingLeft()
        }

        @Test("a script that is stopped while it makes the token leaves nothing either")
        func stoppedEarly() throws {
            for script in ["softhsm", "opencryptoki", "tpm2"] {
                var (bench, ended) = try stopEarly(script)
                // On a busy machine it may be over before it is told.
                for _ in 1...4 where ended.code == 0 { (bench, ended) = try stopEarly(script) }
                #expect(ended.code == 143 && ended.output.isEmpty, "\(script): \(ended.error)")
                try bench.expectNothingLeft()
            }
        }

        /// Tells a script to stop once it has begun.
        private func stopEarly(_ script: String) throws -> (Bench, Ended) {
            let bench = try Bench()
            let running = try bench.startScript(script, ["doctor"])
            try bench.wait { try !bench.leftovers.isEmpty }
            running.send(SIGTERM)
            return (bench, try running.wait())
        }

        @Test("another command is told where the token is, and its exit code is the script's")
        func anotherCommand() throws {
            let bench = try Bench()
            let list = "pkcs11-tool --module $MODULE --token-label $TOKEN --login --pin $PIN -O"
            let ended = try bench.startScript(
                "softhsm", ["--exec", "sh", "-c", "echo \"$KEY $ANCHOR\"; \(list); exit 7"]
            ).wait()
            #expect(ended.code == 7, "\(ended.error)")
            #expect(
                ended.lines.first?.hasPrefix("records pkcs11:token=records;object=records?")
                    == true)
            for kind in ["Secret Key", "Private Key", "Public Key"] {
                #expect(ended.output.contains("\(kind) Object"), "\(ended.output)")
            }
            try bench.expectNothingLeft()
        }

        @Test("the keys of a script can be carried off by nobody, where its tools can see to that")
        func goodAnchors() throws {
            for script in ["softhsm", "tpm2"] {
                let bench = try Bench()
                let ended = try bench.startScript(script, ["doctor"]).wait()
                #expect(ended.code == 0, "\(ended.error)")
                #expect(ended.lines.first?.hasPrefix("No key can be carried off") == true)
            }
        }

        @Test("what a script cannot do is refused with 64 and one sentence")
        func refused() throws {
            let bench = try Bench()
            let cases: [(arguments: [String], sentence: String)] = [
                ([], "tpm2: name what to run, such as 'tpm2 doctor': see --help\n"),
                (["--session", "doctor"], "tpm2: there is no option '--session': see --help\n"),
                (
                    ["--session-key", "doctor"],
                    "tpm2: --session-key: tpm2-pkcs11 makes no keys of a session (C_GenerateKey "
                        + "answers CKR_FUNCTION_NOT_SUPPORTED): leave it out\n"
                ),
            ]
            for (arguments, sentence) in cases {
                let ended = try bench.startScript("tpm2", arguments).wait()
                #expect(ended.code == 64 && ended.output.isEmpty)
                #expect(ended.error == sentence)
            }
            try bench.expectNothingLeft()
        }

        @Test("the matrix goes on where a module is not there, and compares what it measured")
        func matrix() throws {
            let bench = try Bench()
            let missing = ["NSS_MODULE": "/nonexistent/libsoftokn3.so"]
            let short = [
                "--quick", "--rounds", "1", "--duration", "50ms", "--mechanisms", "rsa-oaep",
                "--output", "out",
            ]
            let ended = try bench.startScript(
                "matrix", ["--modules", "nss,softhsm"] + short, environment: missing
            ).wait()
            try #require(ended.code == 0, "\(ended.error)")
            #expect(ended.lines.last == "out/comparison/report.md")
            #expect(
                ended.error.contains("nss: there is no /nonexistent/libsoftokn3.so, the module\n"))
            #expect(ended.error.contains("matrix: nss with a stored key was not measured"))
            let rows = try CSVReader.read(bench.path("out/comparison/anchors.csv")).rows
            #expect(rows.compactMap { $0["anchor"] }.sorted() == ["softhsm", "softhsm-session"])
            #expect(Set(rows.map { $0["key_kind"] }) == ["token", "session"])
            let again = try bench.startScript("matrix", ["--modules", "softhsm"] + short).wait()
            #expect(again.code == 73 && again.error.contains("out/softhsm is there already"))
            let page = try bench.startScript("matrix", ["--modules", "p11-kit"] + short).wait()
            #expect(page.code == 73)
            #expect(page.error.contains("out/comparison is there already"))
            let elsewhere = short.dropLast() + ["other"]
            let single = try bench.startScript(
                "matrix", ["--modules", "tpm2"] + elsewhere
            ).wait()
            #expect(single.code == 0, "\(single.error)")
            #expect(single.error.contains("nothing to compare it with"))
            let none = try bench.startScript(
                "matrix", ["--modules", "nss"] + elsewhere, environment: missing
            ).wait()
            #expect(none.code == 69)
            #expect(none.error.hasSuffix("matrix: no module was measured\n"))
            try bench.expectNothingLeft()
        }
    }
}
