/// Why a text is no trace of demand.
package struct TraceError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What is wrong, where, and what to do, in one sentence.
    package let description: String

    init(_ source: String, line: Int? = nil, _ what: String) {
        description = source + (line.map { ", line \($0)" } ?? "") + ": " + what
    }
}
