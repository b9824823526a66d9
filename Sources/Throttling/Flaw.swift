import Units

/// Why a limit is no sensible one: the key that holds the value, the value and the reason.
package struct Flaw: Error, Hashable, Sendable, CustomStringConvertible {
    /// The key of a scenario file, such as `burst`.
    package let key: String
    /// The value as it is written.
    package let value: String
    /// What it must be, or why it cannot be.
    package let reason: String

    /// A flaw; the value is told as it describes itself.
    package init(_ key: String, _ value: some Sendable, _ reason: String) {
        self.key = key
        self.value = "\(value)"
        self.reason = reason
    }

    package var description: String { "'\(key)': '\(value)' \(reason)" }

    /// The flaw of a count outside its bounds.
    static func count(_ key: String, _ value: RecordCount, upTo most: UInt64) -> Flaw? {
        guard !(1...most).contains(value.count) else { return nil }
        return Flaw(key, value, "must lie between 1 and \(RecordCount(most))")
    }

    /// The flaw of a length outside its bounds.
    static func length(
        _ key: String, _ value: Nanoseconds, from least: Nanoseconds = .milliseconds(1),
        upTo most: Nanoseconds = .seconds(366 * 86_400)
    ) -> Flaw? {
        guard !(least...most).contains(value) else { return nil }
        return Flaw(key, value, "must lie between \(least) and \(most)")
    }
}

extension TokenBucket {
    /// What stands against a bucket with these values; nil where nothing does.
    package static func flaw(rate: Rate, burst: RecordCount) -> Flaw? {
        guard rate <= Rate(10_000_000) else { return Flaw("rate", rate, "must be at most 10M/s") }
        return .count("burst", burst, upTo: 1_000_000_000)
    }
}

extension FixedWindow {
    /// What stands against a window with these values; nil where nothing does.
    package static func flaw(
        limit: RecordCount, window: Nanoseconds, phase: Nanoseconds? = nil
    ) -> Flaw? {
        if let flaw = Flaw.count("limit", limit, upTo: 1_000_000_000_000) { return flaw }
        if let flaw = Flaw.length("window", window) { return flaw }
        return phase.flatMap { .length("phase", $0, from: Nanoseconds(1), upTo: window) }
    }
}

extension SlidingWindow {
    /// What stands against a window with these values; nil where nothing does.
    package static func flaw(limit: RecordCount, window: Nanoseconds) -> Flaw? {
        guard limit.count <= mostKept else {
            return Flaw(
                "limit", limit,
                "must be at most \(mostKept): each admission is kept for as long as the window; "
                    + "a 'fixed-window' keeps a count alone")
        }
        return Flaw.count("limit", limit, upTo: mostKept) ?? .length("window", window)
    }
}

extension Breaker {
    /// What stands against a breaker with these values; nil where nothing does.
    package static func flaw(
        threshold: RecordCount, window: Nanoseconds, lockout: Nanoseconds
    ) -> Flaw? {
        Flaw.count("threshold", threshold, upTo: SlidingWindow.mostKept)
            ?? .length("window", window) ?? .length("lockout", lockout)
    }
}

extension Budget {
    /// What stands against a budget with this quota; nil where nothing does.
    package static func flaw(quota: RecordCount) -> Flaw? {
        .count("quota", quota, upTo: 1_000_000_000_000)
    }
}

extension Tarpit {
    /// What stands against a tarpit with these values; nil where nothing does.
    package static func flaw(
        free: RecordCount, first: Nanoseconds, growth: Double, longest: Nanoseconds,
        window: Nanoseconds
    ) -> Flaw? {
        guard free.count <= SlidingWindow.mostKept else {
            return Flaw("free", free, "must be at most \(SlidingWindow.mostKept)")
        }
        let hour = Nanoseconds.seconds(3_600)
        if let flaw = Flaw.length("first", first, from: .microseconds(1), upTo: hour) {
            return flaw
        }
        guard (1...1_000_000).contains(growth) else {
            return Flaw("growth", growth, "must lie between 1 and 1M: waits do not shrink")
        }
        let day = Nanoseconds.seconds(86_400)
        if let flaw = Flaw.length("longest", longest, from: first, upTo: day) { return flaw }
        if let flaw = Flaw.length("window", window) { return flaw }
        guard
            Tarpit(free: free, first: first, growth: growth, longest: longest, window: window)
                != nil
        else {
            return Flaw(
                "growth", growth,
                "takes more than \(mostSteps) steps from the first wait to the longest: let it "
                    + "grow faster")
        }
        return nil
    }
}

extension Limit {
    /// Why it can never admit, or is no limit at all; nil where it is sound.
    package var flaw: String? {
        switch self {
        case .none: nil
        case .tokenBucket(let bucket):
            TokenBucket.flaw(rate: bucket.rate, burst: bucket.burst)?.description
        case .fixedWindow(let fixed):
            FixedWindow.flaw(limit: fixed.limit, window: fixed.window, phase: fixed.phase)?
                .description
        case .slidingWindow(let sliding):
            SlidingWindow.flaw(limit: sliding.limit, window: sliding.window)?.description
        case .breaker(let breaker):
            Breaker.flaw(
                threshold: breaker.threshold, window: breaker.window, lockout: breaker.lockout)?
                .description
        case .budget(let budget): Budget.flaw(quota: budget.quota)?.description
        case .tarpit(let tarpit):
            Tarpit.flaw(
                free: tarpit.free, first: tarpit.first, growth: tarpit.growth,
                longest: tarpit.longest, window: tarpit.window)?.description
        case .concurrency(let most): Flaw.count("concurrency", most, upTo: 65_536)?.description
        case .delay(let length):
            Flaw.length("delay", length, from: .microseconds(1), upTo: .seconds(86_400))?
                .description
        case .all(let members): Self.flaw(ofAll: members)
        }
    }

    private static func flaw(ofAll members: [Limit]) -> String? {
        guard !members.isEmpty else { return "'all' of nothing limits nothing: name its limits" }
        var (slots, delays) = (0, 0)
        for member in members {
            switch member {
            case .none: return "'none' within 'all' limits nothing: leave it out"
            case .all: return "'all' within 'all' says nothing more: name its limits in one list"
            case .concurrency: slots += 1
            case .delay: delays += 1
            default: break
            }
            if let flaw = member.flaw { return flaw }
        }
        guard slots <= 1 else { return "'concurrency' stands twice in 'all': keep the smaller" }
        return delays <= 1 ? nil : "'delay' stands twice in 'all': write their sum"
    }
}

extension Policy {
    /// Why it can never admit a call, or is no policy at all; nil where it is sound.
    package var flaw: String? {
        if let flaw = limit.flaw { return flaw }
        if case .bytes(let size) = charge, size.count < 1 {
            return Flaw("charge", size, "must be at least 1B").description
        }
        guard onLimit == .deny else { return nil }
        for case .tarpit(let tarpit) in limit.members where tarpit.free.count == 0 {
            return "'free': '0' never admits with 'on-limit: deny': every call would have to wait"
        }
        return nil
    }
}
