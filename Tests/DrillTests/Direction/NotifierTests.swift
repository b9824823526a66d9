import Foundation
import Testing

@testable import Drill

/// An alarm as whoever is told reads it.
private struct Told: Decodable, Equatable {
    var alarm: String
    var identity: String?
    var calls: UInt64
    var threshold: UInt64
    var period_s: Double
    var throttle: String
    var seconds_since_first_call: Double

    /// What `message` says.
    static let sample = Told(
        alarm: "threshold", identity: nil, calls: 400, threshold: 264, period_s: 1,
        throttle: "token-bucket-500ps-100", seconds_since_first_call: 2.5)
}

extension Told {
    init(_ data: Data) throws { self = try JSONDecoder().decode(Told.self, from: data) }
}

private func message(identity: String? = nil) -> Notifier.Message {
    Notifier.Message(
        alarm: "threshold", identity: identity, calls: 400, threshold: 264, period_s: 1,
        throttle: "token-bucket-500ps-100", seconds_since_first_call: 2.5)
}

@Suite("Whoever is told of an alarm by a command")
struct NotifierTests {
    private let folder: StoreFolder

    init() throws { folder = try StoreFolder() }

    @Test("reads it as JSON on standard input and in the environment")
    func command() async throws {
        let (input, variable) = (folder.file("input"), folder.file("variable"))
        let notifier = Notifier(
            .command("cat > '\(input)'; printf %s \"$ANCHORBENCH_ALARM\" > '\(variable)'"))
        notifier.tell(message())
        #expect(await notifier.complaints() == [])
        for path in [input, variable] {
            let told = try Told(Data(contentsOf: URL(filePath: path)))
            #expect(told == .sample, "\(path)")
        }
    }

    @Test("learns who it was, where that is known")
    func identity() async throws {
        let path = folder.file("input")
        let notifier = Notifier(.command("cat > '\(path)'"))
        notifier.tell(message(identity: "front-end-3"))
        #expect(await notifier.complaints() == [])
        #expect(try Told(Data(contentsOf: URL(filePath: path))).identity == "front-end-3")
    }

    @Test("is waited for, and each alarm is told")
    func everyAlarm() async throws {
        let path = folder.file("lines")
        let notifier = Notifier(.command("sleep 0.1; cat >> '\(path)'"))
        for _ in 0..<3 { notifier.tell(message()) }
        #expect(await notifier.complaints() == [])
        let lines = try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n")
        #expect(lines.count == 3)
    }

    @Test("a command that fails is told with its code, once")
    func failure() async {
        let notifier = Notifier(.command("cat > /dev/null; exit 3"))
        notifier.tell(message())
        notifier.tell(message())
        #expect(
            await notifier.complaints() == [
                "the command 'cat > /dev/null; exit 3' was not told of an alarm: exit code 3"
            ])
        #expect(await notifier.complaints() == [], "what was said is not said again")
    }

    @Test("a command that a signal ends is told with its number")
    func killed() async {
        let notifier = Notifier(.command("cat > /dev/null; kill -9 $$"))
        notifier.tell(message())
        let complaints = await notifier.complaints()
        #expect(complaints.count == 1)
        #expect(complaints.first?.hasSuffix("was not told of an alarm: killed by signal 9") == true)
    }

    @Test("where nobody is named nobody is told")
    func nobody() async {
        let notifier = Notifier(nil)
        notifier.tell(message())
        #expect(await notifier.complaints() == [])
    }
}

@Suite("Whoever is told of an alarm over the network", .serialized)
struct WebhookTests {
    @Test("gets it posted as JSON")
    func posted() async {
        await #expect(processExitsWith: .success) {
            withoutProxy()
            let folder = try StoreFolder()
            let server = try OneRequestServer(status: 204, keeping: folder.file("body"))
            defer { server.stop() }
            let notifier = Notifier(.webhook("http://127.0.0.1:\(server.port)/alarms"))
            notifier.tell(message())
            #expect(await notifier.complaints() == [])
            let request = try String(contentsOfFile: folder.file("body"), encoding: .utf8)
                .split(separator: "\n", maxSplits: 1)
            #expect(request.first == "/alarms application/json")
            #expect(try Told(Data((request.last ?? "").utf8)) == .sample)
        }
    }

    @Test("one that answers with an error has not heard it")
    func refused() async {
        await #expect(processExitsWith: .success) {
            withoutProxy()
            let folder = try StoreFolder()
            let server = try OneRequestServer(status: 500, keeping: folder.file("body"))
            defer { server.stop() }
            let address = "http://127.0.0.1:\(server.port)/"
            let notifier = Notifier(.webhook(address))
            notifier.tell(message())
            let complaints = await notifier.complaints()
            #expect(
                complaints == ["the webhook '\(address)' was not told of an alarm: exit code 22"])
        }
    }

    @Test("one that nobody serves is told with its address")
    func unreachable() async {
        await #expect(processExitsWith: .success) {
            withoutProxy()
            let notifier = Notifier(.webhook("http://127.0.0.1:1/"))
            notifier.tell(message())
            let complaints = await notifier.complaints()
            #expect(
                complaints == [
                    "the webhook 'http://127.0.0.1:1/' was not told of an alarm: exit code 7"
                ])
        }
    }
}

/// Lets no proxy stand before this machine's addresses, in a process of the test's own.
private func withoutProxy() { setenv("no_proxy", "*", 1) }

/// A server that takes one request, keeps its path, type and body, and answers with a status.
private final class OneRequestServer {
    /// Where it listens, on 127.0.0.1.
    let port: String
    private let process = Process()
    private let output = Pipe()

    init(status: Int, keeping path: String) throws {
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["python3", "-c", Self.script, "\(status)", path]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = output
        try process.run()
        port = String(decoding: output.fileHandleForReading.availableData, as: UTF8.self)
            .trimmingCharacters(in: .newlines)
    }

    func stop() {
        process.terminate()
        process.waitUntilExit()
    }

    private static let script = """
        import http.server, socketserver, sys

        class Taker(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers['content-length']))
                with open(sys.argv[2], 'wb') as file:
                    file.write((self.path + ' ' + self.headers['content-type'] + '\\n').encode())
                    file.write(body)
                self.send_response(int(sys.argv[1]))
                self.send_header('content-length', '0')
                self.end_headers()

            def log_message(self, *rest):
                pass

        server = socketserver.TCPServer(('127.0.0.1', 0), Taker)
        print(server.server_address[1], flush=True)
        server.handle_request()
        """
}
