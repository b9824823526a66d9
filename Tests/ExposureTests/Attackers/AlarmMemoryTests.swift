import Exposure
import Testing
import Units

@Suite("What an alarm remembers")
struct AlarmMemoryTests {
    @Test("it fires exactly when M of the last N breach, whatever came before", arguments: 0..<40)
    func windows(seed: UInt64) {
        var generator = SeededGenerator(seed: seed)
        let n = Int.random(in: 1...9, using: &generator)
        let m = Int.random(in: 1...n, using: &generator)
        let memory = AlarmMemory(datapointsToAlarm: m, evaluationPeriods: n)
        for _ in 0..<50 {
            var (state, outcomes) = (0, [Bool]())
            while outcomes.count < 100 {
                outcomes.append(Double.random(in: 0..<1, using: &generator) < Double(m) / Double(n))
                let fires = outcomes.last == true && outcomes.suffix(n).count { $0 } >= m
                guard outcomes.last == true else {
                    state = memory.afterQuiet[state]
                    continue
                }
                #expect((memory.afterBreach[state] == nil) == fires, "seed \(seed), \(m) of \(n)")
                guard let next = memory.afterBreach[state] else { break }
                state = next
            }
        }
    }

    @Test("M in a row need M states, and one of many needs one")
    func sizes() {
        for m in 1...12 {
            #expect(AlarmMemory(datapointsToAlarm: m, evaluationPeriods: m).count == m)
            #expect(AlarmMemory(datapointsToAlarm: 1, evaluationPeriods: m).count == 1)
        }
        let long = AlarmMemory(datapointsToAlarm: 2, evaluationPeriods: 1_000)
        #expect(long.count == 1_000)
    }

    @Test("where there are too many states it asks for M in a row, which fires no sooner")
    func tooMany() {
        let memory = AlarmMemory(datapointsToAlarm: 30, evaluationPeriods: 60)
        #expect(memory.count == 30)
        #expect(memory.afterBreach.firstIndex { $0 == nil } == 29)
        #expect(memory.afterQuiet.allSatisfy { $0 == 0 })
    }

    @Test("from a cleared state M = N takes (1 − p^M) / ((1 − p) p^M) periods")
    func meanTime() {
        for m in [1, 2, 3, 5] {
            for p in [0.3, 0.6, 0.9] {
                let memory = AlarmMemory(datapointsToAlarm: m, evaluationPeriods: m)
                var weights = [Double](repeating: 0, count: memory.count)
                weights[0] = 1
                // The mean is the sum of the probabilities that no alarm has fired yet.
                var (mean, left) = (0.0, 1.0)
                while left > 1e-15 {
                    mean += left
                    var next = [Double](repeating: 0, count: memory.count)
                    for (state, weight) in weights.enumerated() {
                        next[memory.afterQuiet[state]] += weight * (1 - p)
                        if let after = memory.afterBreach[state] { next[after] += weight * p }
                    }
                    weights = next
                    left = weights.reduce(0, +)
                }
                let power = (0..<m).reduce(1.0) { product, _ in product * p }
                let exact = (1 - power) / ((1 - p) * power)
                #expect(abs(mean / exact - 1) < 1e-9, "\(m) at \(p): \(mean)")
            }
        }
    }
}
