import ArgumentParser
import Experiment

/// Which anchor is called.
struct AnchorOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "'softhsm', or a PKCS#11 URI with module-path and pin-source.", valueName: "uri"))
    var anchor: String?

    @Option(
        help: ArgumentHelp(
            "What the module wants with C_Initialize, as NSS does; stored and printed.",
            valueName: "text"))
    var initialize: String?

    /// The flags as keys of a scenario.
    var overrides: [ScenarioOverride] {
        let uri = ScenarioOverride.made("--anchor", anchor) {
            "anchor: { uri: '\($0.replacing("'", with: "''"))' }"
        }
        return uri + (initialize.map { [.initialize($0)] } ?? [])
    }
}

/// Which calls are made.
struct CallOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "What one call does: decrypt, unwrap (a data key) or mac (a password hash).",
            valueName: "name"))
    var operation: String?

    @Option(
        help: ArgumentHelp(
            "decrypt: aes-gcm, aes-cbc-pad, aes-cbc, aes-ctr, rsa-pkcs, rsa-oaep; unwrap: "
                + "aes-key-wrap, rsa-oaep; mac: hmac-sha256. Several by commas.", valueName: "list")
    )
    var mechanism: String?

    @Option(
        help: ArgumentHelp("Sizes of a record, such as 256B,4KiB.", valueName: "list"))
    var recordBytes: String?

    @Option(
        help: ArgumentHelp("Numbers of concurrent callers, such as 1,2,4,8.", valueName: "list"))
    var closed: String?

    /// The flags as keys of a scenario.
    var overrides: [ScenarioOverride] {
        ScenarioOverride.made("--operation", operation) { "anchor: { operation: \($0) }" }
            + ScenarioOverride.made("--mechanism", mechanism) { "anchor: { mechanism: [\($0)] }" }
            + ScenarioOverride.made("--record-bytes", recordBytes) { "record-bytes: [\($0)]" }
            + ScenarioOverride.made("--closed", closed) { "load: { closed: [\($0)] }" }
    }
}

/// What protects a device.
struct LimitOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp("Most calls a second of all callers, such as 200/s.", valueName: "rate"))
    var maxRate: String?

    @Option(
        help: ArgumentHelp(
            "Most calls of the whole run, on each anchor of it, such as 10k.", valueName: "n"))
    var maxOperations: String?

    @Option(
        help: ArgumentHelp("A round ends early after so many failed calls.", valueName: "n"))
    var abortAfterErrors: String?

    /// The flags as keys of a scenario.
    var overrides: [ScenarioOverride] {
        ScenarioOverride.made("--max-rate", maxRate) { "limits: { max-rate: \($0) }" }
            + ScenarioOverride.made("--max-operations", maxOperations) {
                "limits: { max-operations: \($0) }"
            }
            + ScenarioOverride.made("--abort-after-errors", abortAfterErrors) {
                "limits: { abort-after-errors: \($0) }"
            }
    }
}

extension ScenarioOverride {
    /// A flag with its value as keys of a scenario; nothing where it was not given.
    static func made(
        _ flag: String, _ value: String?, _ yaml: (String) -> String
    ) -> [ScenarioOverride] {
        value.map { [ScenarioOverride(flag: flag, yaml: yaml($0))] } ?? []
    }

    /// The same of a flag that may be repeated.
    static func made(
        _ flag: String, _ values: [String], _ yaml: (String) -> String
    ) -> [ScenarioOverride] {
        made(flag, values.isEmpty ? nil : values.joined(separator: ", "), yaml)
    }
}
