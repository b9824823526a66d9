import Units

/// What the defence itself costs in a month of 30 days.
package struct DefenderMonth: Hashable, Sendable {
    /// The devices: every HSM of them by the hour.
    package let devices: Spread
    /// Legitimate calls that are denied or delayed.
    package let calls: Spread
    /// Looking into false alarms.
    package let alarms: Spread
    /// All of it.
    package let total: Spread

    /// Hours of a month of 30 days.
    package static let hours = 720.0

    /// The month of a defence.
    ///
    /// - Parameters:
    ///   - burdenedCalls: legitimate calls of a month that a throttle denies or delays.
    ///   - falseAlarms: false alarms of a month.
    package init(burdenedCalls: Double, falseAlarms: Double, prices: CostDraws) {
        let hours = Double(prices.costs.hsms) * Self.hours
        let devices = prices.deviceHourly.map { Money.product($0, hours) }
        let calls = prices.deniedCall.map { Money.product($0, burdenedCalls) }
        let alarms = prices.triage.map { Money.product($0, falseAlarms) }
        total = Spread(devices.indices.map { devices[$0] + calls[$0] + alarms[$0] })
        self.devices = Spread(devices)
        self.calls = Spread(calls)
        self.alarms = Spread(alarms)
    }

    /// The mean cost of a month, in closed form: for a sweep of many defences.
    package static func expected(
        burdenedCalls: Double, falseAlarms: Double, costs: Costs
    ) -> Double {
        Money.product(costs[.deviceHourly].mean, Double(costs.hsms) * hours)
            + Money.product(costs[.deniedCall].mean, burdenedCalls)
            + Money.product(costs[.triage].mean, falseAlarms)
    }
}
