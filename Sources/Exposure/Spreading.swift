/// Work that is spread over the processors, by whoever has some: a model starts no thread itself.
package protocol Spreading: Sendable {
    /// What `body` makes of 0 ..< count, in this order, however it was shared out.
    func map<Part: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Part) -> [Part]
}

/// One part after the other.
package struct InTurn: Spreading {
    package init() {}

    package func map<Part: Sendable>(_ count: Int, _ body: @Sendable (Int) -> Part) -> [Part] {
        (0..<count).map(body)
    }
}
