import Results
import Units

extension DeviceProfiles {
    /// The devices as rows for people.
    package var listing: (columns: [String], rows: [[String]]) {
        let rows = all.map { profile in
            [
                profile.name, profile.operation,
                Significant.text(profile.perSecond) + "/s",
                profile.mechanism ?? "opens no record", profile.asOf ?? "no date given",
                profile.source,
            ]
        }
        return (["name", "operation", "rate", "projected as", "as of", "source"], rows)
    }

    /// Limits and remarks, a sentence each.
    package var noteLines: [String] {
        notes.map { note in
            let said = [note.figure, note.remark.isEmpty ? nil : note.remark].compactMap { $0 }
            let date = note.asOf ?? "no date given"
            return "\(note.title), \(note.subject): \(said.joined(separator: "; ")) "
                + "(\(note.source), \(date))"
        }
    }

    /// The devices as a table for other programs.
    package var table: CSVTable {
        var table = CSVTable(columns: [
            "name", "title", "operation", "mechanism", "key_bits", "record_bytes", "cluster",
            "figure", "unit", "operations_per_second", "as_of", "source", "remark",
        ])
        for profile in all {
            table.append([
                .text(profile.name), .text(profile.title), .text(profile.operation),
                .text(profile.mechanism ?? ""), .optional(profile.keyBits.map(Int64.init)),
                .optional(profile.recordBytes.map(Int64.init)),
                .optional(profile.cluster.map(Int64.init)), .number(profile.figure),
                .text(profile.unit), .number(profile.perSecond), .text(profile.asOf ?? ""),
                .text(profile.source), .text(profile.remark),
            ])
        }
        return table
    }
}
