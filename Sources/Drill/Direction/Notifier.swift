import Foundation
import Subprocess
import Synchronization

/// Tells of an alarm whoever the user names; what becomes of it is said afterwards.
final class Notifier: Sendable {
    private let notification: DrillNotification?
    private let pending = Mutex<[Task<String?, Never>]>([])

    /// How long anybody may take to hear of it.
    private static let patience = Duration.seconds(30)

    init(_ notification: DrillNotification?) { self.notification = notification }

    /// An alarm as it is told.
    struct Message: Encodable {
        var alarm: String
        var identity: String?
        var calls: UInt64
        var threshold: UInt64
        var period_s: Double
        var throttle: String
        var seconds_since_first_call: Double
    }

    /// Tells of an alarm without waiting.
    func tell(_ message: Message) {
        guard let notification else { return }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        let text = (try? encoder.encode(message)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        let task = Task { await Self.deliver(text, by: notification) }
        pending.withLock { $0.append(task) }
    }

    /// What went wrong with what was told, in sentences, once all have heard it or had their time.
    func complaints() async -> [String] {
        let tasks = pending.withLock { tasks in
            defer { tasks = [] }
            return tasks
        }
        var sentences: [String] = []
        for task in tasks {
            if let sentence = await task.value, !sentences.contains(sentence) {
                sentences.append(sentence)
            }
        }
        return sentences
    }

    private static func deliver(
        _ text: String, by notification: DrillNotification
    ) async -> String? {
        switch notification {
        case .command(let command):
            // Whoever does not read his standard input is told all the same.
            await run(
                ["-c", "printf '%s\\n' \"$ANCHORBENCH_ALARM\" | {\n\(command)\n}"], text,
                "the command '\(command)'")
        case .webhook(let address):
            await run(["-c", post, address], text, "the webhook '\(address)'")
        }
    }

    /// Posts to the address that it is called with.
    private static let post =
        "printf '%s' \"$ANCHORBENCH_ALARM\" | curl --silent --show-error --fail --max-time 20 "
        + "--header 'content-type: application/json' --data-binary @- \"$0\""

    /// Runs a script of the shell with the alarm in its environment.
    ///
    /// - Returns: what went wrong; nil where nothing did.
    private static func run(
        _ arguments: [String], _ text: String, _ what: String
    ) async -> String? {
        let work = Task {
            let outcome = try await Subprocess.run(
                .path(.init("/bin/sh")), arguments: .init(arguments),
                environment: .inherit.updating(["ANCHORBENCH_ALARM": text]),
                input: .none, output: .discarded,
                error: .fileDescriptor(.standardError, closeAfterSpawningProcess: false))
            return outcome.terminationStatus
        }
        let watchdog = Task {
            try await Task.sleep(for: patience)
            work.cancel()
        }
        defer { watchdog.cancel() }
        do {
            switch try await work.value {
            case .exited(0): return nil
            case .exited(let code): return "\(what) was not told of an alarm: exit code \(code)"
            case .signaled(let number):
                return "\(what) was not told of an alarm: killed by signal \(number)"
            }
        } catch {
            return "\(what) was not told of an alarm: \(error)"
        }
    }
}
