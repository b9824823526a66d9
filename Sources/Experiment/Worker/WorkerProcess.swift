import Anchors
import Foundation
import Units

/// A child process as its parent sees it: orders in, reports out, and how it ended.
///
/// A module may crash, hang or corrupt memory: it takes a worker with it and never the parent.
actor WorkerProcess {
    private let child: ChildProcess

    /// How long a worker may take to unload its module.
    private static let farewell = Duration.seconds(5)

    /// Starts a worker.
    ///
    /// - Parameters:
    ///   - launch: which program with which environment.
    init(_ launch: WorkerLaunch) { child = ChildProcess(launch) }

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
        child.send(line)
    }

    /// The next report.
    ///
    /// - Parameter limit: how long to wait before the worker is taken to hang, and killed.
    /// - Throws: `WorkerError.ended` with how it ended, else with what it said.
    func report(within limit: Nanoseconds) async throws(WorkerError) -> WorkerReport {
        let watchdog = Task {
            try await Task.sleep(for: .nanoseconds(limit.count))
            child.hang()
        }
        defer { watchdog.cancel() }
        guard let line = await child.next() else { throw .ended(await end(limit)) }
        guard let report = try? JSONDecoder().decode(WorkerReport.self, from: Data(line.utf8))
        else { throw .ended("answered something that is no report") }
        guard case .failed(let failure) = report else { return report }
        guard !failure.refusesLogin else { throw .refusedLogin(failure.message) }
        throw failure.refusesRequest ? .refusedRequest(failure.message) : .failed(failure.message)
    }

    /// Ends the worker in order and waits for its end, or kills it where it does not heed.
    ///
    /// Its standard input stays open until then: a worker that reads the end of it takes itself
    /// for orphaned.
    func quit() async {
        try? send(.quit)
        let watchdog = Task {
            try await Task.sleep(for: Self.farewell)
            child.kill()
        }
        _ = await child.end()
        watchdog.cancel()
    }

    /// Ends the worker at once.
    nonisolated func kill() { child.kill() }

    private func end(_ limit: Nanoseconds) async -> String {
        let end = await child.end()
        guard child.isHung else { return end }
        return "gave no answer within \(limit.seconds.inWords) and was killed"
    }
}

/// Why a worker gave no report.
enum WorkerError: Error, Equatable {
    /// It is gone: how it ended.
    case ended(String)
    /// It is there, but the order could not be carried out.
    case failed(String)
    /// It is there, but the device refuses what was asked for.
    case refusedRequest(String)
    /// It is there, but the token refused its login.
    case refusedLogin(String)
}
