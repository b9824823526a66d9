@preconcurrency import Dispatch
import Experiment
import Glibc

/// Turns Ctrl-C into a polite request, and a second one into an immediate end.
final class SignalWatch: Sendable {
    private let sources: [any DispatchSourceSignal]

    /// Watches from now on.
    ///
    /// - Parameter sentence: what is said at the first signal; nil for nothing.
    init(
        _ interruption: Interruption,
        saying sentence: String? =
            "\nstopping: what was measured is kept (Ctrl-C again to end at once)"
    ) {
        sources = [SIGINT, SIGTERM].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(signal: number, queue: .global())
            source.setEventHandler {
                // Workers that lose their parent clean up after themselves.
                guard !interruption.isSet else { _exit(130) }
                if let sentence { Console.say(sentence) }
                interruption.set()
            }
            source.resume()
            return source
        }
    }

    /// Stops watching; a signal then ends the process as usual.
    func end() {
        sources.forEach { $0.cancel() }
        for number in [SIGINT, SIGTERM] { signal(number, SIG_DFL) }
    }
}

extension Interruption {
    /// Carries out something long that Ctrl-C may end politely.
    ///
    /// - Parameters:
    ///   - end: called when it is over, however it ended.
    ///   - discard: called where it failed: takes away what it left empty.
    static func whileWatched<Outcome>(
        end: () -> Void, discarding discard: () -> Void,
        _ body: (Interruption) async throws -> Outcome
    ) async throws -> (outcome: Outcome, wasInterrupted: Bool) {
        let interruption = Interruption()
        let watch = SignalWatch(interruption)
        defer { watch.end() }
        do {
            let outcome = try await body(interruption)
            end()
            return (outcome, interruption.isSet)
        } catch {
            end()
            discard()
            throw error
        }
    }
}
