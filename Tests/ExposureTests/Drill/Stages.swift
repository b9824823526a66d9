import Exposure
import Results
import Units

/// Stages of drills built in code.
enum Stages {
    /// A stage on which nothing is compressed.
    static func stage(
        _ strategy: String = "sprint", rows: UInt64 = 20_000, demand: Double = 200,
        callers: Int = 4, watch: Nanoseconds = .seconds(2), alarm: AlarmSettings? = nil,
        delays: DelaySettings = DelaySettings(), budget: UInt64? = nil,
        mechanism: String = "aes-gcm", recordsPerCall: UInt64 = 1
    ) -> DrillStage {
        DrillStage(
            anchor: "softhsm", mechanism: mechanism, keyBits: 256, recordBytes: 256, rows: rows,
            database: "SQLite 3.40.1", sealingSeconds: 1, strategy: strategy, callers: callers,
            recordsPerCall: recordsPerCall, frontEnds: 2, demand: demand, dispersion: 1, speed: 1,
            watch: watch, alarm: alarm, delays: delays, scenarioPeriod: alarm?.period,
            budget: budget.map { RecordCount($0) })
    }

    /// What is foretold on it.
    ///
    /// - Parameter perSecond: records a second of a thief with nobody in his way, alike in every
    ///   round.
    static func forecast(_ stage: DrillStage, perSecond: Double) -> DrillForecast? {
        DrillForecast(stage, rehearsal: [perSecond, perSecond, perSecond], seed: 1)
    }
}
