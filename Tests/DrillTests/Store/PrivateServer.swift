import Foundation
import Testing

/// A PostgreSQL server of the tests' own, on a socket in a temporary folder.
///
/// PostgreSQL does not run as root, so then an unprivileged user runs it. A shell holds it on a
/// leash: it stops the server and removes the folder when `stop` is called, or the tests die.
final class PrivateServer: @unchecked Sendable {
    private let folder: String
    private let keeper = Process()
    private let leash = Pipe()

    /// Makes a server and waits until it answers.
    init() throws {
        folder =
            FileManager.default.temporaryDirectory.resolvingSymlinksInPath()
            .appending(path: "pg-\(UUID().uuidString.prefix(8))").path
        let output = Pipe()
        keeper.executableURL = URL(filePath: "/bin/sh")
        keeper.arguments = ["-c", Self.script, "sh", folder, try Self.programs()]
        keeper.environment = ["PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LC_ALL": "C"]
        keeper.standardInput = leash
        keeper.standardOutput = output
        keeper.standardError = FileHandle.nullDevice
        try keeper.run()
        let said = String(
            decoding: output.fileHandleForReading.availableData, as: UTF8.self)
        guard said == "ready\n" else {
            stop()
            throw Failure(description: "no PostgreSQL server started: \(said)")
        }
    }

    /// The URL of its database, for a user that may do everything.
    var url: String { url(user: "tester") }

    /// The URL for a user.
    func url(user: String) -> String { "postgres://\(user)@/postgres?host=\(folder)" }

    /// Stops it without a farewell, and removes everything of it.
    func stop() {
        try? leash.fileHandleForWriting.close()
        keeper.waitUntilExit()
    }

    private struct Failure: Error, CustomStringConvertible { let description: String }

    /// Where the programs of the newest PostgreSQL are.
    private static func programs() throws -> String {
        let top = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: top)) ?? []
        let folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(top)/\($0)/bin" }
        guard
            let folder = folders.first(where: {
                FileManager.default.isExecutableFile(atPath: "\($0)/initdb")
            })
        else {
            throw Failure(description: "no initdb is under \(top): install the package postgresql")
        }
        return folder
    }

    private static let script = """
        folder=$1 programs=$2
        as_server() {
            if [ "$(id -u)" -eq 0 ]; then
                setpriv --reuid=65534 --regid=65534 --clear-groups -- "$@"
            else
                "$@"
            fi
        }
        start() {
            mkdir -m 711 "$folder" || return
            if [ "$(id -u)" -eq 0 ]; then chown 65534:65534 "$folder" || return; fi
            as_server "$programs/initdb" -D "$folder/data" -U tester -A trust -N \\
                --locale=C -E UTF8 || return
            as_server "$programs/pg_ctl" -D "$folder/data" -l "$folder/log" -w -t 60 -o \\
                "-k '$folder' -c listen_addresses= -c fsync=off -c shared_buffers=16MB" start
        }
        finish() {
            as_server "$programs/pg_ctl" -D "$folder/data" -m immediate -w stop > /dev/null 2>&1
            rm -rf "$folder"
        }
        cd /
        trap '' INT HUP
        trap finish EXIT
        trap 'exit 1' TERM
        if said=$(start 2>&1); then
            echo ready
            cat > /dev/null
        else
            echo "$said" "$(cat "$folder/log" 2> /dev/null)"
            exit 1
        fi
        """
}

/// Keeps one server for all tests of a suite.
struct OneServer: SuiteTrait, TestScoping {
    @TaskLocal static var running: PrivateServer?

    func provideScope(
        for test: Test, testCase: Test.Case?,
        performing function: @Sendable () async throws -> Void
    ) async throws {
        let server = try PrivateServer()
        defer { server.stop() }
        try await Self.$running.withValue(server) { try await function() }
    }
}

extension Trait where Self == OneServer {
    /// One server for all tests of the suite.
    static var oneServer: Self { Self() }
}
