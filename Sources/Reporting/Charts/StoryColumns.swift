import Exposure
import Units

/// The periods of a theft's story as columns of a chart, taken together where there are too many.
struct StoryColumns {
    /// Successive periods side by side.
    struct Column {
        /// Seconds from the first call.
        var start: Double
        var end: Double
        /// The legitimate counts of a period: the ends of the middle 90 %, and the mean.
        var low: Double
        var mean: Double
        var high: Double
        /// The mean legitimate count with the thief's: the mean of the periods, the least and the
        /// most of them.
        var total: Double
        var least: Double
        var most: Double
        /// Whether the thief calls at all.
        var isAttacked: Bool
        /// Records that the thief holds at the end.
        var lost: Double
    }

    /// The columns in the order of time.
    let columns: [Column]
    /// How many periods a column stands for.
    let size: Int
    /// From the beginning of the first to the end of the last; a minute where there is none.
    let span: ClosedRange<Double>

    /// More columns would be thinner than the lines that draw them.
    private static let limit = 280

    /// The columns of a story.
    init(_ story: DetectionStory) {
        let length = story.period.seconds.value
        let all = story.periods.filter { $0.start.value.isFinite }
            .sorted { $0.start < $1.start }
            .map { Self.column($0, length) }
        let size = max(1, (all.count + Self.limit - 1) / Self.limit)
        self.size = size
        columns =
            size == 1
            ? all
            : stride(from: 0, to: all.count, by: size).map { first in
                Self.joined(all[first..<min(first + size, all.count)])
            }
        if let first = columns.first, let last = columns.last, first.start < last.end {
            span = first.start...last.end
        } else {
            span = 0...60
        }
    }

    private static func column(_ period: DetectionStory.Period, _ length: Double) -> Column {
        let total = period.usual.mean + period.attack
        return Column(
            start: period.start.value, end: period.start.value + length, low: period.usual.low,
            mean: period.usual.mean, high: period.usual.high, total: total, least: total,
            most: total, isAttacked: period.attack > 0, lost: period.lost)
    }

    private static func joined(_ group: ArraySlice<Column>) -> Column {
        let count = Double(group.count)
        var column = group[group.startIndex]
        column.mean = group.reduce(0) { $0 + $1.mean / count }
        column.total = group.reduce(0) { $0 + $1.total / count }
        for next in group {
            column.end = next.end
            column.low = min(column.low, next.low)
            column.high = max(column.high, next.high)
            column.least = min(column.least, next.least)
            column.most = max(column.most, next.most)
            column.isAttacked = column.isAttacked || next.isAttacked
            column.lost = next.lost
        }
        return column
    }

    /// The legitimate counts alone, as steps with their band.
    var usual: [Series.Point] {
        columns.enumerated().flatMap { index, column in
            func point(_ x: Double) -> Series.Point {
                Series.Point(x, column.mean, low: column.low, high: column.high)
            }
            guard index + 1 < columns.count else {
                return [point(column.start), point(column.end)]
            }
            // A gap begins with an edge of its own.
            let isGap = columns[index + 1].start > column.end + (column.end - column.start) * 1e-6
            guard isGap else { return [point(column.start)] }
            return [point(column.start), point(column.end), Series.Point(column.end, nil)]
        }
    }

    /// The counts with the thief's, as steps that rise from the legitimate mean and fall back to
    /// it; the band is the thief's part, or the span of the periods of a column.
    var attacked: [Series.Point] {
        columns.split { !$0.isAttacked }.flatMap { stretch -> [Series.Point] in
            guard let first = stretch.first, let last = stretch.last else { return [] }
            func ground(_ x: Double, _ mean: Double) -> Series.Point {
                Series.Point(x, mean, low: mean, high: mean)
            }
            func top(_ x: Double, _ column: Column) -> Series.Point {
                Series.Point(
                    x, column.total, low: size == 1 ? column.mean : column.least,
                    high: column.most)
            }
            return [ground(first.start, first.mean)] + stretch.map { top($0.start, $0) }
                + [top(last.end, last), ground(last.end, last.mean), Series.Point(last.end, nil)]
        }
    }

    /// What is lost, with corners at the first call and at the last one, `end`.
    func lost(until end: Double?) -> [Series.Point] {
        guard let first = columns.first else { return [] }
        var held = first.isAttacked ? 0 : first.lost
        var points = [Series.Point(first.start, held)]
        for column in columns {
            if column.start < 0, column.end > 0 { points.append(Series.Point(0, held)) }
            held = column.lost
            if let end, column.start < end, end < column.end {
                points.append(Series.Point(end, held))
            }
            points.append(Series.Point(column.end, held))
        }
        return points
    }
}
