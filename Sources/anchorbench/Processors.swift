import Dispatch
import Exposure
import Synchronization

/// Spreads the work of the models over the processors of this machine.
struct Processors: Spreading {
    func map<Part: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Part) -> [Part] {
        let parts = Mutex<[Part?]>(Array(repeating: nil, count: count))
        DispatchQueue.concurrentPerform(iterations: count) { index in
            let part = body(index)
            parts.withLock { $0[index] = part }
        }
        return parts.withLock { $0.compactMap(\.self) }
    }
}
