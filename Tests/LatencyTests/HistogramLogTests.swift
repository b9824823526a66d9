import Testing
import Units

@testable import Latency

@Suite("A histogram log is written by the format, and read from every tool that keeps to it")
struct HistogramLogTests {
    private static let start = Nanoseconds(1_441_812_279_474_000_000)

    @Test("the text is a header, a legend, and a row for each histogram")
    func text() throws {
        var log = HistogramLog(start: Self.start, comments: ["[Logged with anchorbench]"])
        let histogram = PortableHistogram(LatencyHistogram(recording: [.microseconds(20)]))
        let tag = try HistogramTag(cell: "rsa-oaep-2048/32B/closed-4/none", kind: .denial)
        try log.append(
            HistogramLog.Row(
                tag: tag, start: Self.start + .milliseconds(1_500),
                length: Nanoseconds(500_000_125), histogram: histogram))
        let payload = HistogramEncoding.base64(histogram)
        #expect(
            log.text == """
                #[Histogram log format version 1.3]
                #[Unit: ns]
                #[StartTime: 1441812279.474 (seconds since epoch), 2015-09-09T15:24:39Z]
                #[BaseTime: 1441812279.474 (seconds since epoch)]
                #[Logged with anchorbench]
                "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
                Tag=rsa-oaep-2048/32B/closed-4/none#denial,1.500,0.500000125,0.020015,\(payload)

                """)
        #expect(try HistogramLog(parsing: log.text) == log)
    }

    @Test("what was written is read again, at random times and with or without tags")
    func roundTrip() throws {
        for seed in 0..<6 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var log = HistogramLog(
                start: Nanoseconds(.random(in: 0...1 << 60, using: &generator)),
                unit: seed % 2 == 0 ? .nanoseconds : nil, comments: ["one", " two"])
            for place in 0..<4 {
                try log.append(
                    HistogramLog.Row(
                        tag: place == 0 ? nil : try HistogramTag("tag-\(place)"),
                        start: Nanoseconds(.random(in: 0...1 << 60, using: &generator)),
                        length: Nanoseconds(.random(in: 0...1 << 40, using: &generator)),
                        histogram: try HistogramEncoding.decodePortable(
                            HistogramEncoding.encode(CompressedEncodingTests.histogram(&generator)),
                            unit: log.unit)))
            }
            #expect(try HistogramLog(parsing: log.text) == log, "seed \(seed)")
        }
    }

    /// Rows of jHiccup and of HdrHistogram's own tests, written in Java; both are in the public
    /// domain.
    private static let java = """
        #[Logged with jHiccup version 2.0.7-SNAPSHOT]
        #[Histogram log format version 1.2]
        #[StartTime: 1441753532.570 (seconds since epoch), Tue Sep 08 16:05:32 PDT 2015]
        "StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"
        0.126,1.007,1.933,HISTFAAAAEB42pNpmSzMwMAgywABTBDKT4GBgdnNYMcCBvsPEBEjDT0FMTUxMT05Lg\
        EhPqmIeWxtTAKMTNxM6xmZmAAjcgjc
        7.134,1.515,960.496,HISTFAAAAJV42pNpmSzMwMDUwAABTBDKT4GBgdnNYMcCBvsPEBEWLi4eNkY2PiYO\
        PhYOLgGOLuZjTGLrGZnKgTCYyZrJEoh1mWSZpMFQFkpyM/GCMTKJzOdkYoVCZjgLmc1MhDwzEyMQggl0SH1B\
        bEJIgIUJC2AhUoxchSwsLGwsMIBgYRUkQyFBaQ4g4EIl0PlcpKtB4wMAh5wT+Q==
        Tag=B,0.127,1.007,2.769,HISTFAAAAEV42pNpmSzMwMCgyAABTBDKT4GBgdnNYMcCBvsPEBEJISEuATEZ\
        MQ4uASkhIR4nrxg9v2lMaxhvMekILGZkKmcCAEf2CsI=

        """

    @Test("a log that was written in Java is read, on Unix and on Windows")
    func java() throws {
        let texts = [
            Self.java, Self.java.replacing("\n", with: "\r\n"), String(Self.java.dropLast()),
        ]
        for text in texts {
            let log = try HistogramLog(parsing: text)
            let began = Nanoseconds(1_441_753_532_570_000_000)
            #expect(log.start == began && log.unit == nil)
            #expect(log.comments == ["[Logged with jHiccup version 2.0.7-SNAPSHOT]"])
            #expect(log.rows.map { $0.tag?.text } == [nil, nil, "B"])
            // More than a year before the start, so they are counted from it.
            #expect(log.rows.map(\.start) == [126, 7_134, 127].map { began + .milliseconds($0) })
            #expect(log.rows.map(\.length) == [1_007, 1_515, 1_007].map { .milliseconds($0) })
            // The third column, in milliseconds, is what the writer saw.
            let highest = log.rows.map { Double($0.histogram.highest ?? 0) / 1e6 }
            #expect(zip(highest, [1.933, 960.496, 2.769]).allSatisfy { abs($0 - $1) < 0.001 })
            let everything = try log.rows.dropFirst().reduce(into: log.rows[0].histogram) {
                try $0.merge($1.histogram)
            }
            #expect(everything.count == log.rows.reduce(0) { $0 + $1.histogram.count })
            #expect(everything.layout.digits == 2)
        }
    }

    @Test("times count from the base where one is stated, and from 1970 where none is")
    func base() throws {
        let row = "5.250,1,0,\(Self.payload)\n"
        func start(_ header: String) throws -> Nanoseconds? {
            try HistogramLog(parsing: header + row).rows.first?.start
        }
        let late = Nanoseconds.milliseconds(5_250)
        #expect(try start("") == late)
        #expect(try start("#[BaseTime: 0.5 (seconds since epoch)]\n") == late + .milliseconds(500))
        #expect(try start("#[StartTime: 100 (seconds since epoch), then]\n") == late)
        #expect(try start("#[StartTime: 31536005]\n") == late)
        #expect(try start("#[StartTime: 31536006]\n") == late + .seconds(31_536_006))
        #expect(try start("#[StartTime: 9 s]\n#[BaseTime: 7 s]\n") == late + .seconds(7))
        #expect(try HistogramLog(parsing: row).start == nil)
        #expect(try HistogramLog(parsing: "").rows.isEmpty)
    }

    @Test(
        "a damaged line is named with its number and the reason",
        arguments: [
            ("1.0,2.0,3.0", "3 fields"), ("Tag=a,1.0,2.0,3.0", "3 fields"),
            ("nonsense", "1 fields"), ("1,2,3,\(Self.payload),5", "5 fields"),
            ("x,2,3,\(Self.payload)", "start 'x'"),
            ("-1,2,3,\(Self.payload)", "start '-1'"),
            ("1,2.3.4,3,\(Self.payload)", "length '2.3.4'"),
            (".5,2,3,\(Self.payload)", "start '.5'"),
            ("1,2,nan,\(Self.payload)", "highest value 'nan'"),
            ("9223372037,2,3,\(Self.payload)", "292 years"),
            ("9223372036,0,3,\(Self.payload)", "2262"),
            ("Tag=,1,2,3,\(Self.payload)", "'' cannot tag"),
            ("Tag=a b,1,2,3,\(Self.payload)", "'a b'"),
            ("1,2,3,HIST!", "no base64"), ("1,2,3,", "cut short"),
            ("1,2,3,\(Self.payload.dropLast(4))", "cut short"),
            ("#[StartTime: soon]", "start time 'soon'"), ("#[BaseTime: ]", "base time ''"),
            ("#[Unit: us]", "the unit was ns and is us"),
        ])
    func damage(_ line: String, _ reason: String) throws {
        let good = "#[Unit: ns]\n#[BaseTime: 1 (seconds since epoch)]\r\n\n1,2,3,\(Self.payload)\n"
        let error = #expect(throws: HistogramLogError.self) {
            try HistogramLog(parsing: good + line + "\n" + good)
        }
        #expect(error?.line == 5)
        #expect(error?.reason.contains(reason) == true, "\(error?.reason ?? "")")
        #expect(error?.description.hasPrefix("line 5 of the histogram log: ") == true)
    }

    @Test("a unit that is stated only after a histogram is refused")
    func lateUnit() {
        let error = #expect(throws: HistogramLogError.self) {
            try HistogramLog(parsing: "1,2,3,\(Self.payload)\n#[Unit: ns]\n")
        }
        #expect(error?.line == 2)
    }

    @Test("logs of one unit are put together, those of another are refused")
    func merging() throws {
        let row = "Tag=a,1,2,3,\(Self.payload)\n"
        let untagged = "9,1,3,\(Self.payload)\n"
        let nanoseconds = try HistogramLog(parsing: "#[Unit: ns]\n" + row + untagged)
        let undeclared = try HistogramLog(parsing: "Tag=a,5,2,3,\(Self.payload)\n" + row)
        let microseconds = try HistogramLog(parsing: "#[Unit: us]\n" + row)
        var log = nanoseconds
        #expect(throws: HistogramMergeError.units(.nanoseconds, .microseconds)) {
            try log.append(microseconds)
        }
        #expect(throws: HistogramMergeError.units(.nanoseconds, .microseconds)) {
            try log.append(microseconds.rows[0])
        }
        #expect(log == nanoseconds)
        try log.append(undeclared)
        let merged = try log.merged()
        #expect(merged.map { $0.tag?.text } == ["a", nil])
        #expect(merged[0].histogram.count == 3 * merged[1].histogram.count)
        #expect(merged[0].start == .seconds(1) && merged[0].length == .seconds(6))
    }

    @Test("a tag carries the cell and what was counted, and nothing that splits a row")
    func tags() throws {
        let tag = try HistogramTag(cell: "a/b#c/none", kind: .denial)
        #expect(tag.text == "a/b#c/none#denial")
        #expect(tag.cell == "a/b#c/none" && tag.kind == .denial)
        for text in ["service", "#service", "cell#speed", "cell#"] {
            let tag = try HistogramTag(text)
            #expect(tag.cell == nil && tag.kind == nil, "\(text)")
        }
        for text in ["", "a,b", "a b", "a\nb", "a\r\nb", "a\tb"] {
            #expect(throws: HistogramTagError(text: text)) { try HistogramTag(text) }
        }
    }

    @Test("a log with a few characters changed is read or refused and crashes nobody")
    func fuzz() {
        var (read, refused) = (0, 0)
        for seed in 0..<300 as Range<UInt64> {
            var generator = SeededGenerator(seed: seed)
            var bytes = Array(Self.java.utf8)
            for _ in 0..<Int.random(in: 0...3, using: &generator) {
                let place = Int.random(in: 0..<bytes.count, using: &generator)
                if Bool.random(using: &generator) {
                    bytes[place] = .random(in: .min ... .max, using: &generator)
                } else {
                    bytes.removeSubrange(place...)
                    bytes.append(UInt8(ascii: "\n"))
                }
            }
            do {
                let log = try HistogramLog(parsing: String(decoding: bytes, as: UTF8.self))
                #expect(try HistogramLog(parsing: log.text).rows == log.rows, "seed \(seed)")
                read += 1
            } catch {
                refused += 1
            }
        }
        #expect(read > 30 && refused > 30, "\(read) read, \(refused) refused")
    }

    private static let payload = HistogramEncoding.base64(
        PortableHistogram(LatencyHistogram(recording: [.microseconds(20), .milliseconds(3)])))
}
