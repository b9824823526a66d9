import Units

/// The periods of an alarm as they follow on each other in a week of a profile, from Monday 00:00.
///
/// A period that lies in several hours has the mean of them. Where a period does not divide a week,
/// the cycle is as many weeks as it takes, or as many as 20,160 periods fill.
struct WeekOfPeriods: Sendable {
    /// The different means, each once.
    let means: [Double]
    /// Which mean each period of the cycle has.
    let kinds: [Int]

    private static let hour = 3_600_000_000_000
    private static let week = 604_800_000_000_000
    private static let longest = 20_160

    /// The cycle of a profile.
    init(_ profile: DemandProfile) {
        let length = Int(profile.period.count)
        var count = Self.week / Self.commonDivisor(length, Self.week)
        if length <= Self.week / Self.longest || count > Self.longest {
            // Short periods: a whole week of them, however many.
            count = min(count, max(Self.longest, Self.week / length))
        }
        var (means, kinds, known) = ([Double](), [Int](), [Double: Int]())
        for index in 0..<count {
            // Only where it stands in the week counts.
            let (start, overflow) = index.multipliedReportingOverflow(by: length)
            let mean = Self.mean(of: profile, from: overflow ? 0 : start % Self.week)
            let kind = known[mean] ?? means.count
            if kind == means.count {
                means.append(mean)
                known[mean] = kind
            }
            kinds.append(kind)
        }
        (self.means, self.kinds) = (means, kinds)
    }

    /// The mean count of the period that begins so many nanoseconds into the week.
    private static func mean(of profile: DemandProfile, from start: Int) -> Double {
        let end = start + Int(profile.period.count)
        guard end > (start / hour + 1) * hour else { return profile.means[start / hour] }
        // Whole weeks add the same to every period.
        let weeks = (end - start) / week
        var (sum, at) = (Double(weeks) * profile.means.reduce(0, +) * Double(hour), start)
        while at < end - weeks * week {
            let next = min(end - weeks * week, (at / hour + 1) * hour)
            sum += profile.means[at / hour % DemandProfile.hours] * Double(next - at)
            at = next
        }
        return sum / Double(end - start)
    }

    private static func commonDivisor(_ left: Int, _ right: Int) -> Int {
        right == 0 ? left : commonDivisor(right, left % right)
    }
}
