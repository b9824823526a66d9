/// What an `Accept` header of HTTP asks for (RFC 9110, section 12.5.1).
struct AcceptedTypes {
    private let ranges: [(type: String, weight: Double)]

    /// A header's value; all is welcome where it is empty.
    init(_ header: String) {
        let parts = header.split(separator: ",").map { part in
            part.split(separator: ";").map { $0.filter { !$0.isWhitespace }.lowercased() }
        }
        ranges = parts.compactMap { part in
            guard let type = part.first else { return nil }
            let weight = part.dropFirst().first { $0.hasPrefix("q=") }
            return (type, weight.map { Double($0.dropFirst(2)) ?? 0 } ?? 1)
        }
    }

    /// How welcome a type is, from 0 to 1.
    ///
    /// - Parameter named: whether it must stand there by its own name.
    func weight(of type: String, named: Bool) -> Double {
        if ranges.isEmpty { return named ? 0 : 1 }
        let family = "\(type.prefix { $0 != "/" })/*"
        let names = named ? [type] : [type, family, "*/*"]
        for name in names {
            // The same type may come in several versions.
            let weights = ranges.filter { $0.type == name }.map(\.weight)
            if let most = weights.max() { return most }
        }
        return 0
    }
}
