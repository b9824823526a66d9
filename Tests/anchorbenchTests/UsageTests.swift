import Foundation
import Testing

extension CommandTests {
    @Suite("Wrong use, and what the command says of itself")
    struct UsageTests {
        @Test("an unknown flag is wrong usage")
        func unknownFlag() throws {
            let ended = try Bench().run("run", "--roundz", "1")
            #expect(ended.code == 64 && ended.output.isEmpty)
            #expect(ended.error.contains("--roundz"))
        }

        @Test("no command is wrong usage, and gets the help on standard error")
        func noCommand() throws {
            let ended = try Bench().run(arguments: [])
            #expect(ended.code == 64 && ended.output.isEmpty)
            #expect(ended.error.contains("USAGE: anchorbench"), "\(ended.error)")
            #expect(ended.error.hasSuffix("anchorbench: name a command\n"), "\(ended.error)")
            #expect(try Bench().run("help").code == 0)
        }

        @Test(
            "a scenario without a key is a bad file, and measures nothing",
            arguments: ["", "# all of it was a comment\n"])
        func emptyScenario(text: String) throws {
            let bench = try Bench()
            try bench.write(text, to: "cut.yaml")
            for arguments in [
                ["measure", "cut.yaml", "--dry-run"], ["duel", "softhsm", "cut.yaml"],
            ] {
                let ended = try bench.run(arguments: arguments)
                #expect(ended.code == 65 && ended.output.isEmpty, "\(arguments)")
                #expect(ended.error.contains("cut.yaml states nothing"), "\(ended.error)")
                #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
            }
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
        }

        @Test("a file where a folder is wanted, and a folder for a file, are bad input")
        func wrongKind() throws {
            let bench = try Bench()
            try bench.write("name: mine\n", to: "mine.yaml")
            try FileManager.default.createDirectory(
                atPath: bench.path("empty"), withIntermediateDirectories: true)
            let cases = [
                (["measure", ".", "--for-gate"], "'.' is a folder, and no scenario"),
                (["report", "mine.yaml"], "mine.yaml' is a file: name the folder of a run"),
                (["project", "empty"], "empty' holds no run"),
            ]
            for (arguments, told) in cases {
                let ended = try bench.run(arguments: arguments)
                #expect(ended.code == 65 && ended.output.isEmpty, "\(arguments)")
                #expect(ended.error.contains(told), "\(ended.error)")
            }
        }

        @Test(
            "a value with a minus is read, and refused as one out of range",
            arguments: [
                ["compare", "a", "b", "--tolerance", "-5%"],
                ["duel", "softhsm", "softhsm", "--blocks", "-8"],
                ["measure", "--rounds", "-1"], ["measure", "--duration", "-5ms"],
                ["measure", "--closed", "-1"], ["measure", "--max-rate", "-5/s"],
                ["drill", "--rows", "-5"], ["drill", "--callers", "-1"],
            ])
        func negative(arguments: [String]) throws {
            let ended = try Bench().run(arguments: arguments)
            let (option, value) = (arguments[arguments.count - 2], arguments[arguments.count - 1])
            #expect(ended.code == 64 && ended.output.isEmpty, "\(arguments)")
            #expect(ended.error.contains(option) && ended.error.contains(value))
            #expect(!ended.error.contains("Missing value"), "\(ended.error)")
        }

        @Test("what has no meaning together is refused")
        func contradictions() throws {
            let bench = try Bench()
            let quick = try bench.run("measure", "--for-gate", "--quick")
            #expect(quick.code == 64 && quick.error.contains("--quick is a first look"))
            let store = try bench.run("compare", "a", "b", "--store", "s")
            #expect(store.code == 64 && store.error.contains("--store s goes with --baseline auto"))
        }

        @Test("a plan says why cells stand in it that no load names")
        func comparisons() throws {
            let ended = try Bench().run("measure", "--closed", "1", "--dry-run")
            #expect(ended.code == 0 && ended.output.contains("/openssl"), "\(ended.error)")
            #expect(ended.output.contains("Whatever the scenario's loads, 'openssl' is measured"))
        }

        @Test("an unknown key names its line and the key that is meant")
        func unknownKey() throws {
            let bench = try Bench()
            try bench.write("name: mine\nload:\n  closd: [1]\n", to: "mine.yaml")
            let ended = try bench.run("run", "mine.yaml")
            #expect(ended.code == 65 && ended.output.isEmpty)
            #expect(
                ended.error
                    == "anchorbench: mine.yaml, line 3: 'closd' is unknown; did you mean "
                    + "'closed'?\n")
        }

        @Test("a bad value of a flag is wrong usage, and tells the flag and what is read")
        func badValue() throws {
            let ended = try Bench().run("run", "--duration", "soon")
            #expect(ended.code == 64)
            #expect(ended.error.contains("--duration") && ended.error.contains("'soon'"))
        }

        @Test("a throttle that is none is told with its place, its value and the reason")
        func badThrottle() throws {
            let bench = try Bench()
            try bench.write(
                """
                name: mine
                throttles:
                  - none
                  - token-bucket:
                      rate: 500/s
                      burst: 0
                """, to: "mine.yaml")
            let file = try bench.run("run", "mine.yaml")
            #expect(file.code == 65 && file.output.isEmpty)
            #expect(
                file.error
                    == "anchorbench: mine.yaml, line 6: 'throttles.token-bucket.burst': '0' must "
                    + "lie between 1 and 1G\n")
            let flag = try bench.run(
                "run", "--mechanism", "aes-gcm", "--throttle",
                "{ token-bucket: { rate: 5/s }, charge: { bytes: 256 } }")
            #expect(flag.code == 64 && flag.output.isEmpty)
            #expect(
                flag.error
                    == "anchorbench: --throttle: the throttle 'token-bucket-5ps-1-per-256B' can "
                    + "never admit a call on a record of 256B with aes-gcm: it charges 2 units "
                    + "for its 272 bytes of ciphertext, and lets 1 pass at once at most; raise "
                    + "'burst' to 2, or charge one unit for more bytes\n")
        }

        @Test("a PIN in the URI is refused with the reason, and not repeated")
        func pinInURI() throws {
            let ended = try Bench().run(
                "run", "--anchor", "pkcs11:token=t?module-path=/m.so&pin-value=271828")
            #expect(ended.code == 64)
            #expect(ended.error.contains("pin-source") && !ended.error.contains("271828"))
        }

        @Test(
            "a number below 0 is told as one, and not as a value that is missing",
            arguments: [
                ["threshold", "mine", "--dataset", "-5"], ["project", "mine", "--draws", "-1k"],
                ["run", "--rounds", "-2"], ["measure", "--duration", "-.5s"],
            ])
        func negative(_ arguments: [String]) throws {
            let ended = try Bench().run(arguments: arguments)
            #expect(ended.code == 64 && ended.output.isEmpty)
            let typed = arguments.suffix(2).joined(separator: " ")
            #expect(
                ended.error.contains("\(typed): the value must be positive"), "\(ended.error)")
            #expect(!ended.error.contains("Missing value"), "\(ended.error)")
        }

        @Test("a value that is missing is still told so, and one that is tied is read")
        func missingValue() throws {
            let flag = try Bench().run("run", "--rounds", "--quick")
            #expect(flag.code == 64 && flag.error.contains("Missing value"), "\(flag.error)")
            let tied = try Bench().run("run", "--rounds=-2")
            #expect(tied.code == 64 && tied.error.contains("'-2'"), "\(tied.error)")
        }

        @Test("a scenario, a run and a variable that are not there are missing")
        func missing() throws {
            let bench = try Bench()
            for arguments in [["run", "none.yaml"], ["report", "none"], ["project", "none"]] {
                let ended = try bench.run(arguments[0], arguments[1])
                #expect(ended.code == 66 && ended.output.isEmpty, "\(arguments)")
                #expect(ended.error.contains(arguments[1]), "\(ended.error)")
            }
            try FileManager.default.createDirectory(
                atPath: bench.path("empty"), withIntermediateDirectories: true)
            for command in ["report", "project", "threshold"] {
                let none = try bench.run(command, "none")
                #expect(none.code == 66 && none.output.isEmpty, "\(none.error)")
                #expect(
                    none.error
                        == "anchorbench: there is no 'none': name the folder of a run, such as "
                        + "'anchorbench measure --output FOLDER' makes\n")
                let empty = try bench.run(command, "empty")
                #expect(empty.code == 65, "\(empty.error)")
                #expect(empty.error.contains("'empty' holds no run"), "\(empty.error)")
            }
            let module = try BuildFolder.scriptedModule().path
            let ended = try bench.run(
                "doctor", "--anchor", "pkcs11:token=t?module-path=\(module)&pin-source=env:NO_PIN")
            #expect(ended.code == 66 && ended.error.contains("NO_PIN"))
        }

        @Test("a damaged run is a bad input, said in one line")
        func damagedRun() throws {
            let bench = try Bench()
            try FileManager.default.createDirectory(
                atPath: bench.path("bad"), withIntermediateDirectories: true)
            for text in ["{", "{\"schemaVersion\": 99}", "{\"schemaVersion\": 1}"] {
                try bench.write(text, to: "bad/run.json")
                let ended = try bench.run("report", "bad")
                #expect(ended.code == 65, "\(text)")
                #expect(ended.error.hasPrefix("anchorbench: run.json"), "\(ended.error)")
            }
        }

        @Test("an output that holds a run, or that cannot be made, is not written to")
        func output() throws {
            let bench = try Bench()
            try FileManager.default.createDirectory(
                atPath: bench.path("old"), withIntermediateDirectories: true)
            try bench.write("{}", to: "old/run.json")
            try bench.write("", to: "file")
            for folder in ["old", "file/below"] {
                let ended = try bench.run("run", "--quick", "--output", folder)
                #expect(ended.code == 73 && ended.output.isEmpty, "\(folder)")
                #expect(ended.error.contains("--output"), "\(ended.error)")
            }
            let file = try bench.run("measure", "--quick", "--output", "file")
            #expect(file.code == 73 && file.error.contains("file' is a file: name a folder with"))
            let kernel = try bench.run("measure", "--quick", "--output", "/proc/none/x")
            #expect(kernel.code == 73 && kernel.error.split(separator: "\n").count <= 2)
            #expect(kernel.error.contains("'/proc/none/x' cannot be made"), "\(kernel.error)")
            #expect(try bench.text("old/run.json") == "{}")
            #expect(try bench.leftovers.isEmpty)
        }

        @Test("a module that is not there is a matter of the device")
        func missingModule() throws {
            let bench = try Bench()
            let uri = "pkcs11:token=t?module-path=/nowhere/lib.so"
            let examined = try bench.run("doctor", "--anchor", uri)
            #expect(examined.code == 69 && examined.error.contains("/nowhere/lib.so"))
            let measured = try bench.run("run", "--anchor", uri, "--output", "out")
            #expect(measured.code == 69 && measured.error.contains("/nowhere/lib.so"))
            // A folder in which nothing was measured does not stay, nor do those above it.
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
            #expect(try bench.run("measure", "--anchor", uri).code == 69)
            #expect(!FileManager.default.fileExists(atPath: bench.path("results")))
            try FileManager.default.createDirectory(
                atPath: bench.path("mine"), withIntermediateDirectories: true)
            #expect(try bench.run("measure", "--anchor", uri, "--output", "mine/new").code == 69)
            #expect(try bench.files(below: "mine").isEmpty)
            #expect(!FileManager.default.fileExists(atPath: bench.path("mine/new")))
            #expect(FileManager.default.fileExists(atPath: bench.path("mine")))
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test("doctor tells of the embedded token without a label, and leaves nothing")
        func doctor() throws {
            let bench = try Bench()
            let ended = try bench.run("doctor")
            try #require(ended.code == 0, "\(ended.error)")
            for part in ["softhsm", "aes-gcm: can be measured", "CKA_EXTRACTABLE is false"] {
                #expect(ended.output.contains(part), "\(part)")
            }
            #expect(!ended.output.contains("anchorbench-aes-gcm"))
            // The machine comes after the anchor, graded and with its signs.
            let machine = try #require(ended.output.firstRange(of: "\nThis machine  "))
            let keys = try #require(ended.output.firstRange(of: "CKA_EXTRACTABLE is false"))
            #expect(keys.upperBound < machine.lowerBound)
            let signs = ended.output[machine.upperBound...].split(separator: "\n").dropFirst()
            #expect(signs.count == 10)
            let grades = ["quiet", "usable", "NOISY", "?"]
            for sign in signs {
                #expect(grades.contains { sign.hasPrefix("  \($0): ") }, "\(sign)")
            }
            #expect(try bench.leftovers.isEmpty && bench.workers.isEmpty)
        }

        @Test(
            "every help fits a terminal of 80 columns",
            arguments: ["", "run", "measure", "project", "report", "scenario", "doctor"])
        func help(of command: String) throws {
            let bench = try Bench()
            let ended =
                try command.isEmpty ? bench.run("--help") : bench.run(command, "--help")
            #expect(ended.code == 0 && ended.error.isEmpty)
            #expect(ended.output.contains("USAGE: anchorbench"))
            #expect(!ended.output.contains("worker <"))
            for line in ended.lines { #expect(line.count <= 80, "\(line)") }
        }
    }
}
