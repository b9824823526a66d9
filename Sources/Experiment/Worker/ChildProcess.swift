import Foundation
import Glibc
import Subprocess
import Synchronization
import Units

/// A child process as its parent sees it: lines in, lines out, and how it ended.
package final class ChildProcess: Sendable {
    private let orders: AsyncStream<[UInt8]>.Continuation
    private let reports: Mailbox
    private let life: Task<String, Never>
    private let process: RunningProcess

    /// How long a line may be: histograms travel in it.
    private static let longestLine = 8 << 20

    /// A write to a child that is gone must fail as a write, not end this process.
    private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    /// Starts a child.
    ///
    /// - Parameters:
    ///   - launch: which program with which environment.
    package init(_ launch: WorkerLaunch) {
        _ = Self.ignoresBrokenPipes
        let (orderStream, orders) = AsyncStream<[UInt8]>.makeStream()
        let (reports, process) = (Mailbox(), RunningProcess())
        self.orders = orders
        self.reports = reports
        self.process = process
        life = Task {
            let end = await Self.live(launch, orderStream, reports, process)
            process.forget()
            reports.finish()
            orders.finish()
            return end
        }
    }

    /// Writes lines, each with its end, to the child, and wipes them then: they may hold a PIN.
    package func send(_ lines: [UInt8]) { orders.yield(lines) }

    /// The next line of the child; nil once it has ended.
    package func next() async -> String? { await reports.next() }

    /// How it ended, in words, once it has.
    package func end() async -> String { await life.value }

    /// Ends it at once.
    package func kill() { process.kill() }

    /// Ends it at once because it hangs.
    func hang() { process.hang() }

    /// Whether it was ended because it hung.
    var isHung: Bool { process.isHung }

    private static func live(
        _ launch: WorkerLaunch, _ orders: AsyncStream<[UInt8]>,
        _ reports: Mailbox, _ process: RunningProcess
    ) async -> String {
        do {
            let outcome = try await Subprocess.run(
                .path(.init(launch.executable)), arguments: .init(launch.arguments),
                environment: .inherit.updating(launch.environmentUpdate), input: .inputWriter,
                output: .sequence,
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false)
            ) { execution in
                process.set(execution.processIdentifier.value)
                let writing = Task {
                    for await var line in orders {
                        _ = try await execution.standardInputWriter.write(line)
                        // It may have held a PIN.
                        for index in line.indices { line[index] = 0 }
                    }
                    try await execution.standardInputWriter.finish()
                }
                let lines = execution.standardOutput.strings(
                    bufferingPolicy: .maxLineLength(longestLine))
                for try await line in lines { reports.put(line) }
                writing.cancel()
            }
            return switch outcome.terminationStatus {
            case .exited(let code): "ended with exit code \(code)"
            case .signaled(let number): "was killed by signal \(number)"
            }
        } catch {
            return "could not be run: \(error)"
        }
    }
}

/// How a worker process is started.
package struct WorkerLaunch: Sendable {
    /// The program; `/proc/self/exe` where a command starts itself.
    var executable: String
    /// `worker`, with the folders to remove if it is orphaned.
    var arguments: [String]
    /// What differs from this process's environment.
    var environment: [String: String]

    /// A program with its arguments.
    package init(executable: String, arguments: [String], environment: [String: String]) {
        self.executable = executable
        self.arguments = arguments
        self.environment = environment
    }

    fileprivate var environmentUpdate: [Environment.Key: String?] {
        var update: [Environment.Key: String?] = ["SWIFT_BACKTRACE": "enable=no"]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { update[key] = value }
        }
        return update
    }
}

/// The process's identifier, once it is known, and whether it was killed for hanging.
private final class RunningProcess: Sendable {
    private let state = Mutex<(identifier: pid_t?, isHung: Bool)>((nil, false))

    var isHung: Bool { state.withLock { $0.isHung } }

    func set(_ identifier: pid_t) { state.withLock { $0.identifier = identifier } }

    /// Called once the process was waited for: its number may belong to another from then on.
    func forget() { state.withLock { $0.identifier = nil } }

    func kill() {
        state.withLock { state in
            if let identifier = state.identifier { _ = Glibc.kill(identifier, SIGKILL) }
        }
    }

    func hang() {
        state.withLock { $0.isHung = true }
        kill()
    }
}
