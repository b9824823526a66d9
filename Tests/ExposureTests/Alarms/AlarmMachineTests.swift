import Exposure
import Results
import Testing
import Units

@Suite("Alarm")
struct AlarmMachineTests {
    /// A row of the tables in "How alarm state is evaluated when data is missing": five datapoints,
    /// and the state under each treatment in the order of `MissingData.allCases`; nil where the
    /// state is kept.
    struct Row: CustomTestStringConvertible {
        let needed: Int
        let points: String
        let states: [AlarmState?]

        init(_ needed: Int, _ points: String, _ states: [AlarmState?]) {
            (self.needed, self.points, self.states) = (needed, points, states)
        }

        var testDescription: String { "\(needed) of 3: \(points)" }
        var breaching: [Bool?] {
            points.split(separator: " ").map { $0 == "-" ? nil : $0 == "X" }
        }
    }

    static let rows: [Row] = [
        Row(3, "0 - X - X", [.quiet, .quiet, .quiet, .quiet]),
        Row(3, "0 - - - -", [.quiet, .quiet, .quiet, .quiet]),
        Row(3, "- - - - -", [.insufficientData, nil, .alarm, .quiet]),
        Row(3, "0 X X - X", [.alarm, .alarm, .alarm, .alarm]),
        Row(3, "- - X - -", [.alarm, nil, .alarm, .quiet]),
        Row(2, "0 - X - X", [.alarm, .alarm, .alarm, .alarm]),
        Row(2, "0 0 X 0 X", [.alarm, .alarm, .alarm, .alarm]),
        Row(2, "0 - X - -", [.quiet, .quiet, .alarm, .quiet]),
        Row(2, "- - - - 0", [.quiet, .quiet, .alarm, .quiet]),
        Row(2, "- - - X -", [.alarm, nil, .alarm, .quiet]),
    ]

    /// Points that put the alarm into a state, and are out of its range once five more have come.
    static let befores: [(points: [Bool?], state: AlarmState)] = [
        ([], .insufficientData), ([false, false, false], .quiet), ([true, true, true], .alarm),
    ]

    @Test(
        "every cell of the documented tables comes out, whatever the state before", arguments: rows)
    func documented(row: Row) {
        for (missing, expected) in zip(
            [MissingData.missing, .ignore, .breaching, .notBreaching], row.states)
        {
            for before in Self.befores {
                var machine = AlarmMachine(alarm(row.needed, of: 3, missing: missing))
                for point in before.points { machine.receive(breaching: point) }
                #expect(machine.state == before.state)
                // What is kept is the state from just before the row's last point.
                for point in row.breaching.dropLast() { machine.receive(breaching: point) }
                let kept = machine.state
                let state = machine.receive(breaching: row.breaching.last ?? nil)
                #expect(state == expected ?? kept, "\(missing) after \(before.points)")
            }
        }
    }

    @Test("a kept state is the one from before the gap")
    func kept() {
        var machine = AlarmMachine(alarm(3, of: 3, missing: .ignore))
        for _ in 0..<3 { machine.receive(breaching: true) }
        for _ in 0..<20 { #expect(machine.receive(nil) == .alarm) }
        for _ in 0..<3 { machine.receive(0) }
        for _ in 0..<20 { #expect(machine.receive(nil) == .quiet) }
    }

    @Test("breaching points alone are an alarm once the oldest is as old as M, and not before")
    func premature() {
        var machine = AlarmMachine(alarm(3, of: 3, missing: .missing))
        #expect(machine.receive(11) == .quiet)
        #expect(machine.receive(nil) == .quiet)
        #expect(machine.receive(nil) == .alarm)
        #expect(machine.receive(nil) == .alarm)
        #expect(machine.receive(nil) == .alarm)
        #expect(machine.receive(nil) == .insufficientData)
        // A point within bounds in time, and it does not come to that.
        machine = AlarmMachine(alarm(3, of: 3, missing: .missing))
        machine.receive(11)
        machine.receive(nil)
        #expect(machine.receive(0) == .quiet)
        #expect(machine.receive(nil) == .quiet)
    }

    @Test("it agrees with the documentation's prose on 10,000 random series with gaps")
    func reference() {
        for seed in 0..<10_000 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let periods = Int.random(in: 1...7, using: &generator)
            let needed = Int.random(in: 1...periods, using: &generator)
            let missing = MissingData.allCases[Int(seed % 4)]
            let points = randomPoints(
                16, missing: [0.1, 0.4, 0.8][Int(seed / 4 % 3)],
                breaching: .random(in: 0.2...0.95, using: &generator), using: &generator)
            var reference = AlarmReference(needed: needed, periods: periods, missing: missing)
            var machine = AlarmMachine(alarm(needed, of: periods, missing: missing))
            let expected = points.map { reference.receive($0) }
            let states = points.map { machine.receive(breaching: $0) }
            guard states != expected else { continue }
            Issue.record("seed \(seed): \(needed) of \(periods), \(missing): \(points)")
        }
    }

    @Test("it agrees on ranges longer than a word of bits", arguments: [62, 63, 64, 130])
    func longRanges(periods: Int) {
        for seed in 0..<12 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let needed = Int.random(in: 1...periods, using: &generator)
            let missing = MissingData.allCases[Int(seed % 4)]
            // Stretches of one kind each, so that the counts go up and down.
            let points = (0..<12).flatMap { _ in
                randomPoints(
                    periods / 4, missing: Double(Int.random(in: 0...4, using: &generator)) / 4,
                    breaching: .random(in: 0...1, using: &generator), using: &generator)
            }
            var reference = AlarmReference(needed: needed, periods: periods, missing: missing)
            var machine = AlarmMachine(alarm(needed, of: periods, missing: missing))
            for (index, point) in points.enumerated() {
                let expected = reference.receive(point)
                guard machine.receive(breaching: point) != expected else { continue }
                Issue.record("seed \(seed), point \(index): \(needed) of \(periods), \(missing)")
                break
            }
        }
    }

    @Test("without gaps it is a count of M among the last N")
    func plainCount() {
        for seed in 0..<200 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let periods = Int.random(in: 1...9, using: &generator)
            let needed = Int.random(in: 1...periods, using: &generator)
            let counts = (0..<60).map { _ in Double(Int.random(in: 0...20, using: &generator)) }
            for missing in MissingData.allCases {
                var machine = AlarmMachine(alarm(needed, of: periods, missing: missing))
                for (index, count) in counts.enumerated() {
                    let isAlarm = machine.receive(count) == .alarm
                    guard index + 1 >= periods else { continue }
                    let breaches = counts[index + 1 - periods...index].count { $0 > 10 }
                    #expect(isAlarm == (breaches >= needed), "seed \(seed), point \(index)")
                }
            }
        }
    }
}

@Suite("Alarm laws")
struct AlarmLawTests {
    /// The states of an alarm over a series.
    private func states(_ points: [Bool?], _ rule: AlarmRule) -> [AlarmState] {
        var machine = AlarmMachine(rule)
        return points.map { machine.receive(breaching: $0) }
    }

    private func series(_ seed: UInt64, missing: Double) -> [Bool?] {
        var generator = SeededGenerator(seed: seed)
        return randomPoints(40, missing: missing, breaching: 0.5, using: &generator)
    }

    @Test("an alarm that fires at M fires at every smaller M, where gaps are filled in")
    func smallerM() {
        for seed in 0..<100 as Range<UInt64> {
            for missing in [MissingData.breaching, .notBreaching] {
                var stricter = Set(0..<40)
                for needed in 1...5 {
                    let points = series(seed, missing: 0.3)
                    let alarms = Set(
                        states(points, alarm(needed, of: 5, missing: missing)).indices(where: {
                            $0 == .alarm
                        }))
                    #expect(alarms.isSubset(of: stricter), "seed \(seed), \(needed) of 5")
                    stricter = alarms
                }
            }
        }
    }

    @Test("gaps filled with breaches alarm wherever gaps filled with quiet do")
    func fillings() {
        for seed in 0..<200 as Range<UInt64> {
            let points = series(seed, missing: 0.4)
            let bad = states(points, alarm(2, of: 4, missing: .breaching))
            let good = states(points, alarm(2, of: 4, missing: .notBreaching))
            for (bad, good) in zip(bad, good) where good == .alarm {
                #expect(bad == .alarm, "seed \(seed)")
            }
        }
    }

    @Test("what came before the range leaves no trace, unless the state is kept")
    func forgetting() {
        for seed in 0..<200 as Range<UInt64> {
            let points = series(seed, missing: 0.4)
            for missing in [MissingData.missing, .breaching, .notBreaching] {
                let rule = alarm(2, of: 4, missing: missing)
                let last = states([true, nil, false, true, true] + points, rule).last
                #expect(last == states(points, rule).last, "seed \(seed), \(missing)")
            }
        }
    }

    @Test("the four comparisons differ at the threshold and agree away from it")
    func comparisons() {
        let expected: [(AlarmComparison, [Bool])] = [
            (.greaterThan, [false, false, true]), (.greaterOrEqual, [false, true, true]),
            (.lessThan, [true, false, false]), (.lessOrEqual, [true, true, false]),
        ]
        for (comparison, breaching) in expected {
            var machine = AlarmMachine(alarm(1, of: 1, comparison: comparison))
            let found = [9.0, 10, 11].map { machine.receive($0) == .alarm }
            #expect(found == breaching, "\(comparison.rawValue)")
        }
    }

    @Test("a settled alarm is quiet, and needs M breaches")
    func settled() {
        for missing in MissingData.allCases {
            var machine = AlarmMachine.settled(alarm(3, of: 4, missing: missing))
            #expect(machine.state == .quiet)
            #expect((0..<3).map { _ in machine.receive(11) } == [.quiet, .quiet, .alarm])
        }
    }
}

extension Collection where Index == Int {
    /// The indices of the elements that are so.
    fileprivate func indices(where isSo: (Element) -> Bool) -> [Int] {
        indices.filter { isSo(self[$0]) }
    }
}
