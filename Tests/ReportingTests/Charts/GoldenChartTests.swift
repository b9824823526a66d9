import Foundation
import Testing

@Suite("Golden charts")
struct GoldenChartTests {
    @Test(
        "a chart is written as it was when its golden file was reviewed",
        arguments: ChartExamples.all + StoryExamples.golden + ChoiceExamples.golden)
    func matchesGolden(_ example: (name: String, svg: String)) throws {
        let folder = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "Golden")
        let file = folder.appending(path: "\(example.name).svg")
        if ProcessInfo.processInfo.environment["RECORD_GOLDEN"] == "1" {
            try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
            try Data(example.svg.utf8).write(to: file)
            Issue.record("recorded \(file.path); review it, then run without RECORD_GOLDEN")
            return
        }
        let golden = try String(contentsOf: file, encoding: .utf8)
        #expect(example.svg == golden, "look at it, then record it with RECORD_GOLDEN=1")
    }
}
