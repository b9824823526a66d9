import Units

extension DemandTrace {
    /// The same counts added up over longer periods, which begin at multiples of their length on
    /// the trace's clock where its periods do. One of which a part is missing is missing; parts of
    /// one at the ends are left out.
    ///
    /// - Throws: `TraceError` where the length is no multiple of the period or beyond the trace.
    package func regrouped(to longer: Nanoseconds) throws(TraceError) -> DemandTrace {
        guard longer != period else { return self }
        guard period.count > 0, longer.count > 0, longer.count % period.count == 0 else {
            throw TraceError(
                source,
                "counts of every \(period) cannot be regrouped to an alarm's period of \(longer): "
                    + "give the alarm a period that is a multiple of \(period)")
        }
        let factor = Int(longer.count / period.count)
        let length_s = longer.count / 1_000_000_000
        let period_s = max(1, period.count / 1_000_000_000)
        let late_s = TraceReader.rest(start_s, length_s)
        var lead = late_s == 0 ? 0 : Int((length_s - late_s) / period_s)
        // A short trace is rather used from its beginning than not at all.
        if counts.count - lead < factor { lead = 0 }
        let number = (counts.count - lead) / factor
        guard number > 0 else {
            throw TraceError(
                source, "\(counts.count) periods of \(period) do not fill one of \(longer)")
        }
        let sums = (0..<number).map { group -> UInt32? in
            let first = lead + group * factor
            var sum: UInt64 = 0
            for count in counts[first..<first + factor] {
                guard let count else { return nil }
                sum += UInt64(count)
            }
            return UInt32(min(sum, UInt64(UInt32.max)))
        }
        let left = counts.count - number * factor
        let ends =
            "\(left) periods of \(period) at the ends are left out: they fill none of \(longer)."
        return DemandTrace(
            source: source, start_s: start_s + Int64(lead) * period_s, period: longer,
            counts: sums, notes: notes + (left > 0 ? [ends] : []))
    }
}
