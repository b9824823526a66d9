import Exposure
import Reporting
import Testing

@Suite("The catalogue of devices")
struct DeviceCatalogueTests {
    private let catalogue = DeviceCatalogue()

    @Test("each device has a line under its document, columns one below the other")
    func text() {
        let lines = catalogue.text.split(separator: "\n", omittingEmptySubsequences: false)
        for profile in DeviceProfiles.documented.all {
            #expect(lines.count { $0.hasPrefix("  \(profile.name) ") } == 1, "\(profile.name)")
        }
        let rows = lines.filter { $0.hasPrefix("  ") }
        let ends = Set(
            rows.map { row in row.firstRange(of: "/s").map { row[..<$0.lowerBound].count } })
        #expect(ends.count == 1, "rates end in one column")
        #expect(
            catalogue.text.hasPrefix(
                "docs.aws.amazon.com/cloudhsm/latest/userguide/performance.html (archived page, "
                    + "2023–2025)\n  aws-cloudhsm-hsm1-medium-2 "))
        #expect(catalogue.text.contains("1,500/s  EC P-256 sign (opens no record)"))
        #expect(catalogue.text.contains("- AWS CloudHSM, decrypt: No metric and no entry"))
        #expect(lines.allSatisfy { !$0.hasSuffix(" ") })
    }

    @Test("the Markdown table has a row a device, and says that nothing was measured")
    func markdown() {
        let rows = catalogue.markdown.split(separator: "\n").filter { $0.hasPrefix("| ") }
        #expect(rows.count == DeviceProfiles.documented.all.count + 2)
        #expect(catalogue.markdown.contains("From documents, not measured: none of them tells"))
    }
}
