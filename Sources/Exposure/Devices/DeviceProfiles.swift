import Results
import Units

/// All documented devices, with what else the documents say of them.
package struct DeviceProfiles: Sendable {
    /// The profiles in the order of their file.
    package let all: [DeviceProfile]
    /// Limits and remarks that are no throughput.
    package let notes: [DeviceNote]

    /// The profiles that come with this program.
    package static let documented: DeviceProfiles = {
        do {
            return try DeviceProfiles(CSVRows(parsing: PackageResources.devices_csv))
        } catch {
            preconditionFailure("devices.csv, \(error)")
        }
    }()

    /// Profiles from a table.
    ///
    /// - Throws: `CSVError` for a row that is not complete, or a name that stands twice.
    package init(_ table: CSVRows) throws(CSVError) {
        var (profiles, notes): ([DeviceProfile], [DeviceNote]) = ([], [])
        var names: Set<String> = []
        for row in table.rows {
            guard let name = row["name"], names.insert(name).inserted else {
                throw CSVError(line: row.line, reason: "a name is missing or stands twice")
            }
            switch row["kind"] {
            case "throughput": profiles.append(try DeviceProfile(row))
            case "limit", "remark": notes.append(try DeviceNote(row))
            default:
                throw CSVError(
                    line: row.line, reason: "'kind' is not throughput, limit or remark")
            }
        }
        (all, self.notes) = (profiles, notes)
    }

    /// The profile of a name.
    ///
    /// - Throws: `DeviceError` with the nearest name, or where all are listed.
    package func named(_ name: String) throws(DeviceError) -> DeviceProfile {
        if let profile = all.first(where: { $0.name == name }) { return profile }
        throw DeviceError("there is no device '\(name)'\(suggestion(for: name))")
    }

    /// What the documents say of who counts an operation on a device, with the source; nil for
    /// nothing.
    package func counting(_ operation: String, on profile: DeviceProfile) -> String? {
        let note = notes.first { note in
            note.subject == operation && !note.remark.isEmpty
                && profile.title.hasPrefix(note.title + " ")
        }
        return note.map { note in
            let remark = note.remark.hasSuffix(".") ? note.remark.dropLast() : note.remark[...]
            return "\(note.title): \(remark) (\(note.source))"
        }
    }

    /// Names that begin as the wanted one does, or the one that the fewest keystrokes lead to.
    private func suggestion(for name: String) -> String {
        let longer = all.map(\.name).filter { !name.isEmpty && $0.hasPrefix(name) }
        let list = "'anchorbench devices' lists them"
        guard longer.isEmpty else {
            let shown = longer.prefix(3).map { "'\($0)'" }.joined(separator: ", ")
            return ": \(shown)\(longer.count > 3 ? " and others" : "") begin so; \(list)"
        }
        let nearest = all.map { (name: $0.name, distance: EditDistance.between(name, $0.name)) }
            .min { $0.distance < $1.distance }
        guard let nearest, nearest.distance <= max(2, name.count / 3) else { return ": \(list)" }
        return "; did you mean '\(nearest.name)'? \(list)"
    }
}

/// Why a device cannot be projected.
package struct DeviceError: Error, Hashable, Sendable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// How many keystrokes lead from one word to another (Levenshtein, 1966).
enum EditDistance {
    static func between(_ left: String, _ right: String) -> Int {
        let right = Array(right)
        var row = Array(0...right.count)
        for (index, character) in left.enumerated() {
            var diagonal = row[0]
            row[0] = index + 1
            for column in right.indices {
                let replaced = diagonal + (right[column] == character ? 0 : 1)
                diagonal = row[column + 1]
                row[column + 1] = min(replaced, row[column] + 1, diagonal + 1)
            }
        }
        return row[right.count]
    }
}
