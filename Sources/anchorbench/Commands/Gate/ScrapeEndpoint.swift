import ArgumentParser
import Experiment
import Foundation
import NIOCore
import NIOHTTP1
import NIOPosix

/// The counts of a gate over HTTP, for Prometheus to scrape.
struct ScrapeEndpoint {
    private let host: String
    private let port: UInt16
    private let address: SocketAddress
    private let bootstrap: ServerBootstrap

    /// How long a connection may say nothing: longer than Prometheus waits between two scrapes.
    private static let longestSilence = TimeAmount.minutes(5)

    /// An endpoint that does not listen yet.
    ///
    /// - Throws: `ValidationError` where the host is no address.
    init(host: String, port: UInt16, reader: GateReader) throws {
        (self.host, self.port) = (host, port)
        guard let address = try? SocketAddress(ipAddress: host, port: Int(port)) else {
            throw ValidationError(
                "--host: '\(host)' is no IP address: write it as 127.0.0.1 or ::1")
        }
        self.address = address
        bootstrap = ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    try pipeline.addHandler(IdleStateHandler(readTimeout: Self.longestSilence))
                    try pipeline.configureHTTPServerPipeline(withErrorHandling: true)
                    try pipeline.addHandler(ScrapeHandler(reader))
                }
            }
    }

    /// Listens and answers until somebody asks for the end.
    ///
    /// - Parameter announce: called with `127.0.0.1:9464` once it listens.
    /// - Throws: `ExperimentError.device` where it cannot listen there, or no longer.
    func serve(until interruption: Interruption, announce: (String) -> Void) async throws {
        let server: any Channel
        do {
            server = try await bootstrap.bind(to: address).get()
        } catch let error as IOError {
            throw ExperimentError.device(sentence(error))
        }
        announce(Self.text(server.localAddress) ?? "\(host):\(port)")
        while !interruption.isSet {
            guard server.isActive else {
                throw ExperimentError.device(
                    "'gate serve' does not listen at \(host) port \(port) any longer: the system "
                        + "closed the socket; start it again")
            }
            try await Task.sleep(for: .milliseconds(50))
        }
        try await server.close()
    }

    private func sentence(_ error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE:
            "port \(port) of \(host) is in use: choose another with --port, or 0 for any"
        case EADDRNOTAVAIL:
            "\(host) is no address of this machine: choose one of its own with --host"
        default:
            "'gate serve' cannot listen at \(host) port \(port): \(error)"
        }
    }

    private static func text(_ address: SocketAddress?) -> String? {
        guard let address, let ip = address.ipAddress, let port = address.port else { return nil }
        return address.protocol == .inet6 ? "[\(ip)]:\(port)" : "\(ip):\(port)"
    }
}
