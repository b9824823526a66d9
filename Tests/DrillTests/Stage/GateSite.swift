import GateState
import Units

@testable import Drill

/// A gate in a folder of its own, called and watched from this process.
final class GateSite {
    /// Where its state is.
    let path: String
    let gate: GateState
    private let folder: StoreFolder

    /// The shortest period that a gate counts.
    static let period = Nanoseconds.seconds(1)

    init(identities: [String], canaries: [UInt64] = []) throws {
        folder = try StoreFolder()
        path = folder.file("gate.state")
        try GateState.create(
            at: path,
            GateConfiguration(
                module: "/lib/module.so", period: Self.period, history: 100,
                capacity: identities.count, identities: identities, canaries: canaries))
        gate = try GateState(path: path)
    }

    /// Lets an identity call so many times.
    func call(_ name: String, times: Int) throws {
        let row = try gate.claim(name)
        for _ in 0..<times { _ = gate.charge(.decrypt, units: 1, isCall: true, row: row) }
    }

    /// Waits for the next period.
    ///
    /// - Returns: when it began, since the Unix epoch.
    func nextPeriod() -> Nanoseconds {
        let length = Self.period.count
        let start = Nanoseconds((MonotonicInstant.calendar().count / length + 1) * length)
        // The gate's clock and this one may differ by a little.
        while MonotonicInstant.calendar() < start + .milliseconds(2) {
            MonotonicInstant.wait(until: MonotonicInstant.now() + .milliseconds(1))
        }
        return start
    }

    /// What was counted so far.
    func snapshot() throws -> GateSnapshot { try GateSnapshot(path: path) }

    /// Who is refused.
    func revoked() throws -> [String] {
        try snapshot().identities.filter { $0.revokedSince != nil }.map(\.name)
    }
}
