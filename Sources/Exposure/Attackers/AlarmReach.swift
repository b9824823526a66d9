import Results
import Throttling
import Units

extension Projection {
    /// The most operations that are counted in one period, users' and thief's together.
    ///
    /// A throttle that all share lets no more through, whoever asks; one for each client bounds
    /// each, so that the device alone bounds them all. It is the device's rate at the upper bound
    /// of its interval, so that what lies beyond is beyond any doubt.
    package func mostCounted(in period: Nanoseconds) -> Double {
        let seconds = period.seconds.value
        let supplies = supplies(at: .high) ?? supplies(at: .estimate) ?? []
        return supplies.map { supply in
            throttle.scope == .global
                ? supply.operations(within: seconds) : supply.served * seconds
        }.max() ?? 0
    }

    /// Whether so many operations can be counted in a period that an alarm is raised by them.
    ///
    /// Otherwise it watches in vain: it is set above what can pass.
    package func canRaise(_ rule: AlarmRule) -> Bool {
        let most = mostCounted(in: rule.period)
        switch rule.settings.comparison {
        case .greaterThan: return most > Double(rule.threshold.count)
        case .greaterOrEqual: return most >= Double(rule.threshold.count)
        case .lessThan, .lessOrEqual: return true
        }
    }
}

extension WatchedDemand {
    /// The demand as far as the alarm hears of it behind a throttle and a device; nil where it
    /// cannot be raised there.
    func heard(through projection: Projection) -> WatchedDemand? {
        projection.canRaise(rule) ? self : nil
    }
}
