import Glibc
import Regression
import Results
import Units

// The law of scalability in words and lines. What lies beyond the callers that were measured is
// marked as extrapolated everywhere.

extension CapacityAnalysis {
    private var law: ScalabilityFit? { try? fit.get() }

    /// The fitted curve: a line within what was measured, a broken one beyond.
    ///
    /// - Parameter reach: what is shown of the callers.
    func fitSeries(from first: Int, to last: Int, _ reach: ClosedRange<Double>) -> [Series] {
        guard let law else { return [] }
        func points(_ from: Double, _ to: Double) -> [Series.Point] {
            (0...40).map { step in
                let callers = from * Glibc.pow(to / from, Double(step) / 40)
                return Series.Point(callers, law.throughput(at: callers))
            }
        }
        let within = points(Double(first), Double(last))
        let beyond = points(Double(last), reach.upperBound)
        return [
            Series("", within, style: .line, color: 1),
            Series("fit, beyond \(last) extrapolated", beyond, style: .dashed, color: 1),
        ]
    }

    /// The peak of the law, where it is in sight.
    func peakCallout(within reach: ClosedRange<Double>) -> [Callout] {
        guard let peak = law?.peak, reach.contains(peak.callers.value) else { return [] }
        return [
            Callout(
                peak.callers.value, peak.throughput,
                [
                    "peak of the fit",
                    "\(Significant.text(peak.callers.value, digits: 2)) callers, "
                        + "\(Significant.text(peak.throughput))/s",
                    peak.callers.high == nil ? "not determined: \(orMore(peak.callers))" : "",
                ].filter { !$0.isEmpty })
        ]
    }

    /// What more callers gain, in a sentence; nil where no law fits.
    var fitSentence: String? {
        guard let law else { return nil }
        guard let peak = law.peak else {
            return "By the fit more callers never do less."
        }
        let beyond = isExtrapolated(peak.callers.value) ? ", beyond what was measured" : ""
        let most = "By the fit \(callers(peak.callers)) do most"
        guard peak.callers.high != nil else {
            return "\(most)\(beyond), but that more do less is not shown: where the peak lies is "
                + "not determined (\(orMore(peak.callers)))."
        }
        return "\(most)\(beyond) (\(bounds(peak.callers))), and more than those do less."
    }

    /// What is known of a peak without an upper end.
    private func orMore(_ callers: ScalabilityFit.Figure) -> String {
        callers.low == nil ? "no interval" : "\(bounds(callers)) callers"
    }

    /// The law with its figures, or why there is none.
    var fitSection: String? {
        switch fit {
        case .failure(let error):
            return "No law of scalability was fitted: \(error)."
        case .success(let law): return section(law)
        }
    }

    private func section(_ law: ScalabilityFit) -> String {
        var table = MarkdownTable([
            ("figure", .left), ("value", .right), ("95 %", .right), ("what it is", .left),
        ])
        table.append([
            "γ", "\(Significant.text(law.single.value))/s", bounds(law.single),
            "calls a second of one caller",
        ])
        table.append([
            "α", Significant.text(law.contention.value), bounds(law.contention),
            "contention: the share of the work done one after the other",
        ])
        table.append([
            "β", Significant.text(law.coherency.value), bounds(law.coherency),
            "coherency: what each pair of callers costs",
        ])
        if let peak = law.peak {
            let mark = isExtrapolated(peak.callers.value) ? " (extrapolated)" : ""
            table.append([
                "peak", "\(Significant.text(peak.callers.value, digits: 2)) callers\(mark)",
                bounds(peak.callers), "callers that do most: √((1 − α) / β)",
            ])
            table.append([
                "at the peak", "\(Significant.text(peak.throughput))/s\(mark)", "—",
                "calls a second of so many",
            ])
        }
        let none =
            law.peak == nil
            ? " β is 0, so the law has no peak: more callers gain ever less and lose nothing." : ""
        return
            "The Universal Scalability Law, X(n) = γ n / (1 + α (n − 1) + β n (n − 1)) (Gunther, "
            + "Guerrilla Capacity Planning, 2007), fitted by least squares to the best of each "
            + "number of callers:\n\n" + table.text
            + "\nWith more than \(law.points.last?.callers ?? 0) callers the curve is "
            + "extrapolated.\(none)"
    }

    private func isExtrapolated(_ callers: Double) -> Bool {
        callers > Double(law?.points.last?.callers ?? 0)
    }

    private func callers(_ figure: ScalabilityFit.Figure) -> String {
        let count = Significant.text(figure.value, digits: 2)
        return "\(count) caller\(count == "1" ? "" : "s")"
    }

    private func bounds(_ figure: ScalabilityFit.Figure) -> String {
        switch (figure.low, figure.high) {
        case (nil, nil): "—"
        case (let low?, nil): "\(Significant.text(low)) or more"
        case (nil, let high?): "\(Significant.text(high)) or less"
        case (let low?, let high?): "\(Significant.text(low))–\(Significant.text(high))"
        }
    }
}
