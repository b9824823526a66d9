import Throttling
import Units

/// A limit is an object with its kind and the names of the scenario file; `all` lists its members.
extension Limit: Codable {
    private enum Key: String, CodingKey {
        case kind, rate, burst, limit, window, phase, threshold, lockout, quota, period, free
        case first, growth, longest, most, length, members
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        switch try values.decode(String.self, forKey: .kind) {
        case "none": self = .none
        case "token-bucket": self = .tokenBucket(try Self.tokenBucket(values))
        case "fixed-window": self = .fixedWindow(try Self.fixedWindow(values))
        case "sliding-window":
            self = .slidingWindow(
                SlidingWindow(
                    limit: try Self.count(values, .limit, atMost: SlidingWindow.mostKept),
                    window: try Self.length(values, .window)))
        case "breaker":
            self = .breaker(
                Breaker(
                    threshold: try Self.count(values, .threshold, atMost: SlidingWindow.mostKept),
                    window: try Self.length(values, .window),
                    lockout: try Self.length(values, .lockout)))
        case "budget":
            self = .budget(
                Budget(
                    quota: try Self.count(values, .quota),
                    period: try values.decode(Budget.Period.self, forKey: .period)))
        case "tarpit": self = .tarpit(try Self.tarpit(values))
        case "concurrency": self = .concurrency(try Self.count(values, .most))
        case "delay": self = .delay(try Self.length(values, .length))
        case "all": self = .all(try Self.members(values))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: values, debugDescription: "no throttle is called '\(other)'")
        }
    }

    // A file that someone has edited must not break a precondition.

    private static func count(
        _ values: KeyedDecodingContainer<Key>, _ key: Key, atMost most: UInt64 = .max
    ) throws -> RecordCount {
        let count = try values.decode(RecordCount.self, forKey: key)
        guard (1...most).contains(count.count) else {
            throw refusal(values, key, "\(count) must lie between 1 and \(most)")
        }
        return count
    }

    private static func length(
        _ values: KeyedDecodingContainer<Key>, _ key: Key
    ) throws -> Nanoseconds {
        let length = try values.decode(Nanoseconds.self, forKey: key)
        guard length > .zero else { throw refusal(values, key, "no time is too short") }
        return length
    }

    private static func refusal(
        _ values: KeyedDecodingContainer<Key>, _ key: Key, _ what: String
    ) -> DecodingError {
        DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: what)
    }

    private static func tokenBucket(_ values: KeyedDecodingContainer<Key>) throws -> TokenBucket {
        TokenBucket(
            rate: try values.decode(Rate.self, forKey: .rate), burst: try count(values, .burst))
    }

    private static func fixedWindow(_ values: KeyedDecodingContainer<Key>) throws -> FixedWindow {
        let (limit, window) = (try count(values, .limit), try length(values, .window))
        let phase = try values.decodeIfPresent(Nanoseconds.self, forKey: .phase) ?? window
        guard phase > .zero, phase <= window else {
            throw refusal(values, .phase, "a phase lies within its window")
        }
        return FixedWindow(limit: limit, window: window, phase: phase)
    }

    private static func tarpit(_ values: KeyedDecodingContainer<Key>) throws -> Tarpit {
        let tarpit = Tarpit(
            free: try values.decode(RecordCount.self, forKey: .free),
            first: try values.decode(Nanoseconds.self, forKey: .first),
            growth: try values.decode(Double.self, forKey: .growth),
            longest: try values.decode(Nanoseconds.self, forKey: .longest),
            window: try values.decode(Nanoseconds.self, forKey: .window))
        guard let tarpit else {
            throw refusal(values, .growth, "these waits never end, or never begin")
        }
        return tarpit
    }

    private static func members(_ values: KeyedDecodingContainer<Key>) throws -> [Limit] {
        let members = try values.decode([Limit].self, forKey: .members)
        let isSound =
            members.count { $0.slots != nil } <= 1 && members.count { $0.delay > .zero } <= 1
            && members.allSatisfy { $0.members == [$0] }
        guard !members.isEmpty, isSound else {
            throw refusal(values, .members, "'all' is of simple limits, and one of a kind")
        }
        return members
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        try values.encode(kind, forKey: .kind)
        switch self {
        case .none: break
        case .tokenBucket(let bucket):
            try values.encode(bucket.rate, forKey: .rate)
            try values.encode(bucket.burst, forKey: .burst)
        case .fixedWindow(let fixed):
            try values.encode(fixed.limit, forKey: .limit)
            try values.encode(fixed.window, forKey: .window)
            try values.encode(fixed.phase, forKey: .phase)
        case .slidingWindow(let sliding):
            try values.encode(sliding.limit, forKey: .limit)
            try values.encode(sliding.window, forKey: .window)
        case .breaker(let breaker):
            try values.encode(breaker.threshold, forKey: .threshold)
            try values.encode(breaker.window, forKey: .window)
            try values.encode(breaker.lockout, forKey: .lockout)
        case .budget(let budget):
            try values.encode(budget.quota, forKey: .quota)
            try values.encode(budget.period, forKey: .period)
        case .tarpit(let tarpit):
            try values.encode(tarpit.free, forKey: .free)
            try values.encode(tarpit.first, forKey: .first)
            try values.encode(tarpit.growth, forKey: .growth)
            try values.encode(tarpit.longest, forKey: .longest)
            try values.encode(tarpit.window, forKey: .window)
        case .concurrency(let most): try values.encode(most, forKey: .most)
        case .delay(let length): try values.encode(length, forKey: .length)
        case .all(let members): try values.encode(members, forKey: .members)
        }
    }
}

extension Limit {
    /// The name that a scenario gives it.
    package var kind: String {
        switch self {
        case .none: "none"
        case .tokenBucket: "token-bucket"
        case .fixedWindow: "fixed-window"
        case .slidingWindow: "sliding-window"
        case .breaker: "breaker"
        case .budget: "budget"
        case .tarpit: "tarpit"
        case .concurrency: "concurrency"
        case .delay: "delay"
        case .all: "all"
        }
    }
}
