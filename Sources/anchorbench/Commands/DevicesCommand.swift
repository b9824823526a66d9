import ArgumentParser
import Exposure
import Reporting

/// `anchorbench devices`.
struct DevicesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "devices",
        abstract: "Throughputs that vendors document, each with its source and date.",
        discussion: """
            Nothing here was measured. A figure stands in for a measurement where there is no \
            device at hand; what its document leaves open is said of it.

              anchorbench devices
              anchorbench devices --format csv > devices.csv
            """)

    /// What is printed.
    enum Format: String, CaseIterable, ExpressibleByArgument {
        /// A paragraph a document, for people.
        case text
        /// A row a device, for other programs.
        case csv
        /// A table of Markdown.
        case markdown
    }

    @Option(help: "text, csv or markdown.")
    var format = Format.text

    func run() throws {
        let devices = DeviceProfiles.documented
        switch format {
        case .text: print(DeviceCatalogue(devices).text, terminator: "")
        case .csv: print(devices.table.text, terminator: "")
        case .markdown: print(DeviceCatalogue(devices).markdown, terminator: "")
        }
    }
}
