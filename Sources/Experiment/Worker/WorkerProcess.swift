import Anchors
import Foundation
import Glibc
import Subprocess
import Synchronization
import Units

/// A child process as its parent sees it: orders in, reports out, and how it ended.
///
/// A module may crash, hang or corrupt memory: it takes a worker with it and never the parent.
actor WorkerProcess {
    private let orders: AsyncStream<[UInt8]>.Continuation
    private let reports: Mailbox
    private let life: Task<String, Never>
    private let process: RunningProcess

    /// How long a report line may be: histograms travel in it.
    private static let longestLine = 8 << 20

    /// How long a worker may take to unload its module.
    private static let farewell = Duration.seconds(5)

    /// A write to a worker that is gone must fail as a write, not end this process.
    private static let ignoresBrokenPipes: Void = { signal(SIGPIPE, SIG_IGN) }()

    /// Starts a worker.
    ///
    /// - Parameters:
    ///   - launch: which program with which environment.
    init(_ launch: WorkerLaunch) {
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

    /// Sends an order, with a PIN on the line after it where it takes one.
    func send(_ order: WorkOrder, pinDigits: [UInt8]? = nil) throws {
        let text = try JSONEncoder().encode(order)
        let pin = pinDigits ?? []
        var line: [UInt8] = []
        // As long as it gets: a line that grew would leave what it held behind.
        line.reserveCapacity(text.count + pin.count + 2)
        line += text
        line.append(UInt8(ascii: "\n"))
        if pinDigits != nil {
            line += pin
            line.append(UInt8(ascii: "\n"))
        }
        orders.yield(line)
    }

    /// The next report.
    ///
    /// - Parameter limit: how long to wait before the worker is taken to hang, and killed.
    /// - Throws: `WorkerError.ended` with how it ended, `.failed` or `.refusedLogin` with what it
    ///   said.
    func report(within limit: Nanoseconds) async throws(WorkerError) -> WorkerReport {
        let watchdog = Task {
            try await Task.sleep(for: .nanoseconds(limit.count))
            process.hang()
        }
        defer { watchdog.cancel() }
        guard let line = await reports.next() else { throw .ended(await end(limit)) }
        guard let report = try? JSONDecoder().decode(WorkerReport.self, from: Data(line.utf8))
        else { throw .ended("answered something that is no report") }
        guard case .failed(let failure) = report else { return report }
        throw failure.refusesLogin ? .refusedLogin(failure.message) : .failed(failure.message)
    }

    /// Ends the worker in order and waits for its end, or kills it where it does not heed.
    ///
    /// Its standard input stays open until then: a worker that reads the end of it takes itself
    /// for orphaned.
    func quit() async {
        try? send(.quit)
        let watchdog = Task {
            try await Task.sleep(for: Self.farewell)
            process.kill()
        }
        _ = await life.value
        watchdog.cancel()
    }

    /// Ends the worker at once.
    nonisolated func kill() { process.kill() }

    private func end(_ limit: Nanoseconds) async -> String {
        let end = await life.value
        guard process.isHung else { return end }
        return "gave no answer within \(limit.seconds.inWords) and was killed"
    }

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

    var environmentUpdate: [Environment.Key: String?] {
        var update: [Environment.Key: String?] = ["SWIFT_BACKTRACE": "enable=no"]
        for (name, value) in environment {
            if let key = Environment.Key(rawValue: name) { update[key] = value }
        }
        return update
    }
}

/// Why a worker gave no report.
enum WorkerError: Error, Equatable {
    /// It is gone: how it ended.
    case ended(String)
    /// It is there, but the order could not be carried out.
    case failed(String)
    /// It is there, but the token refused its login.
    case refusedLogin(String)
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
