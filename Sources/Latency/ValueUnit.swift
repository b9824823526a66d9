/// The unit in which a histogram log says that its values are counted.
package struct ValueUnit: Hashable, Sendable, CustomStringConvertible {
    /// As the log writes it, such as `ns`.
    package let name: String

    /// A unit by its name, which need not be one of those below.
    package init(_ name: String) { self.name = name }

    /// Nanoseconds: the unit of every histogram of ours, and what HdrHistogram's tools suppose.
    package static let nanoseconds = ValueUnit("ns")
    /// Microseconds.
    package static let microseconds = ValueUnit("us")
    /// Milliseconds.
    package static let milliseconds = ValueUnit("ms")
    /// Seconds.
    package static let seconds = ValueUnit("s")

    /// How many of it make a millisecond; nil for a unit that is none of time.
    var perMillisecond: Double? {
        switch self {
        case .nanoseconds: 1e6
        case .microseconds: 1e3
        case .milliseconds: 1
        case .seconds: 1e-3
        default: nil
        }
    }

    package var description: String { name }
}
