import Foundation
import Results
import Units

/// How each kind of value of a projection is read and bounded.
extension YAMLValue {
    /// A number within bounds.
    ///
    /// - Parameters:
    ///   - forms: what it is, for a complaint.
    ///   - bounds: the range in words, where its ends are no numbers to be read.
    func number(
        _ range: ClosedRange<Double>, _ forms: String, bounds: String? = nil
    ) throws(ScenarioError) -> Double {
        let text = try text()
        guard let value = Double(text), range.contains(value) else {
            let ends = "from \(Self.plain(range.lowerBound)) to \(Self.plain(range.upperBound))"
            throw complaint("\(place): '\(text)' must be \(forms), \(bounds ?? ends)")
        }
        return value
    }

    private static func plain(_ value: Double) -> String {
        value < 1e15 && value == value.rounded() ? "\(Int(value))" : "\(value)"
    }

    /// A demand that is written as a rate alone; nil for `none`.
    func steadyRate() throws(ScenarioError) -> Rate? {
        let text = try text()
        guard text != "none" else { return nil }
        guard (try? RecordCount(parsing: text)) == nil else {
            throw complaint("\(place): '\(text)' is no rate: write \(text)/s")
        }
        guard text.contains("/") || text.first?.isNumber ?? false else {
            throw complaint(
                "\(place): '\(text)' is no demand: write it as 200/s, { mean: 200/s, shape: "
                    + "diurnal }, { trace: demand.csv } or none")
        }
        return try quantity(Rate.self)
    }

    /// A probability that is neither 0 nor 1.
    func innerProbability() throws(ScenarioError) -> Probability {
        let value = try quantity(Probability.self)
        guard value.value > 0, value.value < 1 else {
            throw complaint("\(place): '\(try text())' must be more than 0 and less than 1")
        }
        return value
    }

    /// One duration, or the least, the likeliest and the longest.
    func durations() throws(ScenarioError) -> ThreePoint<Nanoseconds> {
        try threePoint { item throws(ScenarioError) in
            try item.duration(.zero ... .seconds(366 * 86_400))
        }
    }

    /// One price, or the least, the likeliest and the highest.
    func prices() throws(ScenarioError) -> ThreePoint<Double> {
        try threePoint { item throws(ScenarioError) in
            try item.number(0...1e15, "a price, not below nothing")
        }
    }

    private func threePoint<Value>(
        _ read: (YAMLValue) throws(ScenarioError) -> Value
    ) throws(ScenarioError) -> ThreePoint<Value> {
        let values = try items().map { item throws(ScenarioError) in try read(item) }
        switch values.count {
        case 1: return ThreePoint(values[0])
        case 3 where values[0] <= values[1] && values[1] <= values[2]:
            return ThreePoint(values[0], values[1], values[2])
        case 3:
            let written = values.map { "\($0)" }.joined(separator: ", ")
            throw complaint(
                "\(place): [\(written)] must rise: the least, the likeliest and the most")
        default:
            throw complaint(
                "\(place) has \(values.count) values: give one, or the least, the likeliest and "
                    + "the most")
        }
    }

    /// Who acts on an alarm, and after how long.
    func response() throws(ScenarioError) -> DelaySettings.Response {
        let keys = try entries(known: ["automatic", "human"])
        switch (keys["automatic"], keys["human"]) {
        case (let value?, nil): return .automatic(try value.durations())
        case (nil, let value?): return .human(try value.durations())
        default:
            throw complaint(
                "\(place) is either { automatic: 5s }, a program that revokes, or "
                    + "{ human: [5m, 30m, 4h] }, somebody who is called")
        }
    }

    /// `flat`, `diurnal`, or weights by the hour of a day or of a week.
    func demandShape() throws(ScenarioError) -> DemandShape {
        guard node.sequence != nil else {
            return try word(["flat", "diurnal"]) == "flat" ? .flat : .diurnal
        }
        let weights = try items().map { item throws(ScenarioError) in
            try item.number(0...1e12, "a weight, not below nothing")
        }
        let isDay = weights.count == 24
        guard isDay || weights.count == 168 else {
            throw complaint(
                "\(place) has \(weights.count) weights: give 24, one an hour of every day, or "
                    + "168 from Monday 00:00")
        }
        guard weights.contains(where: { $0 > 0 }) else {
            throw complaint("\(place): at least one weight must be more than nothing")
        }
        return .weekly(isDay ? Array(repeatElement(weights, count: 7).joined()) : weights)
    }

    /// What a thief who picks finds in the best records; nil for `uniform`.
    func valueCurve() throws(ScenarioError) -> ValueCurve? {
        guard node.mapping != nil else {
            _ = try word(["uniform"])
            return nil
        }
        let keys = try entries(known: ["best", "worth"])
        guard let best = try keys["best"]?.innerProbability(),
            let worth = try keys["worth"]?.innerProbability(), best <= worth
        else {
            throw complaint(
                "\(place) must say what share of the value the best records hold, no less than "
                    + "their own share, such as { best: 1%, worth: 50% }")
        }
        return ValueCurve(best: best, worth: worth)
    }

    /// An EWMA chart; nil for `none`.
    func ewma() throws(ScenarioError) -> EWMASettings? {
        guard node.mapping != nil else {
            _ = try word(["none"])
            return nil
        }
        let keys = try entries(known: ["weight", "limit"])
        let weight = try keys["weight"]?.number(0.001...1, "the weight of the newest period")
        let limit = try keys["limit"]?.number(0.1...100, "a number of standard deviations")
        return EWMASettings(weight: weight ?? 0.1, limit: limit ?? 3)
    }

    /// A CUSUM chart; nil for `none`.
    func cusum() throws(ScenarioError) -> CUSUMSettings? {
        guard node.mapping != nil else {
            _ = try word(["none"])
            return nil
        }
        let keys = try entries(known: ["reference", "decision"])
        let forms = "a number of standard deviations"
        let reference = try keys["reference"]?.number(0...100, forms)
        let decision = try keys["decision"]?.number(0.1...1_000, forms)
        return CUSUMSettings(reference: reference ?? 0.5, decision: decision ?? 5)
    }

    /// The trace in a file, its periods those of the alarm or shorter ones.
    ///
    /// - Parameter folder: where a relative path begins.
    func demandTrace(in folder: String, period: Nanoseconds) throws(ScenarioError) -> DemandTrace {
        let name = try text()
        let path = name.hasPrefix("/") ? name : "\(folder)/\(name)"
        guard let data = FileManager.default.contents(atPath: path) else {
            throw complaint(
                "\(place): '\(name)' cannot be read; give the path of a CSV file of timestamps, or "
                    + "of counts of periods", isUsage: false)
        }
        do throws(TraceError) {
            return try TraceReader(source: name, period: period)
                .read(String(decoding: data, as: UTF8.self))
        } catch {
            throw complaint("\(place): \(error)", isUsage: false)
        }
    }
}
