import Foundation
import Latency
import Units

/// Decides on a series of late calls.
struct StepJudge: Sendable {
    let promise: Promise
    /// The one-sided chance of error.
    let level: Double
    /// A load without a late call for so long keeps its promise, whatever queue it is: one that
    /// crowds more breaks its promise only where it is all but saturated, and a little more load
    /// makes all calls late.
    let quiet: Nanoseconds

    /// So many batches with late calls show how strongly those crowd; with fewer, a queue is taken
    /// to crowd as it does at its limit.
    static let tellingBatches = 5
    /// Where so many crowds are due at the share allowed, the batches show their dispersion.
    static let tellingCrowds = 30.0
    /// Where so many of the batches have late calls, crowds are small or many.
    static let fullShare = 0.8
    /// Late calls come in spells of their own only where few are allowed.
    static let rareShare = 0.1

    func judgement(of series: LateSeries) -> StepJudgement {
        let allowed = promise.allowedLateShare
        // Markov: a share that is allowed on average reaches allowed / level but seldom, however
        // its calls crowd. It needs no batches, and finds an overload soon.
        if series.calls * allowed >= 1, series.share >= allowed / level {
            var judgement = StepJudgement(.fail, of: series, level: level)
            judgement.low = series.share * level
            return judgement
        }
        let judgement = decided(series, at: level)
        guard judgement.verdict == .unknown, judgement.batches < LateSeries.fewestBatches,
            series.due.count >= 2 * LateSeries.fewestBatches
        else { return judgement }
        // A queue that grows is never steady, but all late in the end.
        let later = decided(series.laterHalf, at: level / 2)
        return later.verdict == .fail ? later : judgement
    }

    private func decided(_ series: LateSeries, at level: Double) -> StepJudgement {
        var judgement = StepJudgement(.unknown, of: series, level: level)
        guard series.calls > 0 else { return judgement }
        let correlation = series.correlationSlices
        judgement.correlation = correlation.flatMap { Self.time($0, of: series.slice) }
        guard let batches = series.batches else {
            let times = Double(LateSeries.fewestBatches) * LateSeries.timesInBatch
            judgement.neededLength = correlation.flatMap { Self.time($0 * times, of: series.slice) }
            return judgement
        }
        judgement.batches = batches.due.count
        judgement.batchLength = batches.slice
        let bounds = bounds(batches, at: level)
        (judgement.low, judgement.high) = bounds
        let allowed = promise.allowedLateShare
        if judgement.low > allowed {
            judgement.verdict = .fail
        } else if judgement.high < allowed {
            judgement.verdict = .pass
        } else {
            judgement.neededLength = neededLength(series, judgement)
        }
        return judgement
    }

    /// The wider of both intervals.
    private func bounds(_ batches: LateSeries, at level: Double) -> (low: Double, high: Double) {
        let (share, calls, late) = (batches.share, batches.calls, batches.lateCalls)
        let count = Double(batches.due.count)
        let error = (count * batches.variance).squareRoot() / calls
        let t = StudentT(degreesOfFreedom: batches.due.count - 1).quantile(1 - level)
        let dispersion = dispersion(batches)
        let low = ShareBounds.lower(
            late: late / dispersion, of: calls / dispersion, level: level)
        let high = ShareBounds.upper(
            late: late / dispersion, of: calls / dispersion, level: level)
        let crowded = crowdedUpper(batches, dispersion: dispersion, at: level)
        return (
            max(0, min(low, share - t * error)), min(1, max(high, crowded, share + t * error))
        )
    }

    /// What the share stays below by the dispersion of a queue at its limit.
    ///
    /// Where few crowds of late calls came they were small ones by chance as well, so that the
    /// dispersion seen is too small just when the share is. In heavy traffic the late calls of
    /// M/M/1 disperse as four times their mean crowd: the workload is a reflected Brownian motion,
    /// whose spells above a high level last so that the autocorrelation time is 4 λ / θ². Their sum
    /// is about gamma distributed with that scale.
    private func crowdedUpper(
        _ batches: LateSeries, dispersion: Double, at level: Double
    ) -> Double {
        let rate = batches.calls / batches.length.seconds.value
        let scale = max(dispersion, 1 + 4 * crowd(at: rate))
        let expected = batches.calls * promise.allowedLateShare / scale
        let isRare = promise.allowedLateShare < Self.rareShare
        guard batches.lateCalls > 0, isRare, expected < Self.tellingCrowds,
            Double(batches.mixedBatches) < Self.fullShare * Double(batches.due.count)
        else { return 0 }
        return ShareBounds.upper(
            late: batches.lateCalls, of: batches.calls, scale: scale, level: level)
    }

    /// By what the variance of the late calls exceeds that of independent ones.
    private func dispersion(_ batches: LateSeries) -> Double {
        let share = batches.share
        let independent = batches.lateCalls / Double(batches.due.count) * (1 - share)
        let seen = independent > 0 ? batches.variance / independent : 0
        guard batches.mixedBatches < Self.tellingBatches else { return max(1, seen) }
        let rate = batches.calls / batches.length.seconds.value
        return max(1, seen, crowd(at: rate))
    }

    /// How many calls are late together, on average, in a queue at its limit.
    ///
    /// In the queue M/M/1 the response time's tail is e^(−θ t), θ = μ − λ, and a spell of late
    /// calls has μ λ / θ² calls on average; at the limit θ = ln(1 / allowed) / limit. A queue with
    /// several servers ends alike.
    ///
    /// - Parameter rate: calls a second.
    func crowd(at rate: Double) -> Double {
        let spells = spells(at: rate)
        return max(1, min(spells * (spells + 1), mostCrowd(at: rate)))
    }

    /// λ / θ.
    private func spells(at rate: Double) -> Double {
        rate * promise.limit.seconds.value / -Foundation.log(promise.allowedLateShare)
    }

    private func mostCrowd(at rate: Double) -> Double {
        rate * quiet.seconds.value / quietCrowds
    }

    /// By which share the capacity may lie below a rate that passes only as it was quiet for long:
    /// θ / λ, how far below its saturation M/M/1 breaks the promise; nil where the time measured
    /// was enough for the crowds of such a queue.
    func quietMargin(at rate: Double) -> Double? {
        let spells = spells(at: rate)
        return spells * (spells + 1) > mostCrowd(at: rate) ? 1 / spells : nil
    }

    /// How many crowds' calls all in time show that few enough are late.
    private var quietCrowds: Double {
        Foundation.log(level) / Foundation.log1p(-promise.allowedLateShare)
    }

    /// How long a load is measured at least for a PASS, if no call is late.
    func leastLength(at rate: Double) -> Nanoseconds {
        let seconds = quietCrowds * crowd(at: rate) / rate
        return Nanoseconds(Int64(min(seconds * 1.05 * 1e9, 1e18)))
    }

    /// As long as the wider half of the interval needs to shrink to the distance of the share
    /// from what is allowed, by the root of the time.
    private func neededLength(_ series: LateSeries, _ judgement: StepJudgement) -> Nanoseconds? {
        let allowed = promise.allowedLateShare
        let share = series.share
        let distance = abs(allowed - share)
        let width = share < allowed ? judgement.high - share : share - judgement.low
        guard distance > 0 else { return nil }
        let slices = Double(series.due.count) * (width / distance) * (width / distance)
        return Self.time(slices, of: series.slice)
    }

    private static func time(_ slices: Double, of slice: Nanoseconds) -> Nanoseconds? {
        let count = slices * Double(slice.count)
        return count < 1e18 ? Nanoseconds(Int64(count)) : nil
    }
}
