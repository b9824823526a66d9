import Regression
import Results
import Throttling
import Units

/// What a demand needs of anchors of a capacity, and what is left over for a thief.
struct CapacityHeadroom {
    private let run: CapacityRun
    private let demand: StatedDemand?
    /// At the mean demand, and in the busiest hour; nil where there is no capacity or no demand.
    private let headrooms: (mean: Headroom, peak: Headroom)?

    init(_ run: CapacityRun) {
        self.run = run
        demand = run.scenario.exposure.demand.flatMap(StatedDemand.init)
        guard let demand, let result = run.result, let capacity = result.capacity?.perSecond else {
            headrooms = nil
            return
        }
        let high = result.lowestFailing?.perSecond
        headrooms = (
            Headroom(capacity: capacity, low: capacity, high: high, demand: demand.mean),
            Headroom(capacity: capacity, low: capacity, high: high, demand: demand.peak)
        )
    }

    /// Two sentences: who is served, and what a thief gets beside them; without a capacity what is
    /// asked for, and that it cannot be told. Nil where there is no demand, or no search.
    var finding: String? {
        guard let demand, run.result != nil else { return nil }
        guard let (mean, peak) = headrooms else { return "**Headroom**: \(unserved(demand))" }
        let devices = peak.devices
        let left = mean.leftOver(devices: devices)
        let isMore = isLeast && left > 0
        return "**Headroom**: \(asked(demand)). \(enough(peak, devices)). \(spare(devices)) What "
            + "is left over of \(of(devices)) a thief may take and nobody waits longer than was "
            + "promised: \(rate(left)) on average"
            + "\(isMore ? " or more" : ""), so that \(dataset.inWords) records take him "
            + "\(takes(left))\(isMore ? " or less" : "")."
    }

    var section: String {
        guard run.result != nil, run.scenario.exposure.demand != nil else { return "" }
        guard let demand else {
            return "## Headroom\n\nNo demand is known to hold the capacity against."
        }
        guard let (mean, peak) = headrooms else {
            return "## Headroom\n\n\(unserved(demand).capitalizedFirst)"
        }
        let devices = peak.devices
        var table = MarkdownTable([
            ("", .left), ("on average", .right), ("in the busiest hour", .right),
        ])
        func row(_ name: String, _ value: (Headroom) -> String) {
            table.append([name, value(mean), value(peak)])
        }
        row("demand") { rate($0.demand) }
        row("devices it needs") { needed($0) }
        row("with one to spare (N + 1)") { needed($0, spare: 1) }
        row("used of \(of(devices))") { used($0, devices) }
        row("left over within the promise") { rate($0.leftOver(devices: devices)) }
        row("… records a day") { records($0.leftOver(devices: devices)) }
        row("… \(dataset.inWords) records take") { takes($0.leftOver(devices: devices)) }
        if let most = flatOut(devices) {
            row("left over flat out") { rate(most - $0.demand) }
            row("… records a day") { records(most - $0.demand) }
            row("… \(dataset.inWords) records take") { takes(most - $0.demand) }
        }
        let fastest = run.fasterStep == nil ? "closed load" : "step"
        return "## Headroom\n\n\(asked(demand).capitalizedFirst).\n\n" + table.text + """

            Within the promise: a thief beside the users of whom no user waits longer than was \
            promised, so that nobody complains; on average he goes with the demand, in the right \
            column he keeps to what is free at any hour. Flat out: all that the \
            \(fastest) of most throughput does, less what users ask for\(throttled); they wait \
            then, and notice. \
            \(grouped(recordsPerOperation)) record\(recordsPerOperation == 1 ? "" : "s") an \
            operation. Whether an alarm notices is for `anchorbench threshold`.
            """
    }

    /// Whether no rate was shown to break the promise: then the capacity is what was asked for, and
    /// a device may do more.
    private var isLeast: Bool { run.result?.lowestFailing == nil }

    /// How many devices serve the busiest hour, and why fewer may.
    private func enough(_ headroom: Headroom, _ devices: UInt64) -> String {
        let share = "\(used(headroom, devices)) of the capacity"
        if devices == 1 { return "One device is enough (\(share) in the busiest hour)" }
        guard isLeast else {
            return "\(grouped(devices)) devices are needed (\(share) in the busiest hour)"
        }
        let limit = run.scenario.limits.maxRate.map {
            ", held to \(CapacityWording.rate($0))/s (`max-rate`) as it was"
        }
        return "\(grouped(devices)) devices are enough (\(share) shown in the busiest hour), and "
            + "fewer may be: one kept the promise at "
            + "\(CapacityWording.perSecond(headroom.capacity))/s\(limit ?? ""), and may do more"
    }

    private func unserved(_ demand: StatedDemand) -> String {
        "\(asked(demand)). How many devices that takes is not known, as no rate was confirmed to "
            + "keep the promise\(atLeast(demand) ?? "")."
    }

    /// The devices without which a demand is not met even with no promise kept; nil where that may
    /// be one, or a device was held back.
    private func atLeast(_ demand: StatedDemand) -> String? {
        guard run.scenario.limits.maxRate == nil, let most = flatOut(1), most > 0 else {
            return nil
        }
        let least = Headroom(capacity: most, demand: demand.peak).devices
        guard least > 1 else { return nil }
        return ": at least \(grouped(least)), as one does \(rate(most)) with no promise kept"
    }

    private func asked(_ demand: StatedDemand) -> String {
        let mean = rate(demand.mean)
        guard demand.peak > demand.mean * 1.005 else {
            return "users ask for \(mean), \(demand.source)"
        }
        return "users ask for \(mean) on average and \(rate(demand.peak)) in the busiest hour, "
            + demand.source
    }

    /// What so many devices do flat out, calls a second: no more than a throttle lets through.
    private func flatOut(_ devices: UInt64) -> Double? {
        guard let peak = run.flatOut else { return nil }
        return min(peak, run.cell.throttle.sustainedRate ?? .infinity) * Double(devices)
    }

    private var throttled: String {
        run.cell.throttle.sustainedRate == nil ? "" : " and what the throttle holds back"
    }

    private func needed(_ headroom: Headroom, spare: UInt64 = 0) -> String {
        let most = grouped(headroom.devices + spare)
        if isLeast, headroom.devices > 1 { return "\(most) or fewer" }
        guard let least = headroom.devicesAtLeast, least < headroom.devices else { return most }
        return "\(grouped(least + spare)) to \(most)"
    }

    /// How many it takes that one may be away.
    private func spare(_ devices: UInt64) -> String {
        "With \(grouped(devices + 1)) the promise is kept while one is away."
    }

    private func of(_ devices: UInt64) -> String {
        devices == 1 ? "one device" : "\(grouped(devices)) devices"
    }

    private func used(_ headroom: Headroom, _ devices: UInt64) -> String {
        CapacityWording.share(headroom.demand / (headroom.capacity * Double(devices)))
    }

    private func rate(_ perSecond: Double) -> String {
        perSecond > 0 ? "\(Significant.text(perSecond))/s" : "nothing"
    }

    private func records(_ perSecond: Double) -> String {
        let perDay = max(0, perSecond) * 86_400 * Double(recordsPerOperation)
        return perDay > 0 ? Significant.text(perDay) : "none"
    }

    private func takes(_ perSecond: Double) -> String {
        guard perSecond > 0 else { return "never" }
        let operations = Double(dataset.count) / Double(recordsPerOperation)
        return Seconds(operations / perSecond).inWords
    }

    private func grouped(_ count: UInt64) -> String { Significant.grouped(count) }

    private var recordsPerOperation: UInt64 {
        max(1, run.scenario.exposure.recordsPerOperation ?? 1)
    }

    /// Ten million records where the scenario has them, else its middle size.
    private var dataset: RecordCount {
        let sizes = run.scenario.exposure.datasets
        let usual = RecordCount(10_000_000)
        return sizes.contains(usual) || sizes.isEmpty ? usual : sizes[sizes.count / 2]
    }
}
