import Throttling
import Units

/// A policy in `run.json` is a flat object with the names of the scenario file.
extension Policy: Codable {
    private enum Key: String, CodingKey {
        case kind, rate, burst, limit, window, phase, scope, enforced
        case onLimit = "on-limit"
        case maxWait = "max-wait"
    }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        let limit: Limit
        switch try values.decode(String.self, forKey: .kind) {
        case "none":
            self = .none
            return
        case "token-bucket": limit = .tokenBucket(try Self.tokenBucket(values))
        case "fixed-window": limit = .fixedWindow(try Self.fixedWindow(values))
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .kind, in: values, debugDescription: "no throttle is called '\(other)'")
        }
        let isDenied = try values.decode(String.self, forKey: .onLimit) == "deny"
        self.init(
            limit,
            onLimit: isDenied
                ? .deny : .wait(atMost: try values.decode(Nanoseconds.self, forKey: .maxWait)),
            scope: try values.decode(Scope.self, forKey: .scope),
            enforced: try values.decode(EnforcementPoint.self, forKey: .enforced))
    }

    // A file that someone has edited must not break a precondition.

    private static func tokenBucket(
        _ values: KeyedDecodingContainer<Key>
    ) throws -> TokenBucket {
        let burst = try values.decode(RecordCount.self, forKey: .burst)
        guard burst.count >= 1 else {
            throw DecodingError.dataCorruptedError(
                forKey: .burst, in: values, debugDescription: "a bucket holds at least one token")
        }
        return TokenBucket(rate: try values.decode(Rate.self, forKey: .rate), burst: burst)
    }

    private static func fixedWindow(
        _ values: KeyedDecodingContainer<Key>
    ) throws -> FixedWindow {
        let limit = try values.decode(RecordCount.self, forKey: .limit)
        let window = try values.decode(Nanoseconds.self, forKey: .window)
        let phase = try values.decodeIfPresent(Nanoseconds.self, forKey: .phase) ?? window
        guard limit.count >= 1, window > .zero, phase > .zero, phase <= window else {
            throw DecodingError.dataCorruptedError(
                forKey: .window, in: values,
                debugDescription: "a window admits something, and its phase lies within it")
        }
        return FixedWindow(limit: limit, window: window, phase: phase)
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch limit {
        case .none: return try values.encode("none", forKey: .kind)
        case .tokenBucket(let bucket):
            try values.encode("token-bucket", forKey: .kind)
            try values.encode(bucket.rate, forKey: .rate)
            try values.encode(bucket.burst, forKey: .burst)
        case .fixedWindow(let fixed):
            try values.encode("fixed-window", forKey: .kind)
            try values.encode(fixed.limit, forKey: .limit)
            try values.encode(fixed.window, forKey: .window)
            try values.encode(fixed.phase, forKey: .phase)
        }
        switch onLimit {
        case .deny: try values.encode("deny", forKey: .onLimit)
        case .wait(let longest):
            try values.encode("wait", forKey: .onLimit)
            try values.encode(longest, forKey: .maxWait)
        }
        try values.encode(scope, forKey: .scope)
        try values.encode(enforced, forKey: .enforced)
    }
}
