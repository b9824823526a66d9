import Foundation
import Testing

extension CommandTests {
    /// What needs no build of its own; a whole archive is tried by `Scripts/release --check`.
    @Suite("What a release holds beside the command")
    struct ReleaseTests {
        @Test("the version is told with the commit, or alone where no commit is known")
        func version() throws {
            let ended = try Bench().run("--version")
            #expect(ended.code == 0 && ended.error.isEmpty)
            let form = /[0-9]+\.[0-9]+\.[0-9]+( \([0-9a-f]{12}(\+dirty)?\))?\n/
            #expect(ended.output.wholeMatch(of: form) != nil, "\(ended.output)")
        }

        @Test(
            "bash completes commands and options, and no hidden command",
            arguments: [
                ("anchorbench thr", ["threshold"]), ("anchorbench run --mech", ["--mechanism"]),
                ("anchorbench gate res", ["restore"]), ("anchorbench work", []),
            ])
        func bash(line: String, completed: [String]) throws {
            let bench = try Bench()
            try bench.write(try completions("bash", bench), to: "completions")
            let script = """
                source completions
                complete -p anchorbench > /dev/null || exit 1
                read -ra COMP_WORDS <<< "$1"
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1)) COMP_LINE=$1 COMP_POINT=${#1}
                _anchorbench anchorbench "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
                printf '%s\\n' "${COMPREPLY[@]}"
                """
            let ended = try bench.bash("-c", script, "bash", line)
            #expect(ended.code == 0 && ended.error.isEmpty, "\(ended.error)")
            #expect(ended.lines == completed, "\(line)")
        }

        @Test(
            "zsh and fish read their completions",
            arguments: [("zsh", ["-n"]), ("fish", ["--no-execute"])])
        func otherShells(name: String, onlyRead: [String]) throws {
            let bench = try Bench()
            let text = try completions(name, bench)
            #expect(text.contains("threshold") && text.contains("max-rate"))
            #expect(!text.contains("worker"))
            try bench.write(text, to: "completions")
            let shell = URL(filePath: "/usr/bin/\(name)")
            guard FileManager.default.isExecutableFile(atPath: shell.path) else { return }
            let ended = try Running(shell, onlyRead + ["completions"], bench, [:]).wait()
            #expect(ended.code == 0 && ended.error.isEmpty, "\(ended.error)")
        }

        @Test("what needs a Swift runtime of this machine is not packed, and that is named")
        func needsSwift() throws {
            let bench = try Bench()
            let build = try BuildFolder.command().deletingLastPathComponent().path
            let ended = try bench.script("release", "--build", build, "--output", "out")
            #expect(ended.code == 69 && ended.output.isEmpty)
            #expect(ended.error.hasPrefix("release: '\(build)/anchorbench' needs "))
            #expect(ended.error.contains("libswiftCore.so"), "\(ended.error)")
            #expect(ended.error.split(separator: "\n").count == 1)
            #expect(!FileManager.default.fileExists(atPath: bench.path("out")))
        }

        @Test("a folder without a build is not packed")
        func noBuild() throws {
            let bench = try Bench()
            let ended = try bench.script("release", "--build", bench.folder.path)
            #expect(ended.code == 69 && ended.error.contains("there is no '\(bench.folder.path)/"))
        }

        @Test(
            "an option that no script has is wrong usage",
            arguments: ["release", "release-check", "install", "manual"])
        func unknownOption(of script: String) throws {
            let ended = try Bench().script(script, "--bild")
            #expect(ended.code == 64 && ended.output.isEmpty)
            #expect(ended.error.hasPrefix("\(script): "), "\(ended.error)")
            #expect(ended.error.split(separator: "\n").count == 1, "\(ended.error)")
        }

        private func completions(_ shell: String, _ bench: Bench) throws -> String {
            let ended = try bench.run("--generate-completion-script", shell)
            try #require(ended.code == 0, "\(ended.error)")
            return ended.output
        }
    }
}

extension Bench {
    /// The path of a script of `Scripts`.
    static func path(of script: String) -> String {
        URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Scripts/\(script)").path
    }

    /// Runs a script of `Scripts` to its end.
    func script(_ name: String, _ arguments: String...) throws -> Ended {
        try Running(URL(filePath: Self.path(of: name)), arguments, self, [:]).wait()
    }

    /// Runs bash to its end.
    func bash(_ arguments: String...) throws -> Ended {
        try Running(URL(filePath: "/bin/bash"), arguments, self, [:]).wait()
    }
}
