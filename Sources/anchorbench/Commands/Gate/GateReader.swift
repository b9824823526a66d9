import ArgumentParser
import Foundation
import GateState

/// The gate that is looked at.
struct GateReader: ParsableArguments {
    @Argument(help: "The gate's state.", completion: .file())
    var state: String

    /// What came to pass at it, under a path that means the same in any folder.
    func snapshot() throws(GateStateError) -> GateSnapshot {
        var snapshot = try GateSnapshot(path: state)
        snapshot.path = URL(fileURLWithPath: state).path
        return snapshot
    }
}
