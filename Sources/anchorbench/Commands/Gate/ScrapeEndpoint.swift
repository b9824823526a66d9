import ArgumentParser
import Experiment
import FlyingFox
import FlyingSocks
import Foundation
import GateState
import Reporting

/// The counts of a gate over HTTP, for Prometheus to scrape.
struct ScrapeEndpoint {
    private let host: String
    private let port: UInt16
    private let server: HTTPServer

    /// An endpoint that does not listen yet.
    ///
    /// - Throws: `ValidationError` where the host is no address.
    init(host: String, port: UInt16, reader: GateReader) throws {
        (self.host, self.port) = (host, port)
        if let address = try? sockaddr_in.inet(ip4: host, port: port) {
            server = Self.server(at: address, reader)
        } else if let address = try? sockaddr_in6.inet6(ip6: host, port: port) {
            server = Self.server(at: address, reader)
        } else {
            throw ValidationError(
                "--host: '\(host)' is no IP address: write it as 127.0.0.1 or ::1")
        }
    }

    private static func server(at address: some SocketAddress, _ reader: GateReader) -> HTTPServer {
        HTTPServer(address: address, logger: .disabled, handler: ScrapeHandler(reader: reader))
    }

    /// Listens and answers until somebody asks for the end.
    ///
    /// - Parameter announce: called with `127.0.0.1:9464` once it listens.
    /// - Throws: `ExperimentError.device` where it cannot listen there.
    func serve(
        until interruption: Interruption, announce: @escaping @Sendable (String) -> Void
    ) async throws {
        do {
            try await withThrowingTaskGroup { group in
                group.addTask { try await server.run() }
                group.addTask {
                    try await server.waitUntilListening()
                    announce(await Self.text(server.listeningAddress) ?? "\(host):\(port)")
                    while !interruption.isSet { try await Task.sleep(for: .milliseconds(50)) }
                }
                try await group.next()
                group.cancelAll()
            }
        } catch let error as SocketError where !interruption.isSet {
            throw ExperimentError.device(sentence(error))
        } catch  where interruption.isSet {
            return
        }
    }

    private func sentence(_ error: SocketError) -> String {
        guard case .failed(_, let code, let message) = error else {
            return "'gate serve' cannot listen at \(host) port \(port): \(error)"
        }
        switch code {
        case EADDRINUSE:
            return "port \(port) of \(host) is in use: choose another with --port, or 0 for any"
        case EADDRNOTAVAIL:
            return "\(host) is no address of this machine: choose one of its own with --host"
        default:
            return "'gate serve' cannot listen at \(host) port \(port): \(message)"
        }
    }

    private static func text(_ address: Socket.Address?) -> String? {
        switch address {
        case .ip4(let address, let port): "\(address):\(port)"
        case .ip6(let address, let port): "[\(address)]:\(port)"
        case .unix, nil: nil
        }
    }
}

/// Answers one request.
private struct ScrapeHandler: HTTPHandler {
    let reader: GateReader

    func handleRequest(_ request: HTTPRequest) async throws -> HTTPResponse {
        guard request.path == "/metrics" else {
            return Self.answer(.notFound, "the metrics are at /metrics\n")
        }
        guard request.method == .GET || request.method == .HEAD else {
            return Self.answer(.methodNotAllowed, "the metrics are there to GET\n")
        }
        let form = GateOpenMetrics.Form(accepting: request.headers[HTTPHeader("Accept")])
        do {
            let text = GateOpenMetrics(try reader.snapshot()).text(form)
            return Self.answer(.ok, text, form.contentType)
        } catch {
            return Self.answer(.serviceUnavailable, "\(error)\n")
        }
    }

    private static func answer(
        _ code: HTTPStatusCode, _ text: String, _ type: String = "text/plain; charset=utf-8"
    ) -> HTTPResponse {
        HTTPResponse(
            statusCode: code, headers: [.contentType: type], body: Data(text.utf8))
    }
}
