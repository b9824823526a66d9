import Foundation
import Results
import Testing
import Throttling
import Units

@testable import Regression
@testable import Reporting

@Suite("The report of a capacity")
struct CapacityReportTests {
    @Test(
        "a report's files are written as they were when their golden files were reviewed",
        arguments: [
            "report.md", "capacity.csv", "concurrency.csv", "charts/latency-throughput.svg",
            "charts/concurrency.svg",
        ])
    func golden(_ name: String) throws {
        let report = CapacityReport(FixedCapacity.found)
        let text = try #require(report.files.first { $0.name == name }).text
        try GoldenFile.expect(
            text, toMatch: "Golden/capacity-\(name.replacing("charts/", with: ""))", digits: 9)
    }

    @Test("the first sentence is the answer, and the same stands on the console")
    func answer() throws {
        let report = CapacityReport(FixedCapacity.found)
        let sentence =
            "This anchor answers 99 of 100 calls in less than 20 ms up to 1,190 a second"
        #expect(report.summary.hasPrefix(sentence), "\(report.summary)")
        #expect(report.summary.contains("lies between 1,190 and 1,270"))
        #expect(report.summary.contains("a chance of 2.9 % at most"))
        let text = try #require(report.files.first { $0.name == "report.md" }).text
        #expect(text.contains("\n\n**\(sentence)**"))
    }

    @Test("each way in which a search ends is told for what it is")
    func findings() {
        typealias Finding = CapacityResult.Finding
        let words: [(Finding, String)] = [
            (.found, "This anchor answers"), (.none, "No rate keeps the promise"),
            (.unbounded, "the largest rate that was to be tried"),
            (.generatorBound, "the anchor may do more"), (.undecided, "The time was not enough"),
        ]
        #expect(Set(words.map(\.0)) == Set(Finding.allCases))
        for (finding, phrase) in words {
            var run = FixedCapacity.found
            run.result?.finding = finding
            switch finding {
            case .none:
                run.result?.capacity = nil
                run.result?.lowestFailing = Rate(100)
            case .unbounded, .generatorBound: run.result?.lowestFailing = nil
            case .found, .undecided: break
            }
            let summary = CapacityReport(run).summary
            #expect(summary.contains(phrase), "\(finding): \(summary)")
            for (other, absent) in words where other != finding && other != .found {
                #expect(!summary.contains(absent), "\(finding): \(summary)")
            }
        }
    }

    @Test("where nothing was confirmed, what short steps saw is told, and the demand stays")
    func unconfirmed() throws {
        var run = FixedCapacity.found
        run.result?.finding = .undecided
        run.result?.capacity = nil
        run.result?.lowestFailing = nil
        run.result?.steps.removeAll { $0.step.purpose == .confirmation }
        let report = CapacityReport(run)
        #expect(report.summary.contains("no rate was confirmed to keep or to break it."))
        let seen = "In short steps, which nothing confirms, 1,131 a second kept it and 1,345 a "
        #expect(report.summary.contains(seen + "second broke it."), "\(report.summary)")
        #expect(report.summary.contains("Headroom: users ask for 200/s on average"))
        let text = try #require(report.files.first { $0.name == "report.md" }).text
        #expect(text.contains("How many devices that takes is not known"))
        run.result?.steps = []
        #expect(!CapacityReport(run).summary.contains("In short steps"))
    }

    @Test("a run that was cut off says so first, and one without a search has no answer")
    func partial() {
        var run = FixedCapacity.run(nil)
        run.partial = "it was interrupted"
        let summary = CapacityReport(run).summary
        #expect(summary.hasPrefix("This run is partial: it was interrupted."))
        #expect(summary.contains("There is no answer"))
        run.concurrency = []
        let report = CapacityReport(run)
        #expect(!report.files.contains { $0.name.hasSuffix(".svg") })
        #expect(report.summary.contains("There is no answer"))
    }

    @Test("a first look says at the top that it is one")
    func firstLook() throws {
        var run = FixedCapacity.found
        #expect(!CapacityReport(run).summary.contains("--quick"))
        run.scenario.rounds = 1
        let report = CapacityReport(run)
        #expect(report.summary.hasPrefix("Measured with `--quick`: its steps are short"))
        let text = try #require(report.files.first { $0.name == "report.md" }).text
        #expect(text.contains("p99<20ms\n\n**Measured with `--quick`**"), "\(text.prefix(200))")
    }

    @Test("without a capacity a demand takes the devices at least that do as much flat out")
    func leastDevices() throws {
        var run = FixedCapacity.found
        run.result?.capacity = nil
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(3_000)))
        let told = "confirmed to keep the promise: at least 2, as one does 2,130/s with no promise"
        #expect(CapacityHeadroom(run).finding?.contains(told) == true)
        #expect(CapacityHeadroom(run).section.contains(told))
        run.scenario.limits.maxRate = Rate(1_300)
        #expect(CapacityHeadroom(run).finding?.contains("at least") == false)
        run.scenario.limits.maxRate = nil
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(2_000)))
        #expect(CapacityHeadroom(run).finding?.contains("at least") == false)
    }

    @Test("a step that answered more than every closed load is told, and counts as flat out")
    func fasterStep() {
        var run = FixedCapacity.found
        #expect(run.fasterStep == nil && run.flatOut == run.concurrency.peak?.throughput?.estimate)
        run.concurrency.removeAll { $0.callers > 2 }
        #expect(run.fasterStep == 1_310 && run.flatOut == 1_310)
        #expect(CapacityReport(run).summary.contains("A step of the open load answered 1,310/s"))
        // Users ask for 200 of them.
        #expect(CapacityHeadroom(run).section.contains(" 1,110/s |"))
        #expect(CapacityHeadroom(run).section.contains("all that the step of most throughput"))
    }

    @Test(
        "a promised percentile has a column where its figures are kept, else the table says so",
        arguments: [("p90<20ms", 4, false), ("p95<20ms", 3, true), ("p99.9<20ms", 3, false)])
    func promisedPercentile(_ promise: String, columns: Int, isMissing: Bool) throws {
        var run = FixedCapacity.found
        run.result?.promise = try Promise(parsing: promise)
        let text = try #require(
            CapacityReport(run).files.first { $0.name == "report.md" }
        ).text
        let header = try #require(text.split(separator: "\n").first { $0.hasPrefix("| calls/s") })
        let names = header.split(separator: "|").map { $0.filter { $0 != " " } }
        #expect(names.filter { $0.hasPrefix("p") && $0 != "promise" }.count == columns, "\(names)")
        #expect(text.contains("The promise is on p95, of which no figure") == isMissing)
    }

    @Test("what is left over is the capacity of the devices needed, less the demand")
    func headroom() throws {
        var run = FixedCapacity.found
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(3_000)))
        let text = try #require(CapacityHeadroom(run).finding)
        // Three devices of 1,190 a second do 570 more than 3,000.
        #expect(text.contains("3 devices are needed") && text.contains("570/s"), "\(text)")
        #expect(text.contains("take him 4.87 hours"), "\(text)")
        #expect(text.contains("With 4 the promise is kept while one is away."), "\(text)")
        #expect(CapacityHeadroom(run).section.contains("with one to spare (N + 1)"))
        #expect(CapacityHeadroom(run).section.contains(" 4 |"))
        #expect(CapacityHeadroom(run).section.contains(" 49,200,000 |"))
        run.scenario.exposure.demand = nil
        #expect(CapacityHeadroom(run).finding == nil)
        run = FixedCapacity.run(nil)
        #expect(CapacityHeadroom(run).finding == nil && CapacityHeadroom(run).section.isEmpty)
    }

    @Test("devices held to a rate that broke nothing are enough, and fewer may be")
    func heldBack() throws {
        var run = FixedCapacity.found
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(3_000)))
        #expect(!CapacityHeadroom(run).section.contains("or fewer"))
        run.result?.lowestFailing = nil
        run.result?.finding = .unbounded
        run.scenario.limits.maxRate = Rate(78_000, per: .seconds(60))
        let text = try #require(CapacityHeadroom(run).finding)
        #expect(text.contains("3 devices are enough") && !text.contains("needed"), "\(text)")
        #expect(text.contains("at 1,190/s, held to 1,300/s (`max-rate`) as it was, and may do"))
        #expect(text.contains("570/s on average or more"), "\(text)")
        #expect(CapacityReport(run).summary.hasPrefix("Measured at no more than 1,300/s (`max-"))
        #expect(CapacityHeadroom(run).section.contains(" 3 or fewer |"))
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200)))
        #expect(CapacityHeadroom(run).finding?.contains("One device is enough") == true)
    }

    /// Closed loads of two rounds each that follow a law to a ten-thousandth.
    private static func closed(contention: Double, coherency: Double) -> [ConcurrencyPoint] {
        [1, 2, 4, 8, 16, 32].map { callers in
            let count = Double(callers)
            let hindrance = 1 + contention * (count - 1) + coherency * count * (count - 1)
            let rounds = [1.0001, 0.9999].enumerated().map { index, noise in
                Round(
                    number: index + 1, order: index + 1, verdict: Verdict(), seconds: 100,
                    operations: UInt64(40_000 * count / hindrance * noise), denied: 0, errors: [:],
                    latency: [:], admitted: 0, cpuNanosecondsPerOperation: nil)
            }
            return ConcurrencyPoint(callers: callers, processes: 1, rounds: rounds)
        }
    }

    @Test("a peak of the fit without an upper end is not determined, one with both is told so")
    func peakOfFit() throws {
        var run = FixedCapacity.found
        #expect(CapacityAnalysis(run).fitSentence?.contains("is not determined (9.07 or") == true)
        let chart = try #require(
            CapacityReport(run).files.first { $0.name == "charts/concurrency.svg" })
        #expect(chart.text.contains("not determined: 9.07 or more callers"))
        run.concurrency = Self.closed(contention: 0.05, coherency: 0.01)
        let told = try #require(CapacityAnalysis(run).fitSentence)
        #expect(told.hasSuffix("and more than those do less."), "\(told)")
        #expect(!told.contains("determined"), "\(told)")
        run.concurrency = Array(run.concurrency.prefix(2))
        let summary = CapacityReport(run).summary
        #expect(summary.contains("with no promise kept"), "\(summary)")
        #expect(!summary.contains("By the fit"), "\(summary)")
    }

    @Test("flat out a thief gets no more than the throttle lets through")
    func throttled() throws {
        var run = FixedCapacity.found
        run.cell.throttle = Policy(
            .tokenBucket(TokenBucket(rate: Rate(1_300), burst: RecordCount(10))))
        #expect(CapacityHeadroom(run).section.contains(" 1,100/s |"))
    }

    @Test("the busiest hour is the largest weight of the week, or the largest hour of a trace")
    func demand() throws {
        let shape = DemandShape.weekly((0..<168).map { $0 == 30 ? 2 : 1 })
        let weekly = try #require(
            StatedDemand(.profile(ProfileSettings(mean: Rate(169), shape: shape))))
        #expect(abs(weekly.mean - 169) < 1e-9 && abs(weekly.peak - 336) < 1e-9)
        let counts = (0..<240).map { minute -> UInt32? in
            minute == 100 ? nil : minute / 60 == 2 ? 600 : 120
        }
        let trace = DemandTrace(
            source: "demand.csv", start_s: 0, period: .seconds(60), counts: counts, notes: [])
        let traced = try #require(StatedDemand(.trace(trace)))
        #expect(abs(traced.peak - 10) < 1e-9 && traced.mean < 4.1 && traced.mean > 3.9)
    }

    @Test("promises are put in whole numbers of calls")
    func wording() throws {
        let words = [
            ("p99<20ms", "99 of 100 calls in less than 20 ms"),
            ("p99.9<=5ms", "999 of 1,000 calls within 5 ms"),
            ("p50<250us", "50 of 100 calls in less than 250 µs"),
            ("p99.999999<1s", "99,999,999 of 100,000,000 calls in less than 1 second"),
        ]
        for (text, sentence) in words {
            #expect(CapacityWording.promise(try Promise(parsing: text)) == sentence)
        }
    }
}
