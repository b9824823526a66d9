import Exposure
import Foundation
import Testing
import Units

@Suite("The chain of breaches follows an M-of-N alarm")
struct BreachChainTests {
    @Test("from a cleared state M = N takes (1 − p^M) / ((1 − p) p^M) periods")
    func runs() throws {
        for needed in [1, 2, 3, 5, 12] {
            for breaching in [0.01, 0.3, 0.9] {
                let chain = try #require(
                    BreachChain(datapointsToAlarm: needed, evaluationPeriods: needed))
                let found = try #require(chain.meanPeriodsToAlarm(breaching: breaching))
                let power = pow(breaching, Double(needed))
                let exact = (1 - power) / ((1 - breaching) * power)
                #expect(abs(found / exact - 1) < 1e-12, "\(needed) at \(breaching): \(found)")
            }
        }
        let longest = try #require(
            BreachChain(datapointsToAlarm: 1_440, evaluationPeriods: 1_440))
        #expect(longest.meanPeriodsToAlarm(breaching: 1) == 1_440)
        #expect(longest.meanPeriodsToAlarm(breaching: 0) == .infinity)
    }

    @Test("it fires when a count of the last N outcomes first reaches M, whatever M and N")
    func enumeration() throws {
        for periods in 1...6 {
            for needed in 1...periods {
                var chain = try #require(
                    BreachChain(datapointsToAlarm: needed, evaluationPeriods: periods))
                let chances = [0.3, 0.7, 0.2, 0.9, 0.5, 0.4, 0.6, 0.8, 0.1]
                var exact = [Double](repeating: 0, count: chances.count)
                for outcome in 0..<(1 << chances.count) {
                    var weight = 1.0
                    var first: Int?
                    for at in chances.indices {
                        weight *= outcome >> at & 1 == 1 ? chances[at] : 1 - chances[at]
                        let window = max(0, at - periods + 1)...at
                        let breaches = window.count { outcome >> $0 & 1 == 1 }
                        if first == nil, breaches >= needed { first = at }
                    }
                    if let first { exact[first] += weight }
                }
                for (at, chance) in chances.enumerated() {
                    let fired = chain.pass(breaching: chance)
                    #expect(abs(fired - exact[at]) < 1e-12, "\(needed) of \(periods), \(at)")
                }
                #expect(abs(chain.quiet + exact.reduce(0, +) - 1) < 1e-12)
            }
        }
    }

    @Test("a settled chain fires as often as onsets follow on periods without an alarm")
    func settled() throws {
        let chance = 0.2
        for (needed, periods, ways) in [
            (1, 1, 1.0), (3, 3, 1), (1, 4, 1), (2, 4, 3), (3, 5, 6), (4, 6, 10), (2, 30, 29),
        ] {
            var chain = try #require(
                BreachChain(datapointsToAlarm: needed, evaluationPeriods: periods))
            chain.settle(breaching: chance)
            #expect(abs(chain.quiet - 1) < 1e-12)
            let onset =
                ways * pow(chance, Double(needed))
                * pow(1 - chance, Double(periods - needed + 1))
            // Periods after which the alarm is off: fewer than M of N breach.
            let off = (0..<needed).reduce(0.0) { sum, breaches in
                let choices = (0..<breaches).reduce(1.0) {
                    $0 * Double(periods - $1) / Double($1 + 1)
                }
                return sum + choices * pow(chance, Double(breaches))
                    * pow(1 - chance, Double(periods - breaches))
            }
            let fired = chain.pass(breaching: chance)
            #expect(abs(fired / (onset / off) - 1) < 1e-12, "\(needed) of \(periods): \(fired)")
        }
    }

    @Test("the mean of a general chain is what its passes add up to")
    func means() throws {
        for (needed, periods) in [(2, 3), (2, 20), (3, 5), (1, 7), (4, 8)] {
            var chain = try #require(
                BreachChain(datapointsToAlarm: needed, evaluationPeriods: periods))
            let found = try #require(chain.meanPeriodsToAlarm(breaching: 0.4))
            var sum = 0.0
            for period in 1...2_000 { sum += Double(period) * chain.pass(breaching: 0.4) }
            #expect(abs(found / sum - 1) < 1e-9, "\(needed) of \(periods): \(found), \(sum)")
        }
    }

    @Test("long windows have a chain where their states are few, and none where they are not")
    func sizes() {
        for (needed, periods) in [(1, 1_440), (1_440, 1_440), (2, 1_440), (8, 15), (3, 60)] {
            let chain = BreachChain(datapointsToAlarm: needed, evaluationPeriods: periods)
            #expect(chain != nil, "\(needed) of \(periods)")
        }
        #expect(BreachChain(datapointsToAlarm: 20, evaluationPeriods: 40) == nil)
        #expect(BreachChain(datapointsToAlarm: 3, evaluationPeriods: 2) == nil)
    }
}
