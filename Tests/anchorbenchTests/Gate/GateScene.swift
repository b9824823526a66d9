import Foundation
import GateState
import Throttling
import Units

/// A gate in the folder of a bench, and clients that call through it from this process.
struct GateScene {
    let bench: Bench
    /// Where its state is.
    let state: String
    private let gate: GateState

    /// Makes a gate with the command.
    init(_ bench: Bench, period: String = "1m", throttle: String = "none") throws {
        self.bench = bench
        state = bench.path("gate.state")
        let made = try bench.run(
            "gate", "create", "--module", try BuildFolder.scriptedModule().path, "--period", period,
            "--throttle", throttle, state)
        guard made.code == 0 else { throw NotMade(error: made.error) }
        gate = try GateState(path: state)
    }

    /// Calls through the gate so many times, as the module that stands before another one does.
    func call(_ name: String, times: Int = 1) throws {
        let row = try gate.claim(name)
        for _ in 0..<times { _ = gate.charge(.decrypt, units: 1, isCall: true, row: row) }
    }

    /// Refuses an identity.
    func revoke(_ name: String) throws { gate.setRevoked(true, row: try gate.claim(name)) }

    private struct NotMade: Error { let error: String }
}
