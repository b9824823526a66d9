import Foundation
import Units

extension Containment {
    /// Records of a data set that the thief holds after a time, if nobody stops him until then.
    package func unstopped(within time: Seconds, of dataset: RecordCount) -> Double {
        let size = Double(dataset.count)
        guard let course else {
            // Who opens what others open anyway meets some records again.
            return size > 0 ? -size * expm1(-recordsPerSecond * time.value / size) : 0
        }
        return min(size, course.records(within: time.value))
    }
}
