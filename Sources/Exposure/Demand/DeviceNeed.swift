import Results
import Units

/// How many devices it takes to do what users ask for.
package struct DeviceNeed: Sendable {
    /// What users ask for.
    private let demand: DemandProfile
    /// Operations a second of one device, by the subjects that are projected.
    private let rates: [String: Double]
    /// What one of them is: `device`, or `cluster of 2 HSMs`.
    private let one: String
    /// What several of them are.
    private let many: String
    /// What one is in a rate.
    private let each: String

    /// The need of a demand.
    ///
    /// - Parameter document: what the rates are from; nil where they were measured.
    init(_ demand: DemandProfile, _ projections: [Projection], document: DocumentedSource?) {
        self.demand = demand
        var rates: [String: Double] = [:]
        for projection in projections where rates[projection.subject] == nil {
            rates[projection.subject] = projection.service.rate.estimate
        }
        self.rates = rates
        let hsms = document?.hsms ?? 1
        (one, many, each) =
            hsms == 1
            ? ("device", "devices", "device")
            : ("cluster of \(hsms) HSMs", "clusters of \(hsms) HSMs", "cluster")
    }

    /// A sentence for each subject of which users ask for more than one device does; they begin
    /// with how many it takes.
    var shortfalls: [String] {
        rates.keys.sorted().compactMap { subject in
            guard let rate = rates[subject], rate > 0, demand.busiestPerSecond >= rate else {
                return nil
            }
            // A device that is always busy lets everybody wait.
            let count = (demand.busiestPerSecond / rate).rounded(.down) + 1
            let consequence =
                demand.perSecond > rate
                ? "No thief is told of beside them."
                : "One alone lets them wait in that hour."
            return "\(asked) ('exposure.demand'): that takes \(Significant.text(count)) such "
                + "\(many), at \(Significant.text(rate))/s a \(each) (\(subject)). \(consequence)"
        }
    }

    /// Whether one device does what users ask for of a subject, in a sentence; nil where not.
    package func served(_ subject: String) -> String? {
        guard let rate = rates[subject], demand.busiestPerSecond < rate else { return nil }
        return "\(asked): one such \(one) serves them."
    }

    /// `Users ask for 200/s on average and 547/s in the busiest hour of the week`.
    private var asked: String {
        "Users ask for \(Significant.text(demand.perSecond))/s on average and "
            + "\(Significant.text(demand.busiestPerSecond))/s in the busiest hour of the week"
    }
}
