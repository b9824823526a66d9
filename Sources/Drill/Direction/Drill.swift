import Anchors
import Experiment
import Exposure
import Foundation
import Latency
import Results
import Throttling
import Units

/// A drill from the first sealed row to the last cleaned-up file.
///
/// What is foretold of a defence is on the disk before its first theft begins, and what happened
/// after each theft.
package struct Drill: Sendable {
    private let plan: DrillPlan
    private let tools: CampaignTools
    private let folder: RunFolder
    private let interruption: Interruption
    private let observe: @Sendable (String) -> Void

    /// The file's name in the folder.
    package static let name = "drill.json"
    /// The gate's library, built and shipped beside the command.
    package static let gateModuleName = "libanchorgate.so"

    /// How long it may take to fill the database.
    private static let fillingTime = Nanoseconds.seconds(3_600)
    private static let dumpRepetitions = 3

    /// A drill as planned.
    ///
    /// - Parameter observe: told of what happens, in sentences.
    package init(
        _ plan: DrillPlan, tools: CampaignTools, folder: RunFolder, interruption: Interruption,
        observe: @escaping @Sendable (String) -> Void
    ) {
        self.plan = plan
        self.tools = tools
        self.folder = folder
        self.interruption = interruption
        self.observe = observe
    }

    /// Stages it.
    ///
    /// - Returns: what happened, also where it ended early: then it says why.
    /// - Throws: `ExperimentError` where nothing could be staged or kept, `StoreError`.
    package func run() async throws -> DrillRun {
        let gate = try gateModule()
        let work = FileManager.default.temporaryDirectory
            .appending(path: "anchorbench-drill-\(UUID().uuidString)", directoryHint: .isDirectory)
        let store = try StoreAddress(
            parsing: plan.settings.database,
            folder: plan.settings.keepsDatabase ? folder.url.path : work.path,
            unique: String(plan.settings.seed, radix: 36))
        let access = try await AnchorAccess.prepare(
            plan.resolved.anchor, plan.resolved.scenario.anchor, executable: tools.executable,
            limits: tools.limits)
        defer {
            try? FileManager.default.removeItem(at: work)
            access.remove()
        }
        try Self.makeFolder(work)
        // Whoever finds something there already leaves it there.
        try make(store)
        let stage = DrillSite(
            plan: plan, access: access, gateModule: gate, store: store,
            truth: TruthBook(seed: plan.settings.seed, recordBytes: plan.recordBytes),
            folder: work)
        do {
            var run = try await play(stage)
            do throws(StoreError) {
                try remove(store)
            } catch {
                // A database that was lost is spoken of already, and what happened is kept.
                guard run.ending == nil else { return run }
                run.ending = "The rows could not be taken away: \(error.description)"
                try save(run)
            }
            return run
        } catch {
            try? remove(store)
            throw error
        }
    }

    /// Makes the tables.
    private func make(_ address: StoreAddress) throws(StoreError) {
        let store = try address.open(readOnly: false)
        defer { store.close() }
        try store.create()
    }

    /// Takes the rows away.
    private func remove(_ address: StoreAddress) throws(StoreError) {
        guard !plan.settings.keepsDatabase else { return }
        let store = try address.open(readOnly: false)
        defer { store.close() }
        try store.remove()
    }

    private func gateModule() throws(ExperimentError) -> String {
        let program = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath()
        let path = program.deletingLastPathComponent()
            .appending(path: Self.gateModuleName).path
        guard FileManager.default.fileExists(atPath: path) else {
            throw ExperimentError.missingInput(
                "a drill calls through \(Self.gateModuleName), which is not beside the command: "
                    + "build it with 'swift build', or put it back")
        }
        return path
    }

    private static func makeFolder(_ folder: URL) throws(ExperimentError) {
        do {
            try FileManager.default.createDirectory(
                at: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw ExperimentError.output(
                "'\(folder.path)' cannot be made (\(error.localizedDescription))")
        }
    }

    private func play(_ stage: DrillSite) async throws -> DrillRun {
        observe("sealing \(Significant.grouped(plan.settings.rows.count)) rows …")
        let sealed = try await fill(stage)
        var stage = stage
        stage.canaries = sealed.canaries
        let origin = DrillOrigin(sealed.introduction, plan.resolved, seed: plan.settings.seed)
        var run = DrillRun(
            name: plan.resolved.scenario.name, seed: plan.settings.seed,
            stage: values(sealed), provenance: origin.provenance)
        let notifier = Notifier(plan.settings.notification)
        do {
            run.dumps = try await dumps(stage, sealed)
            try await rehearse(stage, &run)
            try save(run)
            try await acts(stage, &run, notifier)
        } catch let error as DrillError {
            run.ending = error == .interrupted ? "It was asked to stop." : error.description
        }
        run.stage.notes += await notifier.complaints()
        origin.complete(&run.provenance)
        run.provenance.run["arrivals"] = .value("poisson, beside a thief")
        run.provenance.run["throttles"] = .value(
            plan.acts.filter { !$0.isWatched || plan.acts.count == 1 }.map(\.throttle.keyForm)
                .joined(separator: ", "))
        try save(run)
        return run
    }

    private func save(_ run: DrillRun) throws(ExperimentError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(run) else {
            preconditionFailure("a drill is plain data")
        }
        try folder.write(data, to: Self.name)
    }

    private func fill(_ stage: DrillSite) async throws -> SealedReport {
        let order = SealOrder(
            opening: stage.opening(throughGate: false), canaries: plan.canaryRows)
        do {
            let process = try stage.start("the sealer", .seal(order))
            do {
                let report = try await process.report(
                    within: Self.fillingTime, unless: interruption)
                await process.quit()
                guard case .sealed(let sealed) = report else {
                    throw DrillError.part("the sealer answered out of turn")
                }
                return sealed
            } catch {
                await process.kill()
                throw error
            }
        } catch DrillError.interrupted {
            throw ExperimentError.interrupted("stopped before anything was stolen")
        } catch let error as DrillError {
            throw ExperimentError.device(error.description)
        }
    }

    private func values(_ sealed: SealedReport) -> DrillStage {
        let settings = plan.settings
        return DrillStage(
            anchor: plan.resolved.anchor.redacted, mechanism: plan.mechanism.rawValue,
            keyBits: sealed.introduction.keyBits(of: plan.mechanism.rawValue) ?? 0,
            recordBytes: plan.recordBytes, rows: settings.rows.count,
            database: sealed.database, sealingSeconds: sealed.seconds,
            strategy: settings.strategy, callers: settings.callers,
            recordsPerCall: settings.recordsPerCall, frontEnds: settings.frontEnds,
            demand: plan.demand, dispersion: plan.dispersion, speed: plan.speed,
            watch: settings.watch, alarm: plan.alarm, delays: plan.delays,
            scenarioPeriod: plan.scenarioPeriod, canaries: plan.canaries, budget: plan.budget,
            notes: plan.notes)
    }

    /// The same rows in the clear, and under one key that the anchor unwraps once.
    private func dumps(
        _ stage: DrillSite, _ sealed: SealedReport
    ) async throws(DrillError) -> [DrillDump] {
        var dumps: [DrillDump] = []
        for (kind, key) in [(DrillDump.Kind.clear, nil), (.sharedKey, sealed.dataKey)] {
            var dump = DrillDump(kind: kind, records: 0, calls: 0, seconds: [])
            for _ in 0..<Self.dumpRepetitions {
                if interruption.isSet { throw .interrupted }
                let report = try await dumped(stage, key)
                guard report.wrong == 0 else {
                    throw DrillError.part(
                        "\(report.wrong) rows were not what had been stored (\(kind.rawValue))")
                }
                (dump.records, dump.calls) = (report.records, report.calls)
                dump.seconds.append(report.seconds)
            }
            dumps.append(dump)
        }
        return dumps
    }

    private func dumped(
        _ stage: DrillSite, _ key: WrappedKey?
    ) async throws(DrillError) -> DumpReport {
        // One call of the anchor, past no gate: nothing of it could be seen or slowed down.
        let order = DumpOrder(opening: stage.opening(throughGate: false), dataKey: key)
        let process = try stage.start("the thief", .dump(order))
        do throws(DrillError) {
            guard
                case .ready = try await process.report(
                    within: .seconds(60), unless: interruption)
            else {
                throw DrillError.part("the thief answered out of turn")
            }
            process.cue(.start(at: MonotonicInstant.now()))
            guard
                case .dumped(let report) = try await process.report(
                    within: .seconds(600), unless: interruption)
            else { throw DrillError.part("the thief answered out of turn") }
            await process.quit()
            return report
        } catch {
            await process.kill()
            throw error
        }
    }

    /// Thefts with nobody in the way, beside the legitimate calls: what the predictions begin with.
    private func rehearse(
        _ stage: DrillSite, _ run: inout DrillRun
    ) async throws(DrillError) {
        observe("rehearsing: \(plan.settings.rehearsals) thefts with nobody in the way …")
        let act = DrillPlan.Act(throttle: .none, isWatched: false, watch: DrillPlan.rehearsal)
        for index in 0..<plan.settings.rehearsals {
            var rehearsal = stagedTheft(
                stage, act, number: 1_000 + index, phase: 1, pace: .flatOut,
                prediction: nil, Notifier(nil))
            rehearsal.isRehearsal = true
            let (theft, trouble) = try await rehearsal.play()
            guard trouble == nil, theft.lost > 0, theft.lastRecord > 0 else {
                throw DrillError.part(trouble ?? "the thief opened no row with nobody in his way")
            }
            run.rehearsal.append(Double(theft.lost) / theft.lastRecord)
        }
    }

    private func acts(
        _ stage: DrillSite, _ run: inout DrillRun, _ notifier: Notifier
    ) async throws {
        guard let forecast = DrillForecast(run.stage, rehearsal: run.rehearsal, seed: run.seed)
        else { throw DrillError.part("the thief opened no row with nobody in his way") }
        run.acts = plan.acts.map { act in
            DrillAct(
                throttle: act.throttle, isWatched: act.isWatched, watch: act.watch,
                prediction: forecast.prediction(
                    of: act.throttle, isWatched: act.isWatched, watch: act.watch))
        }
        // Nobody can say afterwards that it was foretold otherwise.
        try save(run)
        var generator = SeededGenerator(seed: plan.settings.seed)
        for (index, act) in plan.acts.enumerated() {
            observe(
                "\(act.throttle.keyForm)\(act.isWatched ? " with alarm and revocation" : ""): "
                    + "\(plan.settings.repetitions) thefts …")
            let lots = TheftLots(plan.delays, plan.settings.repetitions, &generator)
            for repetition in 0..<plan.settings.repetitions {
                let (theft, trouble) = try await stagedTheft(
                    stage, act, number: index * 100 + repetition, phase: lots.phases[repetition],
                    pace: pace(act, forecast),
                    prediction: run.acts[index].prediction, notifier,
                    lots.judging[repetition], lots.response[repetition]
                ).play()
                run.acts[index].thefts.append(theft)
                try save(run)
                observe(Self.sentence(theft, repetition + 1, of: plan.settings.repetitions))
                if let trouble { throw DrillError.part(trouble) }
            }
        }
    }

    private func stagedTheft(
        _ stage: DrillSite, _ act: DrillPlan.Act, number: Int, phase: Double,
        pace: ThiefPace, prediction: DrillPrediction?, _ notifier: Notifier,
        _ judging: Nanoseconds = .zero, _ response: Nanoseconds = .zero
    ) -> StagedTheft {
        StagedTheft(
            stage: stage, act: act, number: number, phase: phase, pace: pace,
            recordsPerCall: prediction?.recordsPerCall ?? plan.settings.recordsPerCall,
            frontEndThreads: threads(for: prediction), judgingDelay: judging,
            response: response, notifier: notifier, interruption: interruption,
            observe: observe)
    }

    /// Calls that a front end has under way at once: as many as its users wait for, half as many
    /// more, and some to spare.
    private func threads(for prediction: DrillPrediction?) -> Int {
        let each = plan.demand / Double(plan.settings.frontEnds)
        let waiting = each * (prediction?.legitimateWait ?? 0) * 1.5
        return min(256, 4 + Int(min(1_000, waiting)))
    }

    /// How fast the thief goes behind a defence.
    private func pace(_ act: DrillPlan.Act, _ forecast: DrillForecast) -> ThiefPace {
        guard act.isWatched, let alarm = plan.alarm,
            let limit = alarm.threshold.flatMap({ alarm.rule(at: $0).largestQuiet })
        else { return .flatOut }
        switch plan.settings.strategy {
        case "creep":
            let level = forecast.creepLevel(under: act.throttle, watch: act.watch) ?? 0
            return .steady(perSecond: level / alarm.period.seconds.value)
        case "fill", "pulse":
            let isPulse = plan.settings.strategy == "pulse"
            return .filling(
                FillingPace(
                    limit: limit, demand: plan.demand, dispersion: plan.dispersion,
                    period: alarm.period, flatOut: isPulse ? alarm.datapointsToAlarm - 1 : 0,
                    of: alarm.evaluationPeriods, gate: ""))
        default: return .flatOut
        }
    }

    private static func sentence(_ theft: DrillTheft, _ number: Int, of all: Int) -> String {
        let lost =
            "\(Significant.grouped(theft.lost)) records in \(Seconds(theft.lastRecord).inWords)"
        let end =
            switch theft.ending {
            case .revoked: "revoked"
            case .everything: "that is all there was"
            case .watchOver: "nobody stopped him"
            case .broken: "it broke"
            }
        return "theft \(number) of \(all): \(lost), \(end)"
    }
}
