import Units

extension Workload {
    /// What an open load promises whoever waits for it, and in which slices of the time calls that
    /// break the promise are counted.
    package struct Promise: Hashable, Sendable {
        /// A longer response is late.
        package let limit: Nanoseconds
        /// The length of a slice.
        package let slice: Nanoseconds

        /// A promise.
        package init(limit: Nanoseconds, slice: Nanoseconds) {
            precondition(limit > .zero && slice > .zero, "a promise has a limit and slices")
            self.limit = limit
            self.slice = slice
        }

        /// How many slices it takes to cover a time.
        package func slices(of duration: Nanoseconds) -> Int {
            Int((duration.count - 1) / slice.count) + 1
        }
    }
}

/// How many calls of an open load one caller took in each slice of the time, by the instants at
/// which they were due, and how many of them were late.
package struct LateRecord: Sendable {
    /// The promise that they are held against.
    package let promise: Workload.Promise
    /// Calls that fell due, slice by slice from the release.
    package private(set) var due: [UInt64]
    /// Those of them that were late.
    package private(set) var late: [UInt64]

    /// A record of nothing yet, its memory touched before the release.
    init(_ promise: Workload.Promise, over duration: Nanoseconds) {
        self.promise = promise
        due = Array(repeating: 0, count: promise.slices(of: duration))
        late = due
    }

    /// Counts a call that was answered.
    ///
    /// - Parameter arrival: when it was due, from the release on.
    mutating func count(arrival: Nanoseconds, response: Nanoseconds) {
        let slice = Int(arrival.count / promise.slice.count)
        due[slice] &+= 1
        if response > promise.limit { late[slice] &+= 1 }
    }

    /// Counts a call that got no right answer: failed, denied, or waiting at the end.
    mutating func countUnanswered(arrival: Nanoseconds) {
        let slice = Int(arrival.count / promise.slice.count)
        due[slice] &+= 1
        late[slice] &+= 1
    }
}
