import Foundation
import Testing

@Suite("Golden charts")
struct GoldenChartTests {
    @Test(
        "a chart is written as it was when its golden file was reviewed",
        arguments: ChartExamples.all + StoryExamples.golden + ChoiceExamples.golden)
    func matchesGolden(_ example: (name: String, svg: String)) throws {
        try GoldenFile.expect(example.svg, toMatch: "Charts/Golden/\(example.name).svg")
    }
}
