import Throttling
import Units

/// A policy in `run.json` is a flat object with the names of the scenario file.
extension Policy: Codable {
    private enum Key: String, CodingKey {
        case scope, enforced, charge, bytes
        case onLimit = "on-limit"
        case maxWait = "max-wait"
    }

    package init(from decoder: any Decoder) throws {
        let limit = try Limit(from: decoder)
        guard limit != .none else {
            self = .none
            return
        }
        let values = try decoder.container(keyedBy: Key.self)
        let isDenied = try values.decode(String.self, forKey: .onLimit) == "deny"
        self.init(
            limit,
            onLimit: isDenied
                ? .deny : .wait(atMost: try values.decode(Nanoseconds.self, forKey: .maxWait)),
            scope: try values.decode(Scope.self, forKey: .scope),
            enforced: try values.decode(EnforcementPoint.self, forKey: .enforced),
            charge: try Self.charge(values))
    }

    /// A charge by bytes, or by operation where nothing is said.
    private static func charge(_ values: KeyedDecodingContainer<Key>) throws -> Charge {
        guard values.contains(.charge) else { return .operation }
        let charge = try values.nestedContainer(keyedBy: Key.self, forKey: .charge)
        let size = try charge.decode(ByteCount.self, forKey: .bytes)
        guard size.count > 0 else {
            throw DecodingError.dataCorruptedError(
                forKey: .bytes, in: charge, debugDescription: "a unit is at least one byte")
        }
        return .bytes(size)
    }

    package func encode(to encoder: any Encoder) throws {
        try limit.encode(to: encoder)
        guard limit != .none else { return }
        var values = encoder.container(keyedBy: Key.self)
        switch onLimit {
        case .deny: try values.encode("deny", forKey: .onLimit)
        case .wait(let longest):
            try values.encode("wait", forKey: .onLimit)
            try values.encode(longest, forKey: .maxWait)
        }
        try values.encode(scope, forKey: .scope)
        try values.encode(enforced, forKey: .enforced)
        // A charge by operation goes without saying, as it did before there was another.
        if case .bytes(let size) = charge {
            var charge = values.nestedContainer(keyedBy: Key.self, forKey: .charge)
            try charge.encode(size, forKey: .bytes)
        }
    }
}
