import Exposure
import Units

/// One theft as the alarm sees it: operations a period against the threshold, and below, on the
/// same time, the records that are lost.
///
/// The same values always yield the same bytes.
package struct StoryChart: Sendable {
    /// What the chart shows, in a few words.
    package var title: String
    /// What holds for the whole chart: strategy, throttle, alarm; may be empty.
    package var subtitle: String
    /// What the alarm counts, in the plural: "decrypts".
    package var operations: String
    /// The theft.
    package var story: DetectionStory
    /// What is said of it beside its numbers.
    package var telling: StoryTelling

    /// Describes a chart.
    package init(
        title: String, subtitle: String = "", operations: String = "decrypts",
        story: DetectionStory, telling: StoryTelling = .projected
    ) {
        self.title = title
        self.subtitle = subtitle
        self.operations = operations
        self.story = story
        self.telling = telling
    }

    /// The chart as an SVG document 860 pixels wide, for light and for dark pages.
    package var svg: String {
        let panels = StoryPanels(story, operations: operations, telling: telling)
        let header = Header(title: title, subtitle: subtitle, width: 860)
        // The labels of both panels decide where the plots, which share their edges, begin and end.
        let sketches = [panels.counts, panels.losses].map { LineChartLayout($0) }
        let edges = (
            left: sketches.map(\.plot.left).max() ?? 0,
            right: sketches.map(\.plot.right).min() ?? 0
        )
        var upper = LineChartLayout.Panel(
            top: header.height, height: 290, edges: edges, hasNumbers: false)
        let time = LineChartLayout(panels.counts, as: upper).x
        let flags = Flags(panels.flags(on: time), between: edges)
        upper.lane = flags.height
        let counts = LineChartLayout(panels.counts, as: upper)
        let lower = LineChartLayout.Panel(top: counts.height + 8, height: 130, edges: edges)
        let losses = LineChartLayout(panels.losses, as: lower)
        var canvas = Canvas(width: counts.width, height: losses.height)
        header.draw(on: &canvas)
        panels.counts.draw(in: counts, on: &canvas)
        flags.draw(above: counts.plot, on: &canvas)
        panels.losses.draw(in: losses, on: &canvas)
        return canvas.document(title: title, description: description(panels))
    }

    /// The chart in words, for readers who cannot see it.
    private func description(_ panels: StoryPanels) -> String {
        let events = panels.events.map(\.text).joined(separator: ", ")
        let threshold =
            telling.hasThreshold ? ", the alarm's threshold at \(story.threshold.inWords)" : ""
        return Sentences.joined([
            subtitle, "Above: \(panels.counts.y.label)\(threshold)",
            "Below: records lost", "Horizontal: \(panels.losses.x.label)",
            events.isEmpty ? "" : "Events: \(events)",
            panels.total.map { "In all, \($0)." } ?? "No data.",
        ])
    }
}
