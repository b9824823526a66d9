import Exposure
import Reporting
import Results
import Testing
import Throttling
import Units

@Suite("A report on a documented device")
struct DocumentedReportTests {
    private func report(_ name: String) throws -> Report {
        Report(try DeviceProfiles.documented.named(name).run(under: FixedRun.whole.scenario))
    }

    @Test("title and first finding say that it is from a document, and which")
    func title() throws {
        let report = try report("aws-cloudhsm-hsm2m-medium-2")
        let text = try #require(report.files.first { $0.name == "report.md" }?.text)
        let source = "docs.aws.amazon.com/cloudhsm/latest/userguide/performance.html"
        #expect(
            text.hasPrefix(
                "# How strongly aws-cloudhsm-hsm2m-medium-2 holds (documented, not measured: "
                    + "\(source), archived page, 2023–2025)\n\n**From a document, not measured**: "
                    + "AWS CloudHSM hsm2m.medium, 2 HSMs, by \(source) (archived page, 2023–2025).")
        )
        #expect(text.contains("opens 2,000 times a second (as documented, without an interval)"))
        #expect(!text.contains("best with"))
    }

    @Test("a projection alone carries the notes on what the document leaves open")
    func notes() throws {
        let projection = try report("azure-managed-hsm-rsa-2048").projectionMarkdown
        #expect(projection.contains("## Notes"))
        #expect(projection.contains("- No latency is documented, so none is told."))
        #expect(projection.contains("it has no interval."))
        #expect(!Report(FixedRun.whole).projectionMarkdown.contains("## Notes"))
    }

    /// A device under a demand at all hours, an alarm on it and prices.
    private func watched(_ name: String) throws -> Report {
        var scenario = FixedRun.whole.scenario
        scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200), dispersion: 5))
        scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(40_000))
        scenario.exposure.delays = DelaySettings()
        scenario.exposure.cost = CostSettings()
        return Report(try DeviceProfiles.documented.named(name).run(under: scenario))
    }

    @Test("a projection says what was assumed, the prices and the demand too")
    func assumptions() throws {
        let projection = try watched("aws-cloudhsm-hsm2m-medium-6").projectionText
        let parts = projection.split(separator: "## Assumptions\n")
        try #require(parts.count == 2)
        #expect(parts[1].contains("- Users ask for 200/s, the counts"))
        #expect(parts[1].contains("- A device costs an hour: 1.6 USD"))
        #expect(parts[1].contains("1 cluster (assumed; no source) of 6 HSMs"))
        #expect(parts[1].contains("the documented rate from one call on"))
        #expect(!parts[1].contains("best load measured"))
        #expect(Report(FixedRun.whole).projectionText.contains("best load measured"))
    }

    @Test("a projection, of which nothing is written, speaks of formats and a report of files")
    func tables() throws {
        let report = try watched("aws-cloudhsm-hsm2m-medium-2")
        for format in ["csv", "windows-csv", "containment-csv"] {
            #expect(report.projectionText.contains("the rows of `--format \(format)`"))
        }
        #expect(!report.projectionText.contains(".csv`"))
        let text = try #require(report.files.first { $0.name == "report.md" }?.text)
        #expect(!text.contains("--format"))
        for file in ["exfiltration", "windows", "containment"] {
            #expect(text.contains("`\(file).csv`"))
        }
    }

    @Test("beside an alarm on a count that the service does not take, that is said")
    func counting() throws {
        let said = "The count needs a counter of your own. AWS CloudHSM: No metric"
        let alarms = try watched("aws-cloudhsm-hsm2m-medium-2").summary.split(separator: "\n")
            .filter { $0.contains("The alarm fires on") }
        #expect(alarms.count == 1 && alarms.allSatisfy { $0.contains(said) }, "\(alarms)")
        let other = try watched("aws-kms-rsa").summary
        #expect(other.contains("The alarm fires on") && !other.contains("counter of your own"))
    }

    @Test("one device that does what users ask for is said to serve them, of a document only")
    func served() throws {
        let served = "one such cluster of 2 HSMs serves them."
        #expect(try watched("aws-cloudhsm-hsm2m-medium-2").summary.contains(served))
        #expect(try !watched("thales-payshield-10k-60").summary.contains("serves them"))
        var measured = FixedRun.whole
        measured.scenario.exposure.demand = .profile(
            ProfileSettings(mean: Rate(200), dispersion: 5))
        #expect(!Report(measured).summary.contains("serves them"))
    }

    @Test("no chart shows a latency that no document gives")
    func charts() throws {
        let names = try report("aws-kms-symmetric-10k").files.map(\.name)
        #expect(names.contains { $0.hasPrefix("charts/") })
        #expect(!names.contains { $0.contains("latency") }, "\(names)")
    }
}
