import Anchors
import Experiment
import Foundation
import GateState
import Results
import Throttling
import Units

/// Where a drill is staged: the anchor, the module that guards it, the filled database and a folder
/// of its own.
struct DrillSite: Sendable {
    let plan: DrillPlan
    let access: AnchorAccess
    /// The gate's library.
    let gateModule: String
    /// What holds the rows.
    let store: StoreAddress
    let truth: TruthBook
    /// A folder for gates and rows that goes with the drill, whoever survives.
    let folder: URL
    /// The fingerprints of the canaries, once the rows are sealed.
    var canaries: [UInt64] = []

    /// The command that plays a part.
    static let command = "stage"

    /// Starts a process that plays a part.
    ///
    /// - Parameters:
    ///   - gate: the state of the gate that it calls through; nil for none.
    ///   - identity: what it calls itself there.
    func start(
        _ name: String, _ order: StageOrder, gate: String? = nil, identity: String? = nil
    ) throws(DrillError) -> StageProcess {
        var environment: [String: String] = [:]
        if let gate { environment["ANCHORGATE_STATE"] = gate }
        if let identity { environment["ANCHORGATE_IDENTITY"] = identity }
        let launch = access.launch(
            [Self.command, order.part], removing: [folder.path], environment: environment)
        do {
            return try StageProcess(name, launch, order: order, pin: access.pinLine)
        } catch {
            throw DrillError.part("\(name): \(error)")
        }
    }

    /// How records are opened, through the gate or past it.
    func opening(throughGate: Bool) -> OpeningOrder {
        OpeningOrder(
            anchor: throughGate ? access.handover.through(gateModule) : access.handover,
            mechanism: plan.mechanism, truth: truth, rows: Int64(plan.settings.rows.count),
            store: store, throttledCode: GateConfiguration.throttled,
            revokedCode: GateConfiguration.revoked)
    }

    /// Makes the gate of one theft.
    ///
    /// - Parameter isWatched: whether it looks for canaries.
    /// - Throws: `DrillError.part`.
    func makeGate(
        _ number: Int, _ throttle: Policy, identities: [String], isWatched: Bool
    ) throws(DrillError) -> String {
        let path = folder.appending(path: "gate-\(number).state").path
        do throws(GateStateError) {
            try GateState.create(
                at: path,
                GateConfiguration(
                    module: access.handover.modulePath, policy: throttle, period: plan.period,
                    history: 1_000, capacity: identities.count + 1, identities: identities,
                    canaries: isWatched ? canaries : []))
        } catch {
            throw DrillError.part("the gate: \(error)")
        }
        return path
    }
}

extension StageOrder {
    /// The part's name, by which whoever lists processes tells them apart.
    fileprivate var part: String {
        switch self {
        case .seal: "sealer"
        case .serve: "front-end"
        case .steal: "thief"
        case .dump: "dumper"
        case .respond: "responder"
        }
    }
}
