import Exposure
import Results
import Throttling
import Units

/// One case of the grid: a device, a throttle, a demand, an alarm and a thief, small enough to be
/// played call by call.
struct ProofCase {
    let number: Int
    let strategy: Strategy
    let anchor: PlayedAnchor
    /// When the calls are done of a thief who calls as fast as he can.
    let flatOut: [Int]
    let rule: AlarmRule
    /// Legitimate operations a period by hour of the week, or one mean for all of them.
    let means: [Double]
    let dispersion: Double
    let delays: DelaySettings
    let horizon: Nanoseconds
    let confidence: Double
    let recordsPerOperation: Int
    let dataset: Int

    /// What the model makes of the same anchor, measured at each number of calls that it serves
    /// side by side.
    func projection() throws -> Projection {
        let cells = (1...anchor.servers).map { count in
            Runs.result(
                Runs.cell(callers: count),
                perSecond: [Double(count) * 1e9 / Double(anchor.service_ns)])
        }
        return try Runs.projection(
            anchor.policy, of: cells, callers: anchor.callers, identities: anchor.identities,
            recordsPerOperation: UInt64(recordsPerOperation))
    }

    /// The demand as the models are told of it.
    var profile: DemandProfile {
        DemandProfile(
            period: rule.period,
            means: means.count > 1
                ? means : [Double](repeating: means[0], count: DemandProfile.hours),
            dispersion: dispersion)
    }

    /// The same theft, to be played.
    var theft: PlayedTheft {
        PlayedTheft(
            strategy: strategy, anchor: anchor, flatOut: flatOut, rule: rule,
            demand: PlayedDemand(
                means: means, dispersion: dispersion, period_ns: Int(rule.period.count)),
            delays: delays, horizon_ns: Int(horizon.count), confidence: confidence,
            recordsPerOperation: recordsPerOperation, dataset: dataset)
    }
}

extension ProofCase: CustomStringConvertible {
    var description: String {
        let alarm = rule.settings
        let mean = means.reduce(0, +) / Double(means.count)
        return """
            case \(number): \(strategy) behind \(anchor.policy.limit) \(anchor.policy.scope) of \
            \(anchor.identities), \(anchor.servers) x \(anchor.service_ns) ns, \
            \(alarm.datapointsToAlarm) of \(alarm.evaluationPeriods) \(alarm.comparison.rawValue) \
            \(rule.threshold.count) in \(rule.period), demand \(mean) (\(means.count)) \
            x \(dispersion), horizon \(horizon), k \(recordsPerOperation), N \(dataset), \
            confidence \(confidence), delays \(delays)
            """
    }
}

extension ProofCase {
    /// The case of a number: kinds of thief and of throttle in turn, all else drawn.
    init(_ number: Int) {
        var generator = SeededGenerator(seed: UInt64(number))
        self.number = number
        strategy = Self.strategies[number % Self.strategies.count]
        let isCheap = strategy == .sprint || strategy == .harvest
        let period_s = [10, 10, 10, 20, 30, 60].randomElement(using: &generator) ?? 10
        let periods = Int.random(in: 6...(isCheap ? 24 : 16), using: &generator)
        let odd_ns = Int.random(in: 0..<4, using: &generator) == 0 ? 3_700_000_000 : 0
        horizon = Nanoseconds(Int64(periods * period_s * 1_000_000_000 + odd_ns))
        // As fast a device as some thousand calls until the horizon allow.
        let most = Double(isCheap ? 6_000 : 1_500) / Double(periods * period_s)
        let servers = Int.random(in: 1...4, using: &generator)
        let perSecond = most * Double.random(in: 0.2...1, using: &generator)
        let service_ns = Int(Double(servers) / perSecond * 1e6) * 1_000
        let policy = Self.policy(
            (number / Self.strategies.count) % Self.policies, perSecond: perSecond,
            period_s: period_s, &generator)
        anchor = PlayedAnchor(
            servers: servers, service_ns: service_ns, policy: policy,
            identities: policy.scope == .perClient ? Int.random(in: 1...4, using: &generator) : 1,
            // Enough of them to take at once whatever a breaker or a tarpit lets by at once.
            callers: policy.limit.delay > .zero ? 16 : 128)
        flatOut = anchor.flatOut(until: Int(horizon.count))
        dispersion = [1, 1, 1.5, 3, 6].randomElement(using: &generator) ?? 1
        let mean = Double.random(in: 2...150, using: &generator)
        let isWeekly = Int.random(in: 0..<3, using: &generator) == 0
        // Few different hours: a model may take its time over each of them.
        let levels = (0..<3).map { _ in mean * Double.random(in: 0.5...1.5, using: &generator) }
        means =
            isWeekly
            ? (0..<168).map { _ in levels.randomElement(using: &generator) ?? mean } : [mean]
        rule = Self.rule(
            period_s: period_s, mean: means.max() ?? mean, dispersion: dispersion,
            flatOut: Double(flatOut.count) / Double(periods),
            &generator)
        delays = Self.delays(horizon: horizon, &generator)
        confidence = [0.5, 0.9, 0.95, 0.99].randomElement(using: &generator) ?? 0.95
        recordsPerOperation = [1, 1, 1, 7].randomElement(using: &generator) ?? 1
        let share = Double.random(in: 0.1...1, using: &generator)
        dataset =
            [Int(most * share * Double(periods * period_s)), 1_000_000, 1_000_000, 1_000_000]
            .randomElement(using: &generator) ?? 1_000_000
    }

    private static let strategies: [Strategy] = [
        .sprint, .sprint, .creep, .sprint, .fill, .sprint, .pulse, .sprint, .harvest, .creep,
    ]
    private static let policies = 14

    private static func rule(
        period_s: Int, mean: Double, dispersion: Double, flatOut: Double,
        _ generator: inout SeededGenerator
    ) -> AlarmRule {
        let evaluated = Int.random(in: 1...5, using: &generator)
        let above = (mean * dispersion).squareRoot() * Double.random(in: 1.5...5, using: &generator)
        let room = flatOut * Double.random(in: 0...1.1, using: &generator)
        return AlarmSettings(
            period: .seconds(Int64(period_s)), threshold: nil,
            comparison: Bool.random(using: &generator) ? .greaterThan : .greaterOrEqual,
            evaluationPeriods: evaluated,
            datapointsToAlarm: Int.random(in: 1...evaluated, using: &generator),
            window: .wallClock
        ).rule(at: RecordCount(UInt64(mean + above + room) + 1))
    }

    private static func delays(
        horizon: Nanoseconds, _ generator: inout SeededGenerator
    ) -> DelaySettings {
        func range(upTo most: Int64) -> ThreePoint<Nanoseconds> {
            let points = (0..<3).map { _ in Int64.random(in: 0...most, using: &generator) }.sorted()
            return ThreePoint(
                Nanoseconds(points[0]), Nanoseconds(points[1]), Nanoseconds(points[2]))
        }
        let endsSessions = Int.random(in: 0..<12, using: &generator) > 0
        switch Int.random(in: 0..<3, using: &generator) {
        case 0: return DelaySettings(endsSessions: endsSessions)
        case 1:
            return DelaySettings(
                publish: range(upTo: 10_000_000_000), evaluation: range(upTo: 5_000_000_000),
                response: .automatic(range(upTo: 2_000_000_000)), endsSessions: endsSessions)
        default:
            return DelaySettings(
                evaluation: range(upTo: 3_000_000_000),
                response: .human(range(upTo: horizon.count / 2)), endsSessions: endsSessions)
        }
    }
}

// MARK: throttles

extension ProofCase {
    private static func policy(
        _ kind: Int, perSecond: Double, period_s: Int, _ generator: inout SeededGenerator
    ) -> Policy {
        let scope: Scope = Int.random(in: 0..<3, using: &generator) == 0 ? .perClient : .global
        func seconds(_ range: ClosedRange<Double>) -> Nanoseconds {
            .milliseconds(Int64(Double.random(in: range, using: &generator) * 1_000))
        }
        /// As many calls as the device serves in a time, times a factor.
        func count(in length: Nanoseconds, _ factor: ClosedRange<Double>) -> RecordCount {
            let calls =
                perSecond * length.seconds.value * Double.random(in: factor, using: &generator)
            return RecordCount(max(1, UInt64(calls)))
        }
        func bucket() -> Limit {
            let share = Double.random(in: 0.05...1.2, using: &generator)
            return .tokenBucket(
                TokenBucket(
                    rate: Rate(max(1, UInt64(60 * perSecond * share)), per: .seconds(60)),
                    burst: RecordCount(UInt64.random(in: 1...60, using: &generator))))
        }
        func sliding() -> Limit {
            let window = seconds(1...60)
            return .slidingWindow(
                SlidingWindow(limit: count(in: window, 0.05...1.2), window: window))
        }
        func fixed() -> Limit {
            let window = seconds(1...60)
            return .fixedWindow(FixedWindow(limit: count(in: window, 0.05...1.2), window: window))
        }
        func slots() -> Limit {
            .concurrency(RecordCount(UInt64.random(in: 1...5, using: &generator)))
        }
        func delay() -> Limit { .delay(seconds(0.01...(20 / perSecond))) }
        func breaker(_ lockout: ClosedRange<Double>) -> Limit {
            .breaker(
                Breaker(
                    threshold: RecordCount(UInt64.random(in: 2...14, using: &generator)),
                    window: seconds(2...20), lockout: seconds(lockout)))
        }
        func tarpit() -> Limit {
            let first = seconds(0.1...2)
            return Tarpit(
                free: RecordCount(UInt64.random(in: 1...12, using: &generator)), first: first,
                growth: Double.random(in: 1...2, using: &generator),
                longest: first + seconds(0...10), window: seconds(5...60)
            ).map { .tarpit($0) } ?? .none
        }
        let budget = Limit.budget(Budget(quota: count(in: .seconds(60), 0.1...3), period: .day))
        switch kind {
        case 0: return .none
        case 1: return Policy(bucket(), scope: scope)
        case 2: return Policy(fixed(), scope: scope)
        case 3: return Policy(sliding(), scope: scope)
        case 4: return Policy(breaker(21...90), scope: scope)
        case 5: return Policy(breaker(0.5...2), scope: scope)
        case 6: return Policy(tarpit(), scope: scope)
        case 7: return Policy(budget, scope: scope)
        case 8: return Policy(slots(), scope: scope)
        case 9: return Policy(delay())
        case 10: return Policy(.all([bucket(), fixed()]), scope: scope)
        case 11: return Policy(.all([bucket(), sliding()]), scope: scope)
        case 12: return Policy(.all([bucket(), slots()]), scope: scope)
        default: return Policy(.all([sliding(), delay()]))
        }
    }
}
