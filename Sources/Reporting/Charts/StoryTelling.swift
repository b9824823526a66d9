import Exposure
import Units

/// What the chart of a story says of it beside its numbers: a projection and an event differ here.
package struct StoryTelling: Sendable {
    /// Something that happens.
    package struct Event: Sendable {
        /// What it is, in a few words, with its time.
        package var text: String
        /// Seconds since the thief's first call; nil for a remark that belongs to no time.
        package var time: Double?

        /// Something that happens.
        package init(_ text: String, at time: Double? = nil) {
            self.text = text
            self.time = time
        }

        /// Something with its time in words: "alarm after 3.1 min".
        package init(_ what: String, after time: Double) {
            let when = time > 0 ? "after \(ValueUnit.duration.text(time))" : "at once"
            self.init("\(what) \(when)", at: time)
        }

        /// The thief's first call. The bar of the period that it falls into begins before it.
        package static func firstCall(of story: DetectionStory) -> Event {
            let length = story.period.seconds.value
            let isWithin = story.periods.contains { period in
                period.start.value < 0 && period.start.value + length > 0 && period.attack > 0
            }
            return Event(isWithin ? "first call, in this period" : "first call", at: 0)
        }
    }

    /// What happens, in order; nil for the first call, the alarm and the end of the story.
    let events: [Event]?
    /// Whether an alarm has a threshold that the counts are read against.
    let hasThreshold: Bool
    /// Whether the counts are those of one theft, and not of many as they are expected.
    let isCounted: Bool

    /// A story that a model tells: its counts have a mean and a spread.
    package static let projected = StoryTelling(events: nil, hasThreshold: true, isCounted: false)

    /// A theft that happened: its counts are what was counted.
    ///
    /// - Parameter events: three at most, which is what a chart has room to name.
    package static func counted(_ events: [Event], hasThreshold: Bool) -> StoryTelling {
        precondition(events.count <= 3, "a chart names three events at most")
        return StoryTelling(events: events, hasThreshold: hasThreshold, isCounted: true)
    }

    /// What the legitimate counts are called, and what is shaded around them, where a column stands
    /// for so many periods.
    func usual(size: Int) -> String {
        guard isCounted else { return "legitimate calls alone: mean, and the middle 90 % shaded" }
        return size == 1
            ? "legitimate calls alone"
            : "legitimate calls alone: mean, and the span of \(size) periods shaded"
    }
}
