import Units

/// How many calls of an open load fell due in each slice of the time, and how many of them were
/// answered later than a promise allows.
///
/// A call belongs to the slice in which it was due. A call that failed, was denied or had no answer
/// at the end counts as late.
package struct LateCounts: Codable, Hashable, Sendable {
    /// The length of a slice.
    package let slice: Nanoseconds
    /// Calls that fell due, slice by slice from the release.
    package var due: [UInt64]
    /// Those of them that were late.
    package var late: [UInt64]

    /// Counts of nothing yet.
    package init(slice: Nanoseconds, slices: Int) {
        precondition(slice > .zero && slices > 0, "there is time to be cut into slices")
        self.slice = slice
        due = Array(repeating: 0, count: slices)
        late = due
    }

    /// Adds what another caller or process counted over the same slices.
    package mutating func add(_ other: LateCounts) {
        precondition(other.slice == slice && other.due.count == due.count, "the same slices")
        for index in due.indices {
            due[index] += other.due[index]
            late[index] += other.late[index]
        }
    }
}
