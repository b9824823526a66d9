/// Sentences that are put together from parts, some of which may be empty.
enum Sentences {
    /// The parts one after another, each but the last closed with a full stop.
    static func joined(_ parts: [String]) -> String {
        let parts = parts.filter { !$0.isEmpty }
        let closed = parts.dropLast().map { part in
            part.last.map { ".:;!?".contains($0) } == true ? part : part + "."
        }
        return (closed + parts.suffix(1)).joined(separator: " ")
    }
}
