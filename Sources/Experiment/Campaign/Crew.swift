import Anchors
import Load
import Results
import Throttling
import Units

/// The worker processes of a run: started one after another, replaced when one is lost.
actor Crew {
    private let access: AnchorAccess
    private var workers: [WorkerProcess?]
    /// Who the anchor said it is when the first worker opened it.
    private(set) var opened: OpenedReport?
    /// How often workers tried something again until the anchor was open to them.
    private(set) var retries = 0

    /// By how many bytes workers move what the module allocates.
    private var heapShift: Int
    /// Workers that are to go once there is another.
    private var retired: [WorkerProcess] = []

    /// Whether it was told to end: nobody is started any more.
    private var isOver = false
    /// From the parent's word to the release: long enough to reach every worker.
    private static let notice = Nanoseconds.milliseconds(3)

    /// A crew of which nobody was started yet.
    ///
    /// - Parameter draw: where the heap of the first workers begins.
    init(_ access: AnchorAccess, size: Int, draw: Int = 0) {
        self.access = access
        heapShift = Self.heapShift(draw)
        workers = Array(repeating: nil, count: size)
    }

    /// Starts every worker that is missing among the first `count`, one after another: modules
    /// that keep state in files trip over several processes opening it at once.
    func muster(_ count: Int) async throws(ExperimentError) {
        for index in 0..<count where workers[index] == nil {
            let (worker, report) = try await access.openWorker(heapShift: heapShift)
            guard !isOver else {
                worker.kill()
                throw ExperimentError.device("the run is over")
            }
            workers[index] = worker
            opened = opened ?? report
            retries += report.retries
            await dismissRetired()
        }
    }

    /// Lets the workers go, so that the next round has new ones, whose module finds its memory
    /// elsewhere.
    ///
    /// Which locks of a module share a cache line is settled when it is loaded, and callers that
    /// contend for them are quicker or slower by it (by 9 % with two callers on SoftHSM2 2.6.1).
    /// What is one throw of the dice for a process must not be one for the run, whose intervals
    /// come from the spread between rounds. Where each worker would generate a key pair they stay.
    func renew(draw: Int) {
        let shift = Self.heapShift(draw)
        guard access.isCheaplyOpened, shift != heapShift else { return }
        heapShift = shift
        // They stay until there is another: a worker lives to remove the run's folders.
        retired += workers.compactMap(\.self)
        workers = Array(repeating: nil, count: workers.count)
    }

    /// Allocations begin at multiples of 16 bytes, cache lines at multiples of 64.
    private static func heapShift(_ draw: Int) -> Int { draw % 4 * 16 }

    private func dismissRetired() async {
        let leaving = retired
        retired = []
        for worker in leaving { await worker.quit() }
    }

    /// Runs one round of a cell on as many workers as it has processes.
    ///
    /// - Returns: what each worker measured.
    /// - Throws: `RoundLoss` with the reason.
    func measure(_ orders: [MeasureOrder]) async throws(RoundLoss) -> CrewReport {
        do {
            try await muster(orders.count)
        } catch {
            if case .login = error { throw RoundLoss(reason: error.description, isFinal: true) }
            throw RoundLoss(reason: Self.withoutSerials(error.description))
        }
        let team = workers.prefix(orders.count).compactMap { $0 }
        var loss: RoundLoss?
        var ready: [Int] = []
        for (index, order) in orders.enumerated() {
            try? await team[index].send(.measure(order))
        }
        for (index, order) in orders.enumerated() {
            let limit =
                access.limits.preparation + (order.warmUp ?? .zero) + Self.sealingTime(orders)
            if let reason = await receive(
                index, team, limit, { if case .ready = $0 { true } else { false } })
            {
                loss = Self.graver(loss, reason)
            } else {
                ready.append(index)
            }
        }
        if let loss {
            for index in ready { try? await team[index].send(.callOff) }
            throw loss
        }
        return try await release(team, orders)
    }

    private func release(
        _ team: [WorkerProcess], _ orders: [MeasureOrder]
    ) async throws(RoundLoss) -> CrewReport {
        let before = HostReading.now()
        let instant = MonotonicClock().now() + Self.notice
        for worker in team { try? await worker.send(.release(at: instant)) }
        var (reports, loss): ([[MeasuredReport]], RoundLoss?) = ([], nil)
        for (index, order) in orders.enumerated() {
            let reason = await receive(index, team, order.duration + access.limits.grace) {
                report in
                guard case .measured(let measured) = report,
                    measured.count == (order.attackers == nil ? 1 : 2)
                else { return false }
                reports.append(measured)
                return true
            }
            loss = Self.graver(loss, reason)
        }
        if let loss { throw loss }
        return CrewReport(workers: reports, host: HostChange(from: before, to: .now()))
    }

    /// Has a worker join records as a thief would.
    ///
    /// - Parameter limit: beyond what a preparation and its grace may take.
    /// - Throws: `RoundLoss` with the reason.
    func audit(
        _ order: BatchingOrder, within limit: Nanoseconds
    ) async throws(RoundLoss) -> BatchingAudit {
        do {
            try await muster(1)
        } catch {
            throw RoundLoss(reason: Self.withoutSerials(error.description))
        }
        let team = workers.prefix(1).compactMap(\.self)
        try? await team[0].send(.auditBatching(order))
        var audit: BatchingAudit?
        let longest = access.limits.preparation + access.limits.grace + limit
        let loss = await receive(0, team, longest) { report in
            if case .audited(let answer) = report { audit = answer }
            return audit != nil
        }
        guard let audit else { throw loss ?? RoundLoss(reason: "a worker gave no answer") }
        return audit
    }

    /// The loss to tell of two: a refusal must not hide that a worker is gone.
    private static func graver(_ first: RoundLoss?, _ second: RoundLoss?) -> RoundLoss? {
        guard let first, let second, first.isRefusal else { return first ?? second }
        return second
    }

    /// Takes one report of the kind that `accept` wants; anything else is a loss.
    private func receive(
        _ index: Int, _ team: [WorkerProcess], _ limit: Nanoseconds,
        _ accept: (WorkerReport) -> Bool
    ) async -> RoundLoss? {
        do throws(WorkerError) {
            let report = try await team[index].report(within: limit)
            guard !accept(report) else { return nil }
            dismiss(index, team)
            return RoundLoss(reason: "a worker answered out of turn")
        } catch {
            switch error {
            case .failed(let message), .refusedLogin(let message): return RoundLoss(reason: message)
            case .refusedRequest(let message):
                return RoundLoss(reason: Self.withoutSerials(message), isRefusal: true)
            case .ended(let how):
                dismiss(index, team)
                return RoundLoss(reason: "a worker process \(how)")
            }
        }
    }

    /// A sentence for files that are kept, in which no serial number may stand.
    private static func withoutSerials(_ sentence: String) -> String {
        sentence.replacing(#/serial '[^']*'/#, with: "serial (hidden)")
    }

    /// Gives a worker up: it is gone, or what it answers next could be taken for something else.
    private func dismiss(_ index: Int, _ team: [WorkerProcess]) {
        team[index].kill()
        workers[index] = nil
    }

    /// What sealing the records of all callers adds to a preparation where a pace is set.
    private static func sealingTime(_ orders: [MeasureOrder]) -> Nanoseconds {
        guard let rate = orders.first?.pace?.rate else { return .zero }
        let records = orders.reduce(0) { $0 + ($1.callers + ($1.attackers ?? 0)) * $1.records }
        return Nanoseconds(Int64(Double(records) / rate.perSecond * 1e9))
    }

    /// Ends every worker at once; the round in progress is lost.
    func killAll() {
        isOver = true
        (workers.compactMap(\.self) + retired).forEach { $0.kill() }
    }

    /// Ends every worker in order.
    func dismiss() async {
        await dismissRetired()
        for worker in workers { await worker?.quit() }
        workers = Array(repeating: nil, count: workers.count)
    }
}

/// What a crew measured in one round.
struct CrewReport: Sendable {
    /// What each worker measured, class by class.
    let workers: [[MeasuredReport]]
    /// What happened on the machine from the release to the last report.
    let host: HostChange
}

/// Why a round gave nothing.
struct RoundLoss: Error, Equatable {
    let reason: String
    /// Whether another round must not be tried.
    var isFinal = false
    /// Whether the device refused what was asked for, and may well do something else.
    var isRefusal = false
}
