import Regression
import Results
import Units

/// What follows from what was measured of a capacity: the curve, its knee, and the law of
/// scalability that fits the closed loads.
struct CapacityAnalysis {
    /// The open loads that may be used, by what was answered; of several at one rate the longest.
    let curve: [Point]
    /// The open loads of steps that were not valid.
    let invalid: [Point]
    /// The knee of the curve; nil where there is none.
    let knee: Knee?
    /// The law that fits the closed loads, or why there is none.
    let fit: Result<ScalabilityFit, ScalabilityFitError>
    private let run: CapacityRun

    /// One open load.
    struct Point {
        /// The number of the step.
        let step: Int
        /// Calls due a second.
        let offered: Double
        /// Calls answered a second.
        let achieved: Double
        /// How long it was measured.
        let seconds: Double
        /// Its response times.
        let response: LatencyFigures
    }

    init(_ run: CapacityRun) {
        self.run = run
        let steps = run.result?.steps ?? []
        curve = Self.longest(steps.filter { $0.judgement != nil }.compactMap { run.point(of: $0) })
        invalid = steps.filter { $0.judgement == nil }.compactMap { run.point(of: $0) }
        // One load alone bends nowhere.
        knee =
            curve.count < 2
            ? nil
            : Knee(
                among: curve.map { point in
                    Knee.Load(
                        throughput: point.achieved,
                        response: Nanoseconds(Int64(point.response.mean ?? 0)))
                })
        fit = Result { () throws(ScalabilityFitError) in
            try ScalabilityFit(
                run.concurrency.best.flatMap { point in
                    point.throughputs.map {
                        ScalabilityFit.Point(callers: point.callers, throughput: $0)
                    }
                })
        }
    }

    private static func longest(_ points: [Point]) -> [Point] {
        var longest: [Double: Point] = [:]
        for point in points where (longest[point.offered]?.seconds ?? 0) < point.seconds {
            longest[point.offered] = point
        }
        return longest.values.sorted {
            ($0.achieved, $0.offered) < ($1.achieved, $1.offered)
        }
    }

    /// Whether a step stands in the chart's lines, and the knee comes of it.
    func isDrawn(_ finished: FinishedStep) -> Bool {
        curve.contains { $0.step == finished.step.number }
    }

    /// The calls that fell due, and who made them: `Poisson arrivals, 16 callers in 2 processes`.
    var openLoad: String {
        "Poisson arrivals, "
            + CapacityWording.callers(run.cell.callers, processes: run.cell.processes)
    }

    /// Whether the load at the knee is the highest measured: then it was not reached.
    var isBeforeKnee: Bool { knee.map { $0.index == curve.count - 1 } ?? false }

    /// Where the knee is, in a sentence.
    var kneeSentence: String? {
        guard let knee else { return nil }
        let rate = CapacityWording.perSecond(knee.load.throughput)
        let power = "the calls answered over the time that one takes (Kleinrock's power)"
        guard !isBeforeKnee else {
            return "**The knee** was not reached: at \(rate) calls a second, the highest rate that "
                + "is drawn, \(power) are still the most."
        }
        let place = knee.isAtEdge ? "lies at or below" : "lies at"
        let edge =
            knee.isAtEdge ? " It is the lowest rate measured: the true one may lie below." : ""
        return "**The knee** \(place) \(rate) calls a second, mean response "
            + "\(knee.load.response.seconds.inWords): there \(power) are most, and beyond it "
            + "waiting grows faster than the rate.\(edge)"
    }
}

extension CapacityRun {
    /// The open load of a step; nil where no call was answered in it.
    fileprivate func point(of finished: FinishedStep) -> CapacityAnalysis.Point? {
        guard let round = round(ofStep: finished.step.number),
            let response = round.latency[.response], response.count > 0
        else { return nil }
        return CapacityAnalysis.Point(
            step: finished.step.number, offered: finished.step.rate.perSecond,
            achieved: round.throughput, seconds: round.seconds, response: response)
    }
}
