import Foundation
import Testing

extension CommandTests {
    /// On an archive in small: the script calls nothing of the command but its `--version`.
    @Suite("The install script of a release")
    struct InstallTests {
        private let bench: Bench

        init() throws {
            bench = try Bench()
            try unpack("archive", version: "1.2.3")
        }

        /// Lays out what an unpacked archive holds.
        private func unpack(_ name: String, version: String, page: String = "a.md") throws {
            let ended = try bench.bash(
                "-c",
                """
                umask 022
                mkdir -p "$1"/{bin,lib/anchorbench,share/doc/anchorbench,share/man/man1}
                cd "$1"
                cp "$3" lib/anchorbench/install
                ln -s lib/anchorbench/install install
                printf '#!/bin/sh\\necho "%s"\\n' "$2" > lib/anchorbench/anchorbench
                chmod +x lib/anchorbench/anchorbench
                ln -s ../lib/anchorbench/anchorbench bin/anchorbench
                touch lib/anchorbench/libanchorgate.so "share/doc/anchorbench/$4"
                touch share/man/man1/anchorbench.1
                """, "bash", name, version, Bench.path(of: "install"), page)
            try #require(ended.code == 0, "\(ended.error)")
        }

        private func install(
            _ arguments: String, from archive: String = "archive"
        ) throws -> Ended {
            try bench.bash("-c", "\(archive)/install \(arguments)")
        }

        private func files() throws -> [String] { try bench.files(below: "prefix") }

        @Test("everything goes below the prefix, the command by a link, and comes away again")
        func roundTrip() throws {
            let ended = try install("--prefix prefix")
            #expect(ended.code == 0, "\(ended.error)")
            #expect(ended.output.contains("1.2.3 is installed: \(bench.path("prefix/bin"))"))
            #expect(ended.output.contains("Put \(bench.path("prefix/bin")) on your PATH."))
            #expect(
                try files() == [
                    "bin/anchorbench", "lib/anchorbench/anchorbench", "lib/anchorbench/install",
                    "lib/anchorbench/installed", "lib/anchorbench/libanchorgate.so",
                    "share/doc/anchorbench/a.md", "share/man/man1/anchorbench.1",
                ])
            let called = try bench.bash("-c", "rm -r archive; prefix/bin/anchorbench")
            #expect(called.code == 0 && called.output == "1.2.3\n")
            let removed = try bench.bash("-c", "prefix/lib/anchorbench/install --uninstall")
            #expect(removed.code == 0, "\(removed.error)")
            #expect(!FileManager.default.fileExists(atPath: bench.path("prefix")))
        }

        @Test("another's file stays when it is taken away, and so does its folder")
        func foreignStays() throws {
            _ = try bench.bash("-c", "mkdir -p prefix/bin && touch prefix/bin/theirs")
            #expect(try install("--prefix prefix").code == 0)
            _ = try bench.bash("-c", "touch prefix/share/theirs")
            #expect(try install("--prefix prefix --uninstall").code == 0)
            #expect(try files() == ["bin/theirs", "share/theirs"])
            #expect(!FileManager.default.fileExists(atPath: bench.path("prefix/lib")))
        }

        @Test("another's file is not overwritten, and nothing is installed")
        func foreignRefused() throws {
            _ = try bench.bash("-c", "mkdir -p prefix/bin && echo theirs > prefix/bin/anchorbench")
            let ended = try install("--prefix prefix")
            #expect(ended.code == 73 && ended.output.isEmpty)
            #expect(ended.error.contains("'\(bench.path("prefix/bin/anchorbench"))' is not of an"))
            #expect(try files() == ["bin/anchorbench"])
            #expect(try bench.text("prefix/bin/anchorbench") == "theirs\n")
        }

        @Test("another version takes the place of the one before, which leaves nothing")
        func upgraded() throws {
            try unpack("newer", version: "1.3.0", page: "b.md")
            #expect(try install("--prefix prefix").code == 0)
            #expect(try install("--prefix prefix", from: "newer").code == 0)
            #expect(try bench.bash("-c", "prefix/bin/anchorbench").output == "1.3.0\n")
            #expect(try files().filter { $0.hasSuffix(".md") } == ["share/doc/anchorbench/b.md"])
            #expect(try install("--prefix prefix --uninstall").code == 0)
            #expect(!FileManager.default.fileExists(atPath: bench.path("prefix")))
        }

        @Test("a command that does not start is not installed, and why is said")
        func doesNotStart() throws {
            let broken = "#!/bin/sh\necho 'libcrypto.so.3: cannot open' >&2\nexit 127\n"
            try bench.write(broken, to: "archive/lib/anchorbench/anchorbench")
            _ = try bench.bash("-c", "chmod +x archive/lib/anchorbench/anchorbench")
            let ended = try install("--prefix prefix")
            #expect(ended.code == 69 && ended.error.contains("libcrypto.so.3: cannot open"))
            #expect(ended.error.contains("apt-get install libssl3 libsqlite3-0 zlib1g"))
            #expect(!FileManager.default.fileExists(atPath: bench.path("prefix")))
        }

        @Test("where nothing is installed, or nothing can be, one sentence says so")
        func refused() throws {
            let nothing = try install("--prefix prefix --uninstall")
            #expect(nothing.code == 66 && nothing.error.contains("is not installed under"))
            try bench.write("", to: "file")
            let unwritable = try install("--prefix file/below")
            #expect(unwritable.code == 73 && unwritable.error.contains("file/below' cannot be"))
            let valueless = try install("--prefix")
            #expect(valueless.code == 64 && valueless.error.contains("--prefix takes a folder"))
            #expect(try install("--prefix prefix").code == 0)
            let again = try bench.bash("-c", "prefix/lib/anchorbench/install")
            #expect(again.code == 66 && again.error.contains("is where anchorbench is installed"))
        }
    }
}
