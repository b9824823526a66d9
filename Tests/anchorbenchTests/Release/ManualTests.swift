import Foundation
import Testing

extension CommandTests {
    @Suite("The manual")
    struct ManualTests {
        private let bench: Bench

        init() throws {
            bench = try Bench()
            let ended = try bench.script("manual", try BuildFolder.command().path, "man")
            try #require(ended.code == 0 && ended.error.isEmpty, "\(ended.error)")
        }

        @Test("each command has a page, those below a command too, and hidden ones have none")
        func pages() throws {
            let pages = try bench.files(below: "man")
            for name in ["", "-run", "-compare", "-gate", "-gate-create", "-drill"] {
                #expect(pages.contains("anchorbench\(name).1"), "\(name)")
            }
            #expect(!pages.contains { $0.contains("worker") || $0.contains("stage") })
            for page in pages {
                let text = try bench.text("man/\(page)")
                for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS"] {
                    #expect(text.contains("\n.SH \(heading)\n"), "\(page): \(heading)")
                }
            }
        }

        @Test("a page refers only to pages that there are")
        func references() throws {
            let pages = Set(try bench.files(below: "man"))
            for page in pages {
                for reference in try bench.text("man/\(page)").matches(
                    of: /\\fB(anchorbench[a-z\\-]*)\\fR\(1\)/)
                {
                    let name = reference.1.replacing("\\-", with: "-")
                    #expect(pages.contains("\(name).1"), "\(page): \(name)")
                }
            }
        }

        @Test("the pages are dated by SOURCE_DATE_EPOCH, and are the same when written again")
        func dated() throws {
            let command = try BuildFolder.command().path
            let line = "SOURCE_DATE_EPOCH=86400 \"$0\" \"$1\" \"$2\""
            for folder in ["one", "two"] {
                let ended = try bench.bash("-c", line, Bench.path(of: "manual"), command, folder)
                try #require(ended.code == 0, "\(ended.error)")
            }
            for page in try bench.files(below: "one") {
                let text = try bench.text("one/\(page)")
                #expect(text.hasPrefix(".TH ") && text.prefix(80).contains(" 1970-01-02 "))
                #expect(try bench.text("two/\(page)") == text)
            }
        }

        @Test(
            "man shows every page without a warning, and an example as it is typed",
            .enabled(if: manIsThere, "no /usr/bin/man, so the pages were not shown"))
        func shown() throws {
            for page in try bench.files(below: "man") {
                let ended = try Running(
                    URL(filePath: "/usr/bin/man"),
                    ["--warnings", "--local-file", bench.path("man/\(page)")], bench,
                    ["MANWIDTH": "80", "LC_ALL": "C.UTF-8"]
                ).wait()
                #expect(ended.code == 0 && ended.error.isEmpty, "\(page): \(ended.error)")
                guard page == "anchorbench-run.1" else { continue }
                let lines = ended.lines.map { $0.trimmingCharacters(in: .whitespaces) }
                #expect(lines.contains("anchorbench run --mechanism aes-gcm --anchor \\"))
                #expect(
                    lines.contains(
                        "'pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:HSM_PIN'"))
                #expect(lines.contains("-o, --output folder"))
            }
        }

        @Test("a program that describes itself otherwise gets one sentence")
        func otherProgram() throws {
            for program in ["/bin/true", "/bin/false", bench.path("none")] {
                let ended = try bench.script("manual", program, "other")
                #expect(ended.code == 69 && ended.error.hasPrefix("manual: "), "\(program)")
                #expect(ended.error.contains(program) && !ended.error.contains("Traceback"))
            }
        }
    }
}

private let manIsThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/man")
