import Units

/// Numbers of things, and lists of them that stay short.
enum Counted {
    /// As in "1 round" or "5 rounds".
    static func text(_ count: Int, _ noun: String) -> String {
        "\(Significant.grouped(UInt64(max(count, 0)))) \(noun)\(count == 1 ? "" : "s")"
    }

    /// The first few, and how many more there are.
    static func list(_ items: [String], most: Int = 3, separator: String = ", ") -> String {
        guard items.count > most + 1 else { return items.joined(separator: separator) }
        return items.prefix(most).joined(separator: separator)
            + " and \(Significant.grouped(UInt64(items.count - most))) more"
    }
}
