import GateState
import Units

/// A file that gets lines for every period of a gate once it is over, each line exactly once.
///
/// Where the writer goes on after it was stopped or killed is told by the file itself: the last
/// period in it, and whose lines of that period are there.
package enum GateLog: Sendable {
    /// A row of CSV for each identity that called in the period.
    case table
    /// A line of CloudWatch's Embedded Metric Format for each such identity, and one for all.
    case embeddedMetrics

    /// What a line tells of.
    struct Place: Hashable {
        /// When the period began, in milliseconds since the Unix epoch, the finest that every form
        /// tells; periods are a second at least.
        let start: Int64
        /// Bytes of the identity, and not its text: texts that look alike are equal. Empty for all
        /// identities together.
        let name: [UInt8]
    }

    /// Where a file ends.
    package struct End: Hashable, Sendable {
        /// The last period, in milliseconds since the Unix epoch.
        let start: Int64
        /// Of whom it tells in that period.
        let names: Set<[UInt8]>
        /// Whether the file may tell of others in that period further up.
        package let mayHoldMore: Bool

        /// When the last period began, since the Unix epoch.
        package var period: Nanoseconds { .milliseconds(start) }
        /// The same in words.
        package var inWords: String { InstantText.text(period) }
    }

    /// What a new file begins with.
    package var header: String {
        switch self {
        case .table: GateTable.header
        case .embeddedMetrics: ""
        }
    }

    /// Whether a line that was cut off may be one of these.
    package func isBeginning(_ bytes: some Sequence<UInt8>) -> Bool {
        zip(bytes, beginning.utf8).allSatisfy(==)
    }

    /// What every line begins with.
    private var beginning: String {
        switch self {
        case .table: ""
        case .embeddedMetrics: GateEmbeddedMetrics.beginning
        }
    }

    /// The lines of all periods that are over, without those that a file holds already.
    ///
    /// - Parameter end: where the file ends; nil for one that is empty.
    /// - Returns: the lines, and where the file ends with them.
    package func lines(of snapshot: GateSnapshot, after end: End?) -> (text: String, end: End?) {
        let history = GateHistory(snapshot)
        var (text, end) = ("", end)
        for number in history.over {
            let start = history.start(of: number).count / 1_000_000
            if let end, start < end.start { continue }
            let known = end.flatMap { $0.start == start ? $0.names : nil } ?? []
            let new = lines(of: number, in: history).filter { !known.contains($0.place.name) }
            guard !new.isEmpty else { continue }
            text += new.map(\.text).joined()
            end = End(
                start: start, names: known.union(new.map(\.place.name)), mayHoldMore: false)
        }
        return (text, end)
    }

    /// Where something ends that tells of the periods from the first on that is not over.
    package static func end(before snapshot: GateSnapshot) -> End {
        let history = GateHistory(snapshot)
        let next = history.start(of: history.over.upperBound)
        return End(start: next.count / 1_000_000, names: [], mayHoldMore: false)
    }

    private func lines(
        of number: Int64, in history: GateHistory
    ) -> [(place: Place, text: String)] {
        switch self {
        case .table: GateTable.lines(of: number, in: history)
        case .embeddedMetrics: GateEmbeddedMetrics.lines(of: number, in: history)
        }
    }

    /// Where a file ends, told by its last lines; nil for none.
    ///
    /// - Parameters:
    ///   - lines: whole lines of the file without its header.
    ///   - areAll: whether there is none before them.
    /// - Throws: `Foreign` where the last one is not such a line.
    package func end(of lines: [String], areAll: Bool) throws(Foreign) -> End? {
        guard let last = lines.last else { return nil }
        guard let end = place(of: last) else { throw Foreign(line: last) }
        var names: Set<[UInt8]> = [end.name]
        for line in lines.dropLast().reversed() {
            guard let place = place(of: line), place.start == end.start else {
                return End(start: end.start, names: names, mayHoldMore: false)
            }
            names.insert(place.name)
        }
        return End(start: end.start, names: names, mayHoldMore: !areAll)
    }

    private func place(of line: String) -> Place? {
        switch self {
        case .table: GateTable.place(of: line)
        case .embeddedMetrics: GateEmbeddedMetrics.place(of: line)
        }
    }

    /// A line that something else has written.
    package struct Foreign: Error {
        /// It.
        package let line: String

        package init(line: String) { self.line = line }
    }
}
