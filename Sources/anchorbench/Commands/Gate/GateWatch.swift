import Experiment
import Foundation
import GateState
import Reporting

/// Looks at a gate again and again, and hands on what is new.
final class GateWatch {
    /// What goes to standard output.
    enum Printed {
        /// A line for people for each period that is over.
        case periods
        /// Lines for CloudWatch; those for people go to standard error.
        case embeddedMetrics
    }

    private let reader: GateReader
    private let printed: Printed
    private let logs: [PeriodFile]
    private let textFile: TextFile?
    private let live = LiveLine(isTerminal: Console.isTerminal)
    /// The first period that was not shown yet.
    private var next: Int64
    /// Where the lines end that were printed for CloudWatch.
    private var printedEnd: GateLog.End?

    init(
        _ reader: GateReader, printed: Printed, logs: [PeriodFile], textFile: TextFile?,
        from first: GateSnapshot
    ) {
        self.reader = reader
        self.printed = printed
        self.logs = logs
        self.textFile = textFile
        next = GatePeriodLines(first).end
        printedEnd = GateLog.end(before: first)
    }

    /// Looks until the time is over or somebody asks for the end, and a last time then.
    ///
    /// - Throws: `GateStateError` where the gate cannot be read any more: the file for the
    ///   collector is taken away then, so that nobody takes its old numbers for new ones.
    func run(
        every interval: Duration, for length: Duration?, until interruption: Interruption
    ) async throws {
        defer { live.end() }
        let start = ContinuousClock.now
        let end = length.map { start + $0 }
        var due = start
        while true {
            do {
                try look(at: try reader.snapshot())
            } catch let error as GateStateError {
                textFile?.remove()
                throw error
            }
            let now = ContinuousClock.now
            if interruption.isSet || end.map({ now >= $0 }) ?? false { return }
            due = max(due + interval, now)
            let wake = min(due, end ?? due)
            while !interruption.isSet, ContinuousClock.now < wake {
                try await Task.sleep(until: min(wake, .now + .milliseconds(50)), clock: .continuous)
            }
        }
    }

    private func look(at snapshot: GateSnapshot) throws {
        for log in logs { try log.add(snapshot) }
        try textFile?.write(GateOpenMetrics(snapshot).text(.prometheus))
        let lines = GatePeriodLines(snapshot)
        for line in lines.lines(from: next) { try say(line) }
        // A calendar that was set back does not show periods twice.
        next = max(next, lines.end)
        if printed == .embeddedMetrics {
            let new = GateLog.embeddedMetrics.lines(of: snapshot, after: printedEnd)
            printedEnd = new.end
            try output(new.text)
        }
        live.show(lines.running)
    }

    private func say(_ line: String) throws {
        live.end()
        switch printed {
        case .periods: try output(line + "\n")
        case .embeddedMetrics: Console.say(line)
        }
    }

    /// Writes at once: a reader at the other end of a pipe waits for it.
    private func output(_ text: String) throws {
        guard !text.isEmpty else { return }
        do {
            try FileHandle.standardOutput.write(contentsOf: Data(text.utf8))
        } catch {
            throw ExperimentError.output("standard output cannot be written: \(error.reason)")
        }
    }
}

extension Error {
    /// Why the system would not do something, in its words.
    var reason: String {
        let cocoa = self as NSError
        let cause = cocoa.userInfo[NSUnderlyingErrorKey] as? NSError ?? cocoa
        return cause.domain == NSPOSIXErrorDomain
            ? String(cString: strerror(Int32(cause.code))) : localizedDescription
    }
}
