/// What makes the figures of two runs comparable: the conditions of the host and of the measuring,
/// and which cells were measured.
///
/// The module is left out, and so are the variables it is given: they are what changes, and a
/// change of them is to be seen as such.
package struct MeasuringEnvironment: Hashable, Sendable {
    /// The conditions by name; nil where one is not known.
    package let conditions: [String: String?]
    /// The keys of the cells, in order.
    package let cells: [String]

    /// The condition that says which module was measured.
    package static let moduleCondition = "module_sha256"

    /// What tells one device from another, whatever the module's file.
    private static let deviceCircumstance = "token_model"

    /// The environment of a run.
    package init(_ run: GateRun) {
        var conditions = run.conditions.filter { $0.key != Self.moduleCondition }
        if let model = run.circumstances[Self.deviceCircumstance] {
            conditions[Self.deviceCircumstance] = model
        }
        self.conditions = conditions
        cells = run.cells.filter { !$0.isControl }.map(\.key).sorted()
    }

    /// A short name that stays: sixteen hexadecimal digits.
    ///
    /// Two environments may share one, by a chance of one in 10¹⁹; whoever finds data by it
    /// compares the environments themselves.
    package var key: String {
        var digest = StableDigest()
        for (name, value) in conditions.sorted(by: { $0.key < $1.key }) {
            digest.add(name)
            digest.add(value ?? "\u{0}not known")
        }
        for cell in cells { digest.add(cell) }
        return digest.hexadecimal
    }

    /// In what another environment differs: the names of conditions, and `cells`.
    package func differences(from other: MeasuringEnvironment) -> [String] {
        let names = Set(conditions.keys).union(other.conditions.keys).sorted()
        return names.filter { conditions[$0] != other.conditions[$0] }
            + (cells == other.cells ? [] : ["cells"])
    }
}

/// A digest of texts that is the same on every machine and in every version: FNV-1a with 64 bits
/// (Fowler, Noll and Vo; draft-eastlake-fnv). It tells apart; it guards nothing.
struct StableDigest {
    private var value: UInt64 = 0xcbf2_9ce4_8422_2325

    /// Adds a text, and its end.
    mutating func add(_ text: String) {
        for byte in text.utf8 { add(byte) }
        // No UTF-8 holds this byte: texts cannot run into each other.
        add(0xFF)
    }

    /// Adds a byte.
    mutating func add(_ byte: UInt8) { value = (value ^ UInt64(byte)) &* 0x100_0000_01b3 }

    /// The digest in sixteen digits.
    var hexadecimal: String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
