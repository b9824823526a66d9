/// What was found wrong with a trace that could be used all the same.
struct TraceFaults {
    /// A kind of fault.
    enum Kind: CaseIterable {
        case noTime, noCount, openQuote, disorder, identical, differing, offGrid, tooLarge
        case otherOffset, gap

        /// After "5 lines", "1 line".
        var sentence: (one: String, many: String) {
            switch self {
            case .noTime: ("is left out: no time", "are left out: no time")
            case .noCount: ("is left out: no whole count", "are left out: no whole count")
            case .openQuote:
                ("opens a quotation and never closes it", "open quotations and never close them")
            case .disorder: ("stood out of order; put in order", "stood out of order; put in order")
            case .identical:
                ("repeats another and is counted once", "repeat others and are counted once")
            case .differing:
                (
                    "has the time of another but another count; added up",
                    "have the times of others but other counts; added up"
                )
            case .offGrid:
                ("is left out: between two periods", "are left out: between two periods")
            case .tooLarge:
                (
                    "holds more than 4294967295; held to that",
                    "hold more than 4294967295; held to that"
                )
            case .otherOffset:
                (
                    "has another offset from UTC than the first; hours are told by that one",
                    "have another offset from UTC than the first; hours are told by that one"
                )
            case .gap:
                ("follows on missing periods", "follow on missing periods")
            }
        }
    }

    private var found: [Kind: (count: Int, first: Int)] = [:]

    /// Notes a fault of a line.
    mutating func add(_ kind: Kind, line: Int) {
        let known = found[kind] ?? (0, line)
        found[kind] = (known.count + 1, min(known.first, line))
    }

    /// One sentence for every kind that was found.
    var notes: [String] {
        Kind.allCases.compactMap { kind in
            guard let (count, first) = found[kind] else { return nil }
            return count == 1
                ? "Line \(first) \(kind.sentence.one)."
                : "\(count) lines \(kind.sentence.many), the first of them line \(first)."
        }
    }
}
