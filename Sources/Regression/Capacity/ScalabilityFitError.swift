/// Why no scalability law can be fitted.
package enum ScalabilityFitError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Fewer than three different numbers of callers: two points fit every law.
    case tooFewNumbers(Int)
    /// A throughput that is not a number above nothing.
    case unusable(throughput: Double, callers: Int)

    package var description: String {
        switch self {
        case .tooFewNumbers(let count):
            "a scalability law needs at least 3 different numbers of callers, not \(count): "
                + "measure more of them"
        case .unusable(let throughput, let callers):
            "the throughput at \(callers) callers is \(throughput): it must be a number above 0"
        }
    }
}
