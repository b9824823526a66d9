import Results
import Throttling
import Units

/// A drill built in code, every figure of it fixed: three defences with five thefts each.
enum FixedDrill {
    static let bucket = Policy(
        .tokenBucket(TokenBucket(rate: Rate(500), burst: RecordCount(100))))

    /// No throttle; a token bucket; the token bucket with alarm and revocation.
    static let whole = run([open, throttled, watched])

    static func run(_ acts: [DrillAct]) -> DrillRun {
        DrillRun(
            name: "fixed", seed: 7, stage: stage, rehearsal: [4_900, 5_000, 5_100],
            dumps: [
                DrillDump(kind: .clear, records: 20_000, calls: 0, seconds: [0.020, 0.021, 0.022]),
                DrillDump(
                    kind: .sharedKey, records: 20_000, calls: 1, seconds: [0.12, 0.13, 0.11]),
            ], acts: acts, provenance: FixedRun.whole.provenance)
    }

    static let stage = DrillStage(
        anchor: "softhsm", mechanism: "aes-gcm", keyBits: 256, recordBytes: 64, rows: 20_000,
        database: "SQLite 3.40.1", sealingSeconds: 1.25, strategy: "sprint", callers: 4,
        recordsPerCall: 1, frontEnds: 3, demand: 200, dispersion: 1.2, speed: 60,
        watch: .seconds(8),
        alarm: AlarmSettings(
            period: .seconds(1), threshold: RecordCount(500), evaluationPeriods: 2,
            datapointsToAlarm: 2),
        delays: DelaySettings(response: .automatic(ThreePoint(.seconds(1)))),
        scenarioPeriod: .seconds(60), notes: ["the readers keep their sessions"])

    /// He has everything in 4 s, a little more or less.
    static let open = DrillAct(
        throttle: .none, isWatched: false,
        prediction: DrillPrediction(
            recordsPerSecond: 5_000, containment: figure(4, low: 4.1, high: 3.9),
            lost: figure(20_000), contained: 0),
        thefts: [4.0, 4.1, 3.9, 4.2, 3.8].map { theft(.everything, end: $0, lost: 20_000) })

    /// He is slowed and not stopped; readers wait 10 ms longer.
    static let throttled = DrillAct(
        throttle: bucket, isWatched: false,
        prediction: DrillPrediction(
            recordsPerSecond: 500, containment: figure(8), lost: figure(4_100), contained: 0,
            deniedShare: 0, legitimateWait: 0.008),
        thefts: [4_000, 4_050, 4_100, 4_150, 4_200].map { theft(.watchOver, end: 8, lost: $0) })

    /// He is cut off after 3.1 s with 1,530 records, a little more or less.
    static let watched = DrillAct(
        throttle: bucket, isWatched: true,
        prediction: DrillPrediction(
            recordsPerSecond: 500, alarm: figure(2, p95: 2.4), containment: figure(3, p95: 3.4),
            lost: figure(1_600, low: 1_590, high: 1_610, p95: 1_800), contained: 1,
            deniedShare: 0, legitimateWait: 0.01, notes: ["the response takes a second"]),
        thefts: (0..<5).map { index in
            let part = Double(index) / 10
            return theft(
                .revoked, alarm: 1.9 + part, end: 2.9 + part, lost: 1_430 + UInt64(index) * 50)
        })

    private static func figure(
        _ mean: Double, low: Double? = nil, high: Double? = nil, p95: Double? = nil
    ) -> DrillPrediction.Figure {
        DrillPrediction.Figure(mean: mean, p50: mean, p95: p95 ?? mean, low: low, high: high)
    }

    /// A theft that gains the same in every second, whose first call has 0.6 of a period left.
    static func theft(
        _ ending: DrillTheft.Ending, alarm: Double? = nil, end: Double, lost: UInt64,
        unanswered: String? = nil
    ) -> DrillTheft {
        let isRevoked = ending == .revoked
        return DrillTheft(
            phase: 0.6, ending: ending, identity: "thief", alarm: alarm,
            revocation: isRevoked ? end : nil, revoked: isRevoked ? "thief" : nil,
            lastRecord: end, lost: lost, denied: 3,
            before: service(5, response: 0.001), during: service(end, response: 0.011),
            after: service(2, response: 0.001), periods: periods(until: end, lost: lost),
            unanswered: unanswered)
    }

    static func service(_ seconds: Double, response: Double, denied: UInt64 = 0) -> DrillService {
        DrillService(
            seconds: seconds, opened: UInt64((seconds * 200).rounded()), denied: denied,
            meanResponse: response, longestResponse: response * 4)
    }

    private static func periods(until end: Double, lost: UInt64) -> [DrillPeriod] {
        var before: UInt64 = 0
        return (-2...Int(end) + 2).map { index in
            let start = Double(index) - 0.4
            let share = min(1, max(0, (start + 1) / end))
            let held = UInt64((share * Double(lost)).rounded())
            defer { before = held }
            return DrillPeriod(
                start: start, legitimate: 200 + UInt64(index + 2), thief: held - before,
                lost: held)
        }
    }
}
