import Synchronization
import Units

/// The last admissions of a limit, kept in a row of words: the place of the oldest, then as many
/// instants as the limit keeps.
///
/// An instant is kept as one nanosecond more than it is since the epoch, so that the word 0 is one
/// that nobody has used yet, which lies before every instant.
struct InstantRing: Sendable {
    /// The first of its words in the row.
    let base: Int
    /// Instants that it keeps, at least 1.
    let capacity: Int

    /// Words that a ring of so many instants needs.
    static func wordCount(keeping capacity: Int) -> Int { 1 + capacity }

    /// The instant of the admission of this age, 0 being the oldest that is kept; nil where there
    /// were not so many admissions yet.
    func instant(_ age: Int, in row: borrowing MutableSpan<UInt64>) -> Int64? {
        let word = row[place(age, in: row)]
        return word == 0 ? nil : Int64(truncatingIfNeeded: word &- 1)
    }

    /// How many of the instants lie after `start`: instants are in order, so that it halves.
    func count(after start: Int64, in row: borrowing MutableSpan<UInt64>) -> Int {
        // The word of an instant after `start` is greater than this one.
        guard start >= 0 else { return count(above: 0, in: row) }
        return count(above: UInt64(start) + 1, in: row)
    }

    private func count(above word: UInt64, in row: borrowing MutableSpan<UInt64>) -> Int {
        var (low, high) = (0, capacity)
        while low < high {
            let middle = (low + high) / 2
            if row[place(middle, in: row)] > word { high = middle } else { low = middle + 1 }
        }
        return capacity - low
    }

    /// Enters so many admissions at `instant`, which is not before any that was entered.
    ///
    /// The instants are written before the place of the oldest moves on: whoever is killed in
    /// between leaves what `repair` finds.
    func append(_ count: UInt64, at instant: Int64, in row: inout MutableSpan<UInt64>) {
        let word = UInt64(instant) + 1
        var next = Int(min(row[base], UInt64(capacity - 1)))
        for _ in 0..<min(count, UInt64(capacity)) {
            row[base + 1 + next] = word
            next = next + 1 == capacity ? 0 : next + 1
        }
        atomicMemoryFence(ordering: .releasing)
        row[base] = UInt64(next)
    }

    /// Takes back what a caller who was killed had begun to enter.
    ///
    /// Its instants stand where the oldest ones were, and are younger than what follows them. Those
    /// oldest ones had left the window; in their stead stands the next one, which is not older, so
    /// that at most an admission is counted that nobody used.
    func repair(_ row: inout MutableSpan<UInt64>) {
        let word = row[place(0, in: row)]
        var begun = 1
        while begun < capacity, row[place(begun, in: row)] == word { begun += 1 }
        guard begun < capacity, row[place(begun, in: row)] < word else { return }
        let next = row[place(begun, in: row)]
        for age in 0..<begun { row[place(age, in: row)] = next }
    }

    private func place(_ age: Int, in row: borrowing MutableSpan<UInt64>) -> Int {
        // Whoever may write the words must not lead anybody beyond them.
        let place = Int(min(row[base], UInt64(capacity - 1))) + age
        return base + 1 + (place < capacity ? place : place - capacity)
    }
}
