import Results
import Throttling
import Units

/// How the figures of a drill are put for people.
enum DrillWording {
    /// `3.1 seconds`; with a minus sign for a difference below zero.
    static func time(_ seconds: Double) -> String {
        seconds < 0 ? "−\(Seconds(-seconds).inWords)" : Seconds(seconds).inWords
    }

    /// A number of records to three digits.
    static func records(_ count: Double) -> String { Significant.text(count.rounded()) }

    /// `1.04`.
    static func ratio(_ ratio: Double) -> String { Significant.text(ratio) }

    /// `1,530 of 20,000 rows (7.65 %)`, or `all 20,000 rows`.
    static func rows(_ count: Double, of all: UInt64) -> String {
        let total = Significant.grouped(all)
        guard count < Double(all) else { return "all \(total) rows" }
        return "\(records(count)) of \(total) rows (\(Wording.share(count / Double(all))))"
    }

    /// `1 call of the anchor`, `no call of the anchor`.
    static func calls(_ count: UInt64) -> String {
        let number = count == 0 ? "no" : Significant.grouped(count)
        return "\(number) call\(count > 1 ? "s" : "") of the anchor"
    }

    /// `5 thefts`, `1 theft`.
    static func thefts(_ count: Int) -> String { "\(count) theft\(count == 1 ? "" : "s")" }

    /// `repetition 3`, `repetitions 1, 2 and 3`.
    static func repetitions(_ indices: [Int]) -> String {
        "repetition\(indices.count == 1 ? "" : "s") "
            + Wording.list(indices.map { "\($0 + 1)" })
    }

    /// A text of the drill's own as a sentence.
    static func sentence(_ text: String) -> String {
        CapacityWording.sentence(MarkdownText.escaped(text))
    }

    /// A table as a paragraph; empty without a row.
    static func block(_ table: MarkdownTable) -> String {
        table.isEmpty ? "" : String(table.text.dropLast())
    }

    /// What an ending is called.
    static func ending(_ ending: DrillTheft.Ending) -> String {
        switch ending {
        case .revoked: "revoked"
        case .everything: "had everything"
        case .watchOver: "watch over"
        case .broken: "broke off"
        }
    }
}

/// What the defences of a drill are called.
struct DrillNames {
    private let throttles: ThrottleNames

    /// Names for the defences of a drill.
    init(_ run: DrillRun) { throttles = ThrottleNames(run.acts.map(\.throttle)) }

    /// `token bucket 500/s, burst 100, watched`.
    subscript(act: DrillAct) -> String {
        throttles[act.throttle] + (act.isWatched ? ", watched" : ", unwatched")
    }
}
