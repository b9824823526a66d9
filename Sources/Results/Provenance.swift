/// Where the figures come from: each fact a value, or why there is none.
package struct Provenance: Codable, Equatable, Sendable {
    /// The machine.
    package var host: [String: Fact]
    /// This tool.
    package var tool: [String: Fact]
    /// The module and the token; never a key's label, and the serial number only hashed.
    package var anchor: [String: Fact]
    /// The run itself.
    package var run: [String: Fact]

    /// The four groups of facts.
    package init(
        host: [String: Fact], tool: [String: Fact], anchor: [String: Fact], run: [String: Fact]
    ) {
        self.host = host
        self.tool = tool
        self.anchor = anchor
        self.run = run
    }
}

/// A fact, or the reason why it is not known.
package enum Fact: Codable, Hashable, Sendable {
    /// What was found.
    case value(String)
    /// Why nothing was.
    case unavailable(String)

    /// The value, or nil.
    package var value: String? {
        guard case .value(let value) = self else { return nil }
        return value
    }

    /// For a table: the value, or "unavailable" with the reason.
    package var text: String {
        switch self {
        case .value(let value): value
        case .unavailable(let reason): "unavailable: \(reason)"
        }
    }

    private enum Key: String, CodingKey { case value, unavailable }

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: Key.self)
        if let value = try values.decodeIfPresent(String.self, forKey: .value) {
            self = .value(value)
        } else {
            self = .unavailable(try values.decode(String.self, forKey: .unavailable))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: Key.self)
        switch self {
        case .value(let value): try values.encode(value, forKey: .value)
        case .unavailable(let reason): try values.encode(reason, forKey: .unavailable)
        }
    }
}
