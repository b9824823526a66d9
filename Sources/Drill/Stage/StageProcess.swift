import Experiment
import Foundation
import Synchronization
import Units

/// A process of the stage as the drill sees it: what it is to play goes in, what it did comes out.
final class StageProcess: Sendable {
    /// What the report calls it, such as `front-end-1`.
    let name: String
    private let child: ChildProcess
    private let inbox = Mutex(Inbox())

    private struct Inbox {
        var reports: [StageReport] = []
        var end: String?
    }

    /// How often the inbox is looked at by whoever waits.
    private static let nap = Duration.milliseconds(2)
    /// How long a process may take to end.
    private static let farewell = Nanoseconds.seconds(5)

    /// Starts a process.
    ///
    /// - Parameter pin: the PIN in hexadecimal digits where it opens the anchor.
    init(_ name: String, _ launch: WorkerLaunch, order: StageOrder, pin: [UInt8]) throws {
        self.name = name
        child = ChildProcess(launch)
        let text = try JSONEncoder().encode(order)
        var lines: [UInt8] = []
        // As long as it gets: one that grew would leave what it held behind.
        lines.reserveCapacity(text.count + pin.count + 2)
        lines += text
        lines.append(UInt8(ascii: "\n"))
        if order.opensAnchor {
            lines += pin
            lines.append(UInt8(ascii: "\n"))
        }
        child.send(lines)
        Task { await self.listen() }
    }

    private func listen() async {
        while let line = await child.next() {
            guard let report = try? JSONDecoder().decode(StageReport.self, from: Data(line.utf8))
            else { continue }
            inbox.withLock { $0.reports.append(report) }
        }
        let end = await child.end()
        inbox.withLock { $0.end = end }
    }

    /// Tells it something.
    func cue(_ cue: StageCue) {
        guard let text = try? JSONEncoder().encode(cue) else { return }
        child.send(Array(text) + [UInt8(ascii: "\n")])
    }

    /// What it has told, if anything, without waiting.
    ///
    /// - Throws: `DrillError.part` where it could not go on.
    func take() throws(DrillError) -> StageReport? {
        let next = inbox.withLock { $0.reports.isEmpty ? nil : $0.reports.removeFirst() }
        if case .failed(let reason) = next { throw DrillError.part("\(name): \(reason)") }
        return next
    }

    /// How it ended; nil while it lives.
    var end: String? { inbox.withLock { $0.reports.isEmpty ? $0.end : nil } }

    /// Waits for what it tells next.
    ///
    /// - Throws: `DrillError.part` where it cannot go on, has ended, or tells nothing in time;
    ///   `.interrupted` where the user asks to stop meanwhile.
    func report(
        within limit: Nanoseconds, unless interruption: Interruption
    ) async throws(DrillError) -> StageReport {
        let deadline = MonotonicInstant.now() + limit
        while MonotonicInstant.now() < deadline {
            if interruption.isSet { throw .interrupted }
            if let report = try take() { return report }
            if let end { throw DrillError.part("\(name): the process \(end)") }
            try? await Task.sleep(for: Self.nap)
        }
        throw DrillError.part("\(name): gave no answer within \(limit.seconds.inWords)")
    }

    /// Ends it, and waits until it is gone.
    func quit() async {
        cue(.stop)
        let deadline = MonotonicInstant.now() + Self.farewell
        while inbox.withLock({ $0.end == nil }), MonotonicInstant.now() < deadline {
            try? await Task.sleep(for: Self.nap)
        }
        child.kill()
        _ = await child.end()
    }

    /// Ends it at once, and waits until it is gone.
    func kill() async {
        child.kill()
        _ = await child.end()
    }
}

/// Why a drill, or a part of it, cannot go on.
package enum DrillError: Error, Equatable, Sendable, CustomStringConvertible {
    /// A process, the gate or the database: what happened, in a sentence.
    case part(String)
    /// The user asked it to stop.
    case interrupted

    package var description: String {
        switch self {
        case .part(let sentence): sentence
        case .interrupted: "it was asked to stop"
        }
    }
}
