/// What a thief adds to each period of the alarm, for every phase that occurs in a sample.
struct AddedOperations {
    private let course: Course
    private let period: Double
    /// Of each phase, the operations done by the end of its first periods, as far as was asked.
    private var done = [[Double]](repeating: [], count: TheftSample.phases)

    init(_ course: Course, period: Double) {
        self.course = course
        self.period = period
    }

    /// Operations in a period; the first one, in which the theft begins, has index 0.
    mutating func operations(phase: Int, index: Int) -> Double {
        while done[phase].count <= index {
            let end = TheftSample.phase(phase) + Double(done[phase].count)
            done[phase].append(course.operations(within: end * period))
        }
        return done[phase][index] - (index > 0 ? done[phase][index - 1] : 0)
    }

    /// Periods far from the beginning that stand for all of them.
    private static let sampled = 256

    /// The probability that a later period breaches, of each kind: the mean over periods spread
    /// evenly over the horizon, since a throttle may admit more in some than in others.
    func laterBreaches(_ watched: WatchedDemand, until horizon: Double) -> [Double] {
        var counts: [Double: Double] = [:]
        for place in 0..<Self.sampled {
            let start = horizon * (Double(place) + 0.5) / Double(Self.sampled)
            let added =
                course.operations(within: start + period) - course.operations(within: start)
            // A thousandth of an operation tells no two periods apart.
            counts[(added * 1e3).rounded() / 1e3, default: 0] += 1
        }
        var breaches = [Double](repeating: 0, count: watched.tails.count)
        for (added, count) in counts.sorted(by: { $0.key < $1.key }) {
            for (kind, breach) in watched.breaches(adding: added).enumerated() {
                breaches[kind] += breach * count / Double(Self.sampled)
            }
        }
        return breaches
    }
}
