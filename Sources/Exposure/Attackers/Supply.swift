import Throttling
import Units

/// What throttle and device let a thief have by one way to call: operations over time, E(t).
struct Supply: Hashable, Sendable {
    /// k.
    let recordsPerOperation: Double
    /// X: calls a second that the device serves.
    let served: Double
    /// Calls a second in the long run.
    let sustained: Double
    private let envelope: Envelope

    init(_ calling: Calling) {
        recordsPerOperation = Double(calling.recordsPerOperation)
        served = calling.rate
        envelope = calling.envelope
        sustained = min(calling.rate, calling.envelope.sustainedRate)
    }

    /// The same for a thief who asks no faster than a pace, operations a second: to the throttle
    /// that is a slower device.
    func paced(_ pace: Double) -> Supply {
        pace < served ? Supply(paced: pace, of: self) : self
    }

    private init(paced pace: Double, of supply: Supply) {
        recordsPerOperation = supply.recordsPerOperation
        served = pace
        envelope = supply.envelope.begun(at: pace)
        sustained = min(pace, supply.sustained)
    }

    /// E(t): operations within so many seconds.
    func operations(within seconds: Double) -> Double {
        guard served > 0 else { return 0 }
        return envelope.operations(within: Seconds(seconds), servedAt: served)
    }
}

/// At which end of the interval of the measured rate a thief works.
enum RateLevel: CaseIterable, Sendable {
    case low, estimate, high
}

extension Projection {
    /// The thief's ways to call; nil where the rate has no interval.
    func supplies(at level: RateLevel) -> [Supply]? {
        switch level {
        case .estimate: callings.map(Supply.init)
        case .low: slowest?.map(Supply.init)
        case .high: fastest?.map(Supply.init)
        }
    }

    /// Records that one legitimate call opens: those under a shared data key. Joining ciphertexts
    /// is a thief's trick.
    var recordsPerLegitimateCall: Double {
        service.cell.isJoinable ? 1 : Double(recordsPerOperation)
    }
}
