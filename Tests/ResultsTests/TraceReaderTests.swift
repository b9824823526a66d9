import Results
import Testing
import Units

@Suite("A trace is read from lines of any usual form")
struct TraceReaderTests {
    private func read(
        _ text: String, per period: Nanoseconds = .seconds(60), counts: Nanoseconds? = nil
    ) throws -> DemandTrace {
        try TraceReader(source: "calls.csv", period: period, countPeriod: counts).read(text)
    }

    /// What is wrong with a text; nil where nothing is.
    private func error(
        _ text: String, per period: Nanoseconds = .seconds(60)
    ) -> String? {
        do throws(TraceError) {
            _ = try TraceReader(source: "calls.csv", period: period).read(text)
            return nil
        } catch { return error.description }
    }

    @Test(
        "a time is told in every spelling of the same instant",
        arguments: [
            "2026-03-01T12:00:00Z", "2026-03-01 12:00:00", "2026-03-01T12:00",
            "2026-03-01T12:00:00.999+00:00", "\"2026-03-01T12:00:00Z\"", "1772366400",
            "1772366400.25", "1772366400000", "1772366400123456", "1772366400123456789",
            "  2026-03-01t12:00:00z  ",
        ])
    func spellings(_ time: String) throws {
        let trace = try read("time,calls\r\n\(time),7\r\n", counts: .seconds(60))
        #expect(trace.start_s == 1_772_366_400)
        #expect(trace.counts == [7])
        #expect(trace.notes == ["Read as 1 count of 1m."])
    }

    @Test("an offset puts the hours on the trace's own clock")
    func offsets() throws {
        let east = try read("2026-03-01T12:00:00+05:30,1\n2026-03-01T12:01:00+05:30,2\n")
        #expect(east.start_s == 1_772_366_400)
        #expect(east.counts == [1, 2])
        let west = try read("2026-03-01T12:00:00-0800,1\n2026-03-01T12:01:00-0800,2\n")
        #expect(west.start_s == 1_772_366_400)
    }

    @Test("a change to summer time makes no gap")
    func summerTime() throws {
        let text = """
            2026-03-29T01:30:00+01:00,1
            2026-03-29T03:00:00+02:00,2
            2026-03-29T03:30:00+02:00,3
            """
        let trace = try read(text, per: .seconds(1_800))
        #expect(trace.counts == [1, 2, 3])
        #expect(
            trace.notes == [
                "Read as 3 counts of 30m.",
                "2 lines have another offset from UTC than the first; hours are told by that one, "
                    + "the first of them line 2.",
            ])
    }

    @Test("operations are counted in periods of the clock, and partial ones left out")
    func times() throws {
        // 12:00:30, then one each 20 seconds until 12:05:10.
        let times = stride(from: 1_772_366_430, through: 1_772_366_710, by: 20)
        let trace = try read("\u{feff}when\n# night shift\n\n" + times.map { "\($0)\n" }.joined())
        #expect(trace.start_s == 1_772_366_460)
        #expect(trace.counts == [3, 3, 3, 3])
        #expect(
            trace.notes == [
                "Read as the times of 15 calls.",
                "The first and the last period are left out: not all of them was recorded.",
            ])
        let quiet = try read("60\n180\n420\n")
        #expect(quiet.counts == [0, 1, 0, 0, 0])
    }

    @Test("gaps, repetitions, disorder and strays are mended, counted and told")
    func faults() throws {
        let text = """
            time;calls
            60;1
            120;2
            120;2
            180;3
            180;4
            soon;5
            240;many
            610;9
            600;6
            300;5
            """
        let trace = try read(text)
        #expect(trace.start_s == 60)
        #expect(trace.counts == [1, 2, 7, nil, 5, nil, nil, nil, nil, 6])
        #expect(
            trace.notes == [
                "Read as 7 counts of 1m.",
                "Line 7 is left out: no time.",
                "Line 8 is left out: no whole count.",
                "2 lines stood out of order; put in order, the first of them line 10.",
                "Line 4 repeats another and is counted once.",
                "Line 6 has the time of another but another count; added up.",
                "Line 9 is left out: between two periods.",
                "2 lines follow on missing periods, the first of them line 10.",
                "5 of 10 periods are missing.",
            ])
    }

    @Test("counts are regrouped to a multiple, from where the clock begins one")
    func regrouping() throws {
        // Each minute from 00:03 on.
        let lines = (3..<17).map { "\($0 * 60),\($0)\n" }.joined()
        let trace = try read(lines, per: .seconds(300))
        #expect(trace.start_s == 300)
        #expect(trace.counts == [35, 60])
        #expect(trace.notes.count == 2 && trace.notes.first == "Read as 14 counts of 1m.")
        let missing = try read("0,1\n60,2\n180,3\n240,4\n300,5\n360,6\n", per: .seconds(120))
        #expect(missing.counts == [3, nil, 9])
        #expect(
            error("0,1\n60,2\n120,3\n", per: .seconds(90))
                == "calls.csv: counts of every 1m cannot be regrouped to an alarm's period of 90s: "
                + "give the alarm a period that is a multiple of 1m")
        #expect(error("0,1\n60,2\n", per: .seconds(180)) != nil)
    }

    @Test("a quoted field may hold separators, line breaks and quotation marks")
    func quotes() throws {
        let text =
            "\"a\n\"\"time\"\", local\",\"calls\"\n\"60\",\"1\"\n\"120\",\"2\",\"x,\ny\"\n180,3\n"
        let trace = try read(text)
        #expect(trace.counts == [1, 2, 3])
        let broken = try read("60,1\n120,2\n180,3\n240,\"4\n300,5\n")
        #expect(broken.counts == [1, 2, 3])
        #expect(broken.notes.dropFirst().first == "Line 4 is left out: no whole count.")
    }

    @Test("what cannot be read says why, and where")
    func errors() {
        #expect(error("") == "calls.csv: no line with a time")
        #expect(
            error("# only\n{\"a\": 1}\n")
                == "calls.csv, line 2: '{\"a\": 1}' is no time: give ISO 8601, such as "
                + "2026-03-02T09:00:00Z, or seconds since 1970")
        #expect(
            error("60,5\n")
                == "calls.csv, line 1: one time tells no period: give the counts' period")
        #expect(error("60\n120\n", per: .milliseconds(1_500)) != nil)
        #expect(
            error("0\n60000060\n")?.hasPrefix("calls.csv, line 2: 1000002 periods of 1m") == true)
        for time in [
            "2026-02-29T00:00:00Z", "2026-13-01", "2026-01-01T24:00", "12h", "2026-01-01T1:00",
        ] {
            #expect(error("\(time),1\n\(time),2\n") != nil, "\(time)")
        }
    }

    @Test("where no line has a time the first below the header is named, or the first")
    func timeless() {
        let below = error("time,calls\n2026-13-01T00:00:00Z,5\n2026-14-01T00:00:00Z,6\n")
        #expect(below?.hasPrefix("calls.csv, line 2: '2026-13-01T00:00:00Z' is no time") == true)
        let first = error("2026-13-01,5\n2026-14-01,6\n")
        #expect(first?.hasPrefix("calls.csv, line 1: '2026-13-01' is no time") == true)
        let long = error(String(repeating: "x", count: 50))
        let cut = String(repeating: "x", count: 40)
        #expect(long?.hasPrefix("calls.csv, line 1: '\(cut)…' is no time") == true)
    }

    @Test("a first line that begins like a time is no header: it is left out, and told")
    func brokenFirst() throws {
        let trace = try read("2026-03-01T25:00,1\n60,2\n120,3\n")
        #expect(trace.counts == [2, 3])
        #expect(trace.notes == ["Read as 2 counts of 1m.", "Line 1 is left out: no time."])
    }

    @Test(
        "a number that is no count is refused, not taken for what stands behind a time",
        arguments: ["-5", "1.5", "+0.25", "1e-3", "\"-5\""])
    func noCounts(_ count: String) {
        let value = count.filter { $0 != "\"" }
        for header in ["time,calls\n", "when\n", ""] {
            let line = header.isEmpty ? 1 : 2
            #expect(
                error("\(header)60,\(count)\n120,7\n")
                    == "calls.csv, line \(line): '\(value)' is no count, which is a whole number "
                    + "not below 0: mend the line or leave it out; where each line is the time of "
                    + "one call, leave the numbers out")
        }
    }

    @Test("a list of times may have text behind them, and it is told that times were read")
    func textBehind() throws {
        let trace = try read("time,key\n60,records\n130,records\n135,-\n190,nan\n")
        #expect(trace.counts == [2])
        #expect(trace.notes.first == "Read as the times of 4 calls.")
        let counts = try read("60,1\n120,-5\n180,3\n240,4\n")
        #expect(counts.counts == [1, nil, 3, 4])
        #expect(counts.notes.contains("Line 2 is left out: no whole count."))
    }

    @Test("whatever order lines come in, and however they are written, the trace is the same")
    func order() throws {
        for seed in 0..<100 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            let start = Int64.random(in: 0...2_000_000_000, using: &generator) / 60 * 60
            var counts = (0..<Int.random(in: 5...40, using: &generator)).map { _ -> UInt32? in
                let isKnown = Int.random(in: 0..<8, using: &generator) > 0
                return isKnown ? UInt32.random(in: 0...9_999, using: &generator) : nil
            }
            // The first three and the last are known, so that the period is 60 s.
            for index in [0, 1, 2, counts.count - 1] { counts[index] = 1 }
            let lines = counts.enumerated().compactMap { index, count in
                count.map { count in
                    let scale = [1, 1_000, 1_000_000].randomElement(using: &generator) ?? 1
                    return "\((start + 200_000_000 + Int64(index) * 60) * Int64(scale)),\(count)"
                }
            }
            let text = lines.shuffled(using: &generator).joined(separator: "\r\n")
            let trace = try read(text, counts: .seconds(60))
            #expect(trace.counts == counts, "seed \(seed)")
            #expect(trace.start_s == start + 200_000_000, "seed \(seed)")
        }
    }
}
