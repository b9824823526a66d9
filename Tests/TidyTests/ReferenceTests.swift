import Foundation
import Testing

@Suite("The reference is whole")
struct ReferenceTests {
    private static let page = "Sources/anchorbench/anchorbench.docc/Reference.md"

    @Test("it says of every column of every stored table what stands in it")
    func columns() throws {
        let told = try Self.told(in: Repository.text(of: Self.page))
        let results = Repository.root.appendingPathComponent("results").path
        let tables = try FileManager.default.subpathsOfDirectory(atPath: results)
            .filter { $0.hasSuffix(".csv") }.sorted()
        #expect(tables.count > 20)
        for table in tables {
            let head = try Repository.text(of: "results/\(table)").prefix { !$0.isNewline }
            for column in head.split(separator: ",").map(String.init) {
                let isTold = told.contains(column)
                #expect(isTold, "results/\(table): \(column)")
            }
        }
    }

    @Test("a column that no page names is found")
    func missing() {
        let told = Self.told(in: "| `cell`, `load` | both |\n| `cells.csv` | a file |")
        #expect(told == ["cell", "load", "cells.csv"])
        #expect(!told.contains("throttle"))
    }

    /// What stands between backticks.
    private static func told(in page: String) -> Set<String> {
        Set(page.matches(of: #/`([^`\n]+)`/#).map { String($0.1) })
    }
}
