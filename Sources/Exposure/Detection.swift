import Results
import Units

/// How thefts by every strategy end under one throttle and the alarm of a scenario.
package struct Detection: Sendable {
    /// The throttle, the subject and what a sprint gets from them.
    package let projection: Projection
    /// An ending for each attacker of the scenario, in its order.
    package let containments: [Containment]
    /// Records that leave without any alarm ever; nil where no alarm counts.
    package let leak: Leak?
    /// A sprint for the data set that is spoken of, period by period; nil where no alarm counts.
    package let story: DetectionStory?

    /// What never alarms.
    package struct Leak: Hashable, Sendable {
        /// Records a day for a thief who fills each period to the threshold.
        package let fillPerDay: Double
        /// Records a day for one who is flat out in M − 1 of every N periods and fills the others.
        package let pulsePerDay: Double
    }

    /// The ending of one strategy; nil for one that the scenario does not name.
    package subscript(strategy: Strategy) -> Containment? {
        containments.first { $0.strategy == strategy }
    }

    /// The ending that loses most of a data set in the mean, and of those that lose as much the
    /// quickest, `best` aside; nil without any.
    package func worst(of dataset: RecordCount) -> Containment? {
        func rank(_ ending: Containment) -> (Double, Double) {
            let loss = ending[dataset]
            return (loss?.records.mean ?? 0, -(loss?.timeToAll ?? .never).value)
        }
        return containments.filter { $0.strategy != .best }.max { rank($0) < rank($1) }
    }
}

extension Containment {
    /// What is lost of one data set; nil for one that was not asked for.
    package subscript(dataset: RecordCount) -> ContainedLoss? {
        losses.first { $0.dataset == dataset }
    }
}
