import Results
import Units

/// A figure that somebody has published, with who and when.
package struct DocumentedFact: Hashable, Sendable {
    /// The name that it is looked up by, such as `dwell-2025`.
    package let name: String
    /// What it is a figure of.
    package let title: String
    /// The figure; where a source gives only two ends, their middle is taken for the likeliest.
    package let value: ThreePoint<Double>
    /// Its unit.
    package let unit: String
    /// What kind of figure: `median`, `mean`, `range`, `benchmark`.
    package let statistic: String
    /// The year that it is of; nil where the source gives none.
    package let year: Int?
    /// Who published it.
    package let source: String
    /// Whether it was read there or where somebody cites it.
    package let kind: Kind
    /// What must be known to use it; empty for nothing.
    package let remark: String

    /// Where a figure was read.
    package enum Kind: String, Sendable {
        /// In the named publication.
        case primary
        /// In another that cites it.
        case secondary
    }

    /// For the end of a sentence: `Mandiant M-Trends, 2025, cited by others`.
    package var citation: String {
        let year = year.map(String.init) ?? "no year given"
        return "\(source), \(year)\(kind == .secondary ? ", cited by others" : "")"
    }

    /// The figure as a length in seconds; nil for another unit than of time.
    package var length: Seconds? {
        let units = ["s": 1.0, "minutes": 60, "hours": 3_600, "days": 86_400]
        return units[unit].map { Seconds(value.likely * $0) }
    }

    /// A fact from its row.
    ///
    /// - Throws: `CSVError` naming what is missing: each row has a name, a title, a figure, a unit,
    ///   a statistic, a year or `undated`, a source and a kind.
    package init(_ row: CSVRows.Row) throws(CSVError) {
        func text(_ column: String) throws(CSVError) -> String {
            guard let text = row[column] else {
                throw CSVError(line: row.line, reason: "'\(column)' is empty")
            }
            return text
        }
        name = try text("name")
        title = try text("title")
        value = try Self.value(row)
        unit = try text("unit")
        statistic = try text("statistic")
        source = try text("source")
        remark = row["remark"] ?? ""
        let year = try text("year")
        self.year = Int(year)
        guard self.year != nil || year == "undated" else {
            throw CSVError(line: row.line, reason: "'\(year)' is no year; or write 'undated'")
        }
        let kind = try text("kind")
        guard let known = Kind(rawValue: kind) else {
            throw CSVError(
                line: row.line, reason: "'\(kind)' is no kind: write primary or secondary")
        }
        self.kind = known
    }

    private static func value(_ row: CSVRows.Row) throws(CSVError) -> ThreePoint<Double> {
        func number(_ column: String) throws(CSVError) -> Double? {
            guard let text = row[column] else { return nil }
            guard let number = Double(text), number.isFinite else {
                throw CSVError(line: row.line, reason: "'\(text)' in '\(column)' is no number")
            }
            return number
        }
        let (low, likely, high) = (
            try number("low"), try number("likely"), try number("high")
        )
        let middle: Double? =
            if let low, let high { low + (high - low) / 2 } else { high ?? low }
        guard let likely = likely ?? middle else {
            throw CSVError(line: row.line, reason: "there is no figure")
        }
        guard (low ?? likely) <= likely, likely <= (high ?? likely) else {
            throw CSVError(line: row.line, reason: "the figures do not go from low to high")
        }
        return ThreePoint(low ?? likely, likely, high ?? likely)
    }
}
