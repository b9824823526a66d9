import Results
import Units

/// What a vendor documents of a device, in place of a measurement where there is none at hand.
package struct DeviceProfile: Hashable, Sendable {
    /// The name that it is chosen by, such as `aws-cloudhsm-hsm2m-medium-2`.
    package let name: String
    /// The device in the vendor's words.
    package let title: String
    /// What the figure counts, in the document's words.
    package let operation: String
    /// The mechanism by whose operation a thief opens records; nil where the operation opens none.
    package let mechanism: String?
    /// Length of the key in bits; nil where the document does not say.
    package let keyBits: Int?
    /// Length of a record in bytes that the figure is for; nil where the document does not say.
    package let recordBytes: Int?
    /// Devices together; nil for a service or a single device.
    package let cluster: Int?
    /// The figure as documented.
    package let figure: Double
    /// Its unit as documented: `ops/s`, `per 10 s`.
    package let unit: String
    /// The state that the document describes; nil where it bears no date.
    package let asOf: String?
    /// The document.
    package let source: String
    /// What must be known to read the figure; empty for nothing.
    package let remark: String

    /// Seconds over which a unit counts.
    private static let seconds = ["ops/s": 1.0, "requests/s": 1, "calls/s": 1, "per 10 s": 10]

    /// Operations a second.
    package var perSecond: Double { figure / (Self.seconds[unit] ?? 1) }

    /// Where the figure is from: the document and its date.
    package var citation: String { "\(source) (\(asOf ?? "no date given"))" }

    /// What the document leaves open, in sentences.
    package var unknowns: [String] {
        var sentences = [
            "No latency is documented, so none is told.",
            "How the rate grows with the calls under way is not documented: the full rate is taken "
                + "to be there from one call on, the worst case.",
            "Under what load and by how many clients the figure was reached, and how it varies, is "
                + "not documented: it has no interval.",
        ]
        if keyBits == nil { sentences.append("The length of the key is not documented.") }
        if recordBytes == nil { sentences.append("The length of a record is not documented.") }
        if asOf == nil { sentences.append("The document bears no date.") }
        return sentences
    }

    /// A profile from a row of throughput.
    ///
    /// - Throws: `CSVError` for a row without a name, a title, an operation, a positive figure, a
    ///   known unit or a source.
    init(_ row: CSVRows.Row) throws(CSVError) {
        func text(_ column: String) throws(CSVError) -> String {
            guard let text = row[column] else {
                throw CSVError(line: row.line, reason: "'\(column)' is empty")
            }
            return text
        }
        func count(_ column: String) throws(CSVError) -> Int? {
            guard let text = row[column] else { return nil }
            guard let count = Int(text), count > 0 else {
                throw CSVError(line: row.line, reason: "'\(text)' in '\(column)' is no count")
            }
            return count
        }
        (name, title) = (try text("name"), try text("title"))
        (operation, mechanism) = (try text("operation"), row["mechanism"])
        (keyBits, recordBytes) = (try count("key_bits"), try count("record_bytes"))
        cluster = try count("cluster")
        guard let count = try count("figure") else {
            throw CSVError(line: row.line, reason: "there is no figure")
        }
        figure = Double(count)
        unit = try text("unit")
        guard Self.seconds[unit] != nil else {
            throw CSVError(line: row.line, reason: "'\(unit)' is no rate")
        }
        (asOf, source, remark) = (row["as_of"], try text("source"), row["remark"] ?? "")
    }
}
