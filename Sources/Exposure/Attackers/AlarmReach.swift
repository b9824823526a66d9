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
        mostCounted(within: period.seconds.value)
    }

    private func mostCounted(within seconds: Double) -> Double {
        quickest.map { supply in
            throttle.scope == .global
                ? supply.operations(within: seconds) : supply.served * seconds
        }.max() ?? 0
    }

    /// The same in the long run, in each of many periods.
    fileprivate func sustainedCount(in period: Nanoseconds) -> Double {
        quickest.map { supply in
            (throttle.scope == .global ? supply.sustained : supply.served) * period.seconds.value
        }.max() ?? 0
    }

    private var quickest: [Supply] { supplies(at: .high) ?? supplies(at: .estimate) ?? [] }

    /// Whether so many operations can be counted in a period, and in M of N, that an alarm is
    /// raised by them.
    ///
    /// Otherwise it watches in vain: it is set above what can pass.
    package func canRaise(_ rule: AlarmRule) -> Bool {
        let least: Double
        switch rule.settings.comparison {
        case .greaterThan: least = Double(rule.threshold.count) + 1
        case .greaterOrEqual: least = Double(rule.threshold.count)
        case .lessThan, .lessOrEqual: return true
        }
        let period = rule.period.seconds.value
        let (breaches, periods) = (
            Double(rule.datapointsToAlarm), Double(rule.evaluationPeriods)
        )
        return mostCounted(within: period) >= least
            && mostCounted(within: periods * period) >= breaches * least
    }
}

extension WatchedDemand {
    /// The demand as far as the alarm hears of it behind a throttle and a device; nil where it
    /// cannot be raised there.
    ///
    /// Users and thief share what a throttle for all, or the device, sustains: a period counts no
    /// more than that, or than what the thief alone gets of a burst.
    func heard(through projection: Projection) -> WatchedDemand? {
        projection.canRaise(rule)
            ? capped(at: projection.sustainedCount(in: rule.period)) : nil
    }
}
