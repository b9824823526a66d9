import Units

// Settings stand in a run's file as they do in a scenario.

extension ThreePoint: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let values = try? container.decode([Value].self) else {
            self.init(try container.decode(Value.self))
            return
        }
        guard values.count == 3, values[0] <= values[1], values[1] <= values[2] else {
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a range has three values that rise")
        }
        self.init(values[0], values[1], values[2])
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if isPoint {
            try container.encode(likely)
        } else {
            try container.encode([low, likely, high])
        }
    }
}

extension DemandSettings: Codable {
    private enum Key: String, CodingKey { case trace }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        if let trace = try container.decodeIfPresent(DemandTrace.self, forKey: .trace) {
            self = .trace(trace)
        } else {
            self = .profile(try ProfileSettings(from: decoder))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        switch self {
        case .profile(let profile): try profile.encode(to: encoder)
        case .trace(let trace):
            var container = encoder.container(keyedBy: Key.self)
            try container.encode(trace, forKey: .trace)
        }
    }
}

extension DemandShape: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let weights = try? container.decode([Double].self) {
            self = .weekly(weights)
            return
        }
        switch try container.decode(String.self) {
        case "flat": self = .flat
        case "diurnal": self = .diurnal
        default:
            throw DecodingError.dataCorruptedError(
                in: container, debugDescription: "a shape is flat, diurnal or weights")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .flat: try container.encode("flat")
        case .diurnal: try container.encode("diurnal")
        case .weekly(let weights): try container.encode(weights)
        }
    }
}

extension DelaySettings.Response: Codable {
    private enum Key: String, CodingKey { case automatic, human }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        typealias Length = ThreePoint<Nanoseconds>
        if let length = try container.decodeIfPresent(Length.self, forKey: .human) {
            self = .human(length)
        } else {
            self = .automatic(try container.decode(Length.self, forKey: .automatic))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: Key.self)
        switch self {
        case .automatic(let length): try container.encode(length, forKey: .automatic)
        case .human(let length): try container.encode(length, forKey: .human)
        }
    }
}
