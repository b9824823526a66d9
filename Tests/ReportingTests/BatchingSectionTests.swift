import Exposure
import Reporting
import Results
import Testing
import Throttling
import Units

@Suite("A report says how many records one call opens, and what follows")
struct BatchingSectionTests {
    private static let bucket = TokenBucket(rate: Rate(500), burst: RecordCount(100))

    /// Records of CBC of which 241 open with one call.
    private static let joining = BatchingAudit(
        mechanism: "aes-cbc-pad", keyBits: 256, recordBytes: 256, ciphertextBytes: 272,
        distinctRecords: 241,
        largestCall: BatchingAudit.LargestCall(bytes: 65_552, refusal: "CKR_DATA_LEN_RANGE"),
        joined: BatchingAudit.Trial(
            records: 241, outcome: "CKR_OK", opened: 241, rightBytes: 61_696),
        parts: BatchingAudit.PartsTrial(
            BatchingAudit.Trial(records: 964, outcome: "CKR_OK", opened: 964, rightBytes: 246_784),
            partBytes: 65_280, rate: 2_000_000),
        rates: [
            BatchingAudit.BatchRate(records: 60, rate: 1_000_000),
            BatchingAudit.BatchRate(records: 241, rate: 2_410_000),
        ],
        unthrottled: BatchingAudit.RatePair(single: 20_000, joined: 2_410_000, batch: 241),
        throttled: [
            BatchingAudit.ThrottledRates(
                Policy(.tokenBucket(bucket)),
                BatchingAudit.RatePair(single: 500, joined: 120_500, batch: 241)),
            BatchingAudit.ThrottledRates(
                Policy(.tokenBucket(bucket), charge: .bytes(ByteCount(272))),
                BatchingAudit.RatePair(single: 500, joined: 500, batch: 100)),
        ], rateSeconds: 1, calls: 9_000)

    private static func refused(
        _ mechanism: String, outcome: String, opened: UInt64, rightBytes: UInt64
    ) -> BatchingAudit {
        BatchingAudit(
            mechanism: mechanism, keyBits: 256, recordBytes: 256, ciphertextBytes: 272,
            distinctRecords: 256,
            joined: BatchingAudit.Trial(
                records: 64, outcome: outcome, opened: opened, rightBytes: rightBytes),
            rateSeconds: 1, calls: 1)
    }

    /// Cells of CBC that nothing throttles and that a bucket does.
    private static func run(_ audits: [BatchingAudit], recordsPerOperation: UInt64?) -> Run {
        let policies = [
            Policy.none, Policy(.tokenBucket(bucket)),
            Policy(.tokenBucket(bucket), charge: .bytes(ByteCount(272))),
        ]
        func cell(_ throttle: Policy) -> Cell {
            Cell(
                anchor: "softhsm", mechanism: "aes-cbc-pad", keyBits: 256, keyKind: .token,
                recordBytes: 256, callers: 1, processes: 1, throttle: throttle)
        }
        var run = FixedRun.run(
            cells: [FixedRun.result(cell(.none), perSecond: [20_000, 20_000, 20_000])],
            throttles: policies)
        run.batching = audits
        run.scenario.exposure.recordsPerOperation = recordsPerOperation
        return run
    }

    private func report(_ run: Run) throws -> String {
        let files = Report(run).files
        return try #require(files.first { $0.name == "report.md" }?.text)
    }

    @Test("the finding is in words, in the report, its head and the summary")
    func finding() throws {
        let run = Self.run([Self.joining], recordsPerOperation: nil)
        let text = try report(run)
        let sentences = [
            "**aes-cbc-pad-256, records of 256 bytes: one call opens 241 records.**",
            "weakened 241-fold: 500 calls a second are up to 120,500 records a second, of which "
                + "one caller got 121,000 with 241 in each call, 241× what single records come to.",
            "One that charges by bytes, a unit for every 272, holds: 500 records a second",
            "In parts one C_DecryptInit opened 964 records, at 2,000,000 records a second: a "
                + "charge for the Init alone is no charge at all.",
        ]
        let summary = Report(run).summary
        for sentence in sentences {
            #expect(text.contains(sentence), "\(sentence)")
            let plain = sentence.replacing("**", with: "")
            #expect(summary.contains(plain), "\(plain)")
        }
        #expect(text.contains("\n## Records per operation\n"))
        #expect(text.contains("65,552 bytes, longer: CKR_DATA_LEN_RANGE"))
        #expect(
            text.contains(
                "The anchor opens 20,000 single records a second (95 %: 20,000 to 20,000; best "
                    + "with 1 caller in one process), and 2,410,000 where up to 241 are joined"))
        #expect(text.contains("charge: { bytes: 272 }"))
        #expect(text.contains("CKA_ALLOWED_MECHANISMS"))
        #expect(text.contains("One call opens 241 records of aes-cbc-pad-256/256B"))
        #expect(!text.contains("is an assumption"))
    }

    @Test("a charge by bytes that does not hold is not said to hold")
    func leaking() throws {
        var audit = Self.joining
        audit.throttled[1].rates.joined = 900
        let text = try report(Self.run([audit], recordsPerOperation: nil))
        #expect(text.contains("does not hold: 900 records a second came out joined, 1.8×"))
    }

    @Test("what does not join is said to, with the device's answer or the bytes that came right")
    func refusals() throws {
        let text = try report(
            Self.run(
                [
                    Self.refused(
                        "aes-gcm", outcome: "CKR_ENCRYPTED_DATA_INVALID", opened: 0, rightBytes: 0),
                    Self.refused("aes-ctr", outcome: "CKR_OK", opened: 1, rightBytes: 318),
                ], recordsPerOperation: nil))
        #expect(
            text.contains(
                "records do not join.** To 64 joined records the device answered "
                    + "CKR_ENCRYPTED_DATA_INVALID, and gave none."))
        #expect(
            text.contains(
                "records do not join.** Of 64 joined records 1 came out right (318 of 16,384 "
                    + "bytes, those of the others by chance)."))
        #expect(!text.contains("What follows"), "there is nothing to do about it")
        #expect(!text.contains("records a second |"))
    }

    @Test("without an audit one record a call is an assumption of CBC, and the report says so")
    func unaudited() throws {
        let text = try report(Self.run([], recordsPerOperation: nil))
        #expect(!text.contains("## Records per operation"))
        #expect(text.contains("One call opens one record. Where one data key seals many"))
        #expect(text.contains("For aes-cbc-pad that is an assumption"))
        #expect(text.contains("`--audit-batching` finds out how many"))
        let stated = try report(Self.run([], recordsPerOperation: 1))
        #expect(!stated.contains("is an assumption"))
        #expect(!(try report(FixedRun.whole)).contains("is an assumption"), "nothing is of CBC")
    }

    @Test("a projection takes what was found: a count is divided by it, a charge by bytes is not")
    func projection() throws {
        func times(_ run: Run) -> [Double] {
            ExposureModel(run).projections.map {
                $0.theft(of: RecordCount(10_000_000)).seconds.value
            }
        }
        let plain = times(Self.run([], recordsPerOperation: nil))
        let audited = times(Self.run([Self.joining], recordsPerOperation: nil))
        try #require(plain.count == 3 && audited.count == 3)
        // The joined call was 2 times as long for 241 records: 20,000 / 2 calls a second.
        #expect(abs(plain[0] - 500) < 1e-6)
        #expect(abs(audited[0] - 41_494.0 / 10_000) < 0.01, "\(audited)")
        #expect(abs(plain[1] - (10_000_000 - 100) / 500) < 0.01)
        #expect(abs(audited[1] - (41_494.0 - 100) / 500) < 0.01, "\(audited)")
        #expect(abs(audited[2] / plain[2] - 1) < 0.001, "\(audited) and \(plain)")
        let stated = times(Self.run([Self.joining], recordsPerOperation: 1))
        #expect(stated == plain, "a number that is given is kept")
    }

    @Test("every table has its columns, and no figure shows as what a program calls it")
    func form() throws {
        var odd = Self.joining
        odd.throttled[0].rates.joined = nil
        odd.throttled[1].rates.single = nil
        odd.parts = nil
        odd.largestCall = BatchingAudit.LargestCall(bytes: 1 << 24, isSlow: true)
        for audits in [[Self.joining], [odd], [odd, Self.joining]] {
            let text = try report(Self.run(audits, recordsPerOperation: nil))
            #expect(text.matches(of: #/\b(NaN|nan|inf|nil|Optional)\b/#).isEmpty)
            let section = try #require(text.split(separator: "## Records per operation").last)
            let rows = section.prefix { $0 != "#" }.split(separator: "\n")
                .filter { $0.hasPrefix("|") }
            #expect(rows.count >= 6)
            let columns = rows.map { row in row.count { $0 == "|" } }
            #expect(Set(columns) == [4, 6, 7])
        }
    }
}
