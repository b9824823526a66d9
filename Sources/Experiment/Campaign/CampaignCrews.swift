import Anchors
import Foundation
import Load
import Results
import Throttling
import Units

/// The worker processes of a campaign: those of the anchor, and one with the module that does
/// nothing where the plan measures the harness.
struct CampaignCrews: Sendable {
    /// The anchor's workers; the un-anchored baseline runs in one of them too.
    let anchor: Crew
    /// A folder for what workers share.
    let workspace: URL
    /// The bound on calls a second of all workers; nil for none.
    let pace: MeasureOrder.PaceOrder?
    private let floor: Crew?
    private let accesses: [AnchorAccess]

    /// Starts every worker that the plan needs.
    ///
    /// - Parameter hasFloor: false where another's workers measure the harness.
    /// - Throws: `ExperimentError`.
    static func muster(
        _ resolved: ResolvedScenario, _ plan: Plan, _ tools: CampaignTools, hasFloor: Bool = true
    ) async throws -> CampaignCrews {
        let hasFloor = hasFloor && plan.hasNullModule
        if hasFloor, tools.nullModule == nil {
            throw ExperimentError.missingInput(
                "the run measures the harness on \(CampaignTools.nullModuleName), which is not "
                    + "beside the command: put it back, or measure anew")
        }
        let access = try await AnchorAccess.prepare(
            resolved.anchor, resolved.scenario.anchor, executable: tools.executable,
            limits: tools.limits)
        let anchor = Crew(
            access, size: plan.processes, draw: plan.heapDraw(ofRound: 1))
        var (accesses, floor) = ([access], Crew?.none)
        do {
            try await anchor.muster(plan.processes)
            if hasFloor, let module = tools.nullModule {
                let null = try AnchorAccess.nullModule(
                    at: module, resolved.scenario.anchor, executable: tools.executable,
                    limits: tools.limits)
                accesses.append(null)
                let crew = Crew(null, size: 1)
                floor = crew
                try await crew.muster(1)
            }
            return CampaignCrews(
                anchor: anchor, workspace: access.workspace,
                pace: try pace(plan.scenario.limits.maxRate, in: access.workspace), floor: floor,
                accesses: accesses)
        } catch {
            for crew in [anchor, floor].compactMap(\.self) {
                await crew.killAll()
                await crew.dismiss()
            }
            accesses.forEach { $0.remove() }
            throw error
        }
    }

    /// The workers that a cell runs on.
    func crew(of cell: Cell) -> Crew {
        guard cell.isFloor else { return anchor }
        guard let floor else {
            // What does nothing must never be measured on a device instead.
            preconditionFailure("a plan with a floor has a crew for it")
        }
        return floor
    }

    /// Ends every worker at once; the round in progress is lost.
    func killAll() async {
        await anchor.killAll()
        await floor?.killAll()
    }

    /// Ends every worker in order, and removes what was made for them.
    ///
    /// The folders go first: while there is one, a worker lives to remove it, should this process
    /// be killed.
    func dismiss() async {
        accesses.forEach { $0.remove() }
        await anchor.dismiss()
        await floor?.dismiss()
        accesses.forEach { $0.remove() }
    }

    private static func pace(
        _ rate: Rate?, in workspace: URL
    ) throws -> MeasureOrder.PaceOrder? {
        guard let rate else { return nil }
        let state = workspace.appending(path: "pace").path
        try SharedState.create(at: state, for: .pace(rate))
        return MeasureOrder.PaceOrder(rate: rate, state: state)
    }
}
