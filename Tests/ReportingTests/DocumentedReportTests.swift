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

    @Test("no chart shows a latency that no document gives")
    func charts() throws {
        let names = try report("aws-kms-symmetric-10k").files.map(\.name)
        #expect(names.contains { $0.hasPrefix("charts/") })
        #expect(!names.contains { $0.contains("latency") }, "\(names)")
    }
}
