import Regression
import Results
import Units

/// What follows from what was measured of a capacity: the curve, its knee, and the law of
/// scalability that fits the closed loads.
struct CapacityAnalysis {
    /// The open loads that may be used, by what was answered; of several at one rate the longest.
    let curve: [Point]
    /// The knee of the curve; nil where there is none.
    let knee: Knee?
    /// The law that fits the closed loads, or why there is none.
    let fit: Result<ScalabilityFit, ScalabilityFitError>
    private let run: CapacityRun

    /// One open load.
    struct Point {
        /// Calls due a second.
        let offered: Double
        /// Calls answered a second.
        let achieved: Double
        /// Its response times.
        let response: LatencyFigures
    }

    init(_ run: CapacityRun) {
        self.run = run
        curve = Self.curve(run)
        knee = Knee(
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

    private static func curve(_ run: CapacityRun) -> [Point] {
        var longest: [Rate: Round] = [:]
        for finished in run.result?.steps ?? [] where finished.judgement != nil {
            guard let round = run.round(ofStep: finished.step.number),
                longest[finished.step.rate].map({ $0.seconds < round.seconds }) ?? true
            else { continue }
            longest[finished.step.rate] = round
        }
        let points = longest.compactMap { rate, round -> Point? in
            guard let response = round.latency[.response], response.count > 0 else { return nil }
            return Point(
                offered: rate.perSecond, achieved: round.throughput, response: response)
        }
        return points.sorted { ($0.achieved, $0.offered) < ($1.achieved, $1.offered) }
    }

    /// The calls that fell due, and who made them: `Poisson arrivals, 16 callers in 2 processes`.
    var openLoad: String {
        "Poisson arrivals, "
            + CapacityWording.callers(run.cell.callers, processes: run.cell.processes)
    }

    /// Where the knee is, in a sentence.
    var kneeSentence: String? {
        guard let knee else { return nil }
        let edge =
            knee.isAtEdge
            ? " It is the first or the last rate measured, so that the true one may lie beyond."
            : ""
        return "**The knee** lies at \(CapacityWording.perSecond(knee.load.throughput)) calls a "
            + "second, mean response \(knee.load.response.seconds.inWords): there the calls "
            + "answered over the time that one takes are most (Kleinrock's power), and beyond it "
            + "waiting grows faster than the rate.\(edge)"
    }
}
