import Foundation
import GateState
import Synchronization

/// Somebody who takes all that a gate gives an identity: a client that a busy machine starts slowly
/// is refused beside him, however few calls it makes.
enum Spender {
    /// Takes all that the gate gives for as long as `body` runs.
    static func spend<Result>(
        at gate: GateState, as identity: String, while body: () throws -> Result
    ) throws -> Result {
        let row = try gate.claim(identity)
        let isOver = Atomic<Bool>(false)
        let ended = DispatchSemaphore(value: 0)
        Thread.detachNewThread {
            while !isOver.load(ordering: .relaxed) {
                while gate.charge(.decrypt, units: 1, isCall: true, row: row) == .admitted {}
                usleep(1_000)
            }
            ended.signal()
        }
        defer {
            isOver.store(true, ordering: .relaxed)
            ended.wait()
        }
        return try body()
    }
}
