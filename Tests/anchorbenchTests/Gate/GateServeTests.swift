import Foundation
import Glibc
import Testing

extension CommandTests {
    @Suite("gate serve")
    struct GateServing {
        private let bench: Bench
        private let scene: GateScene

        init() throws {
            bench = try Bench()
            scene = try GateScene(bench)
            try scene.call("web", times: 3)
        }

        /// What came back: status, content type, body.
        private struct Answer {
            let status: String
            let type: String
            let body: String
        }

        private func get(_ address: String, _ arguments: String...) throws -> Answer {
            let process = Process()
            process.executableURL = URL(filePath: "/usr/bin/curl")
            process.arguments =
                [
                    "--silent", "--noproxy", "*", "--max-time", "120", "--write-out",
                    "\n%{http_code} %{content_type}", address,
                ] + arguments
            let pipe = Pipe()
            process.standardOutput = pipe
            try process.run()
            let output = String(
                decoding: pipe.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
            process.waitUntilExit()
            var lines = output.split(separator: "\n", omittingEmptySubsequences: false)
            let last = lines.popLast()?.split(separator: " ", maxSplits: 1).map(String.init) ?? []
            return Answer(
                status: last.first ?? "", type: last.count > 1 ? last[1] : "",
                body: lines.joined(separator: "\n"))
        }

        /// Starts it and waits for the address that it prints.
        private func serving(_ arguments: String...) throws -> (Running, String) {
            let running = try bench.start(["gate", "serve", scene.state] + arguments)
            try bench.wait { try running.outputSoFar.hasSuffix("/metrics\n") }
            return (running, try running.outputSoFar.trimmingCharacters(in: .newlines))
        }

        @Test("a scrape gets the counts of its moment, in the form that it asks for")
        func scraped() throws {
            let (running, address) = try serving("--port", "0")
            defer { running.send(SIGKILL) }
            #expect(address.hasPrefix("http://127.0.0.1:") && !address.contains(":0/"))
            let plain = try get(address)
            #expect(plain.status == "200" && plain.type.hasPrefix("text/plain; version=0.0.4"))
            #expect(plain.body.contains("} 3\n") && !plain.body.contains("# EOF"))
            try scene.call("web", times: 2)
            let open = try get(
                address, "-H",
                "Accept: application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1")
            #expect(open.status == "200" && open.type.hasPrefix("application/openmetrics-text"))
            #expect(open.body.contains("} 5\n") && open.body.hasSuffix("# EOF\n"))
            #expect(try get(address.replacing("/metrics", with: "/")).status == "404")
            #expect(try get(address, "--data", "x").status == "405")
            running.send(SIGINT)
            #expect(try running.wait().code == 0)
        }

        @Test("without its state it has no numbers to give, and gives them again with it")
        func vanished() throws {
            let (running, address) = try serving("--port", "0", "--host", "127.0.0.1")
            defer { running.send(SIGKILL) }
            let away = bench.path("away")
            try FileManager.default.moveItem(atPath: scene.state, toPath: away)
            let answer = try get(address)
            #expect(answer.status == "503")
            #expect(answer.body.contains(scene.state) && !answer.body.contains("anchorgate_"))
            try FileManager.default.moveItem(atPath: away, toPath: scene.state)
            #expect(try get(address).status == "200")
            running.send(SIGTERM)
            #expect(try running.wait().code == 0)
        }

        @Test("a port that is in use, and a host that is none, get one sentence")
        func refused() throws {
            let (running, address) = try serving("--port", "0")
            defer { running.send(SIGKILL) }
            let port = try #require(
                address.split(separator: ":").last?.prefix { $0.isNumber }.description)
            let inUse = try bench.run("gate", "serve", scene.state, "--port", port)
            #expect(inUse.code == 69 && inUse.error.contains("port \(port) of 127.0.0.1 is in use"))
            #expect(inUse.error.split(separator: "\n").count == 1, "\(inUse.error)")
            let elsewhere = try bench.run(
                "gate", "serve", scene.state, "--port", "0", "--host", "192.0.2.1")
            #expect(elsewhere.code == 69 && elsewhere.error.contains("192.0.2.1 is no address of"))
            let name = try bench.run("gate", "serve", scene.state, "--host", "localhost")
            #expect(name.code == 64 && name.error.contains("'localhost' is no IP address"))
        }
    }
}
