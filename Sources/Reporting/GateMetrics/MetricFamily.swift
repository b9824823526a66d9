/// The samples of one metric, under its name, type and help.
struct MetricFamily {
    /// What kind of number it is.
    enum Kind: String {
        /// Only ever rises.
        case counter
        /// A state.
        case gauge
        /// 1, with the facts in its labels.
        case info
    }

    /// A number with its labels.
    struct Sample {
        let labels: [(name: String, value: String)]
        let value: String
    }

    private let name: String
    private let kind: Kind
    private let help: String
    private let unit: String?
    private let samples: [Sample]

    /// A family by its name in OpenMetrics, without the ending of its kind.
    init(_ name: String, _ kind: Kind, _ help: String, unit: String? = nil, _ samples: [Sample]) {
        self.name = name
        self.kind = kind
        self.help = help
        self.unit = unit
        self.samples = samples
    }

    /// The family as text; nothing where there is no sample.
    func text(_ form: GateOpenMetrics.Form) -> String {
        guard !samples.isEmpty else { return "" }
        var lines: [String] = []
        switch form {
        case .prometheus:
            // It knows no `info`, and a counter's ending is part of its name.
            lines.append("# HELP \(sampleName) \(help)")
            lines.append("# TYPE \(sampleName) \(kind == .info ? "gauge" : kind.rawValue)")
        case .openMetrics:
            lines.append("# TYPE \(name) \(kind.rawValue)")
            if let unit { lines.append("# UNIT \(name) \(unit)") }
            lines.append("# HELP \(name) \(help)")
        }
        lines += samples.map { sample in
            let labels = sample.labels.map { "\($0.name)=\"\(Self.escaped($0.value))\"" }
            return "\(sampleName){\(labels.joined(separator: ","))} \(sample.value)"
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var sampleName: String {
        switch kind {
        case .counter: "\(name)_total"
        case .gauge: name
        case .info: "\(name)_info"
        }
    }

    /// A label's value: what would end it is escaped, scalar by scalar, as a quote with a combining
    /// mark is a character of its own.
    private static func escaped(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", "\"": escaped += ["\\", scalar]
            case "\n": escaped += ["\\", "n"]
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
