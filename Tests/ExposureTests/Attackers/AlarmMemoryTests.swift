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
}
