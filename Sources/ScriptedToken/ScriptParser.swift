import CCryptoki

/// Why a script was refused: a sentence that quotes the directive.
struct ScriptError: Error {
    let message: String
}

extension Script {
    /// The most servers a script may ask for: booking one looks at each.
    static let serversMax = 1024

    /// Reads a script.
    ///
    /// - Throws: `ScriptError` with the first directive that is unknown or has a value out of its
    ///   range.
    init(parsing text: String) throws(ScriptError) {
        for line in text.split(whereSeparator: { $0 == ";" || $0.isNewline }) {
            let directive = trimmed(line)
            guard !directive.isEmpty else { continue }
            let parts = directive.split(
                separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2 else {
                throw ScriptError(message: "directive '\(directive)' has no '='")
            }
            guard let known = Self.directives[String(trimmed(parts[0]))] else {
                throw ScriptError(message: "unknown directive '\(directive)'")
            }
            guard known.apply(&self, trimmed(parts[1])) else {
                throw ScriptError(
                    message: "directive '\(directive)' should be \(trimmed(parts[0]))=\(known.form)"
                )
            }
        }
    }

    private struct Directive {
        /// What the value looks like, for the message that refuses another.
        let form: String
        /// Takes a value into the script; false where it is none.
        let apply: @Sendable (inout Script, Substring) -> Bool
    }

    private static let directives: [String: Directive] = [
        "pin": Directive(form: "PIN") { script, value in
            script.pin = Array(value.utf8)
            return !value.isEmpty
        },
        "label": Directive(form: "TEXT of up to 32 bytes") { script, value in
            script.label = Array(value.utf8)
            return value.utf8.count <= 32
        },
        "initialize": Directive(form: "TEXT") { script, value in
            set(&script.initialize, value.isEmpty ? nil : Array(value.utf8))
        },
        "seed": Directive(form: "N") { script, value in
            set(&script.seed, UInt64(value))
        },
        "service": Directive(form: "fixed:TIME or exponential:MEAN") { script, value in
            set(&script.service, serviceTime(value))
        },
        "slowdown": Directive(form: "FACTOR, above 0 and up to 1000") { script, value in
            set(&script.slowdown, slowdownFactor(value))
        },
        "jitter": Directive(form: "DEPTH:PERIOD, DEPTH from 0 to 1") { script, value in
            append(&script.jitters, jitter(value))
        },
        "servers": Directive(form: "1 to \(serversMax)") { script, value in
            set(&script.servers, Int(value).flatMap { (1...serversMax).contains($0) ? $0 : nil })
        },
        "stall": Directive(form: "AT:LENGTH or AT:LENGTH:work") { script, value in
            set(&script.stall, stallValue(value))
        },
        "fault": Directive(form: "FUNCTION:CODE:PROBABILITY, :#N or :#N+") { script, value in
            append(&script.faults, fault(value))
        },
        "garbage": Directive(form: "#N, #N+ or a probability") { script, value in
            append(&script.garbage, trigger(value))
        },
        "truncate": Directive(form: "#N, #N+ or a probability") { script, value in
            append(&script.truncation, trigger(value))
        },
        "longest": Directive(form: "N") { script, value in
            set(&script.longest, UInt64(value))
        },
        "without": Directive(form: "a mechanism of the token, such as CKM_AES_GCM") {
            script, value in
            append(&script.without, Mechanism.type(named: value))
        },
        "leave-active": Directive(form: "yes or no") { script, value in
            set(&script.leavesActive, ["yes": true, "no": false][value])
        },
        "read-only": Directive(form: "CODE") { script, value in
            set(&script.readOnlyRefusal, returnCode(value).flatMap { $0 == CKR_OK ? nil : $0 })
        },
        "iv": Directive(
            form: "zeroed, zeroed:kept, zeroed:repeated, appended or appended:any"
        ) { script, value in
            set(&script.ivs, DeviceIVs(rawValue: String(value)))
        },
        "hang": Directive(form: "#N") { script, value in set(&script.hang, callNumber(value)) },
        "crash": Directive(form: "#N") { script, value in set(&script.crash, callNumber(value)) },
        "remove": Directive(form: "#N") { script, value in set(&script.removal, callNumber(value))
        },
        "login-delay": Directive(form: "TIME") { script, value in
            set(&script.loginDelay_ns, time_ns(value))
        },
        "count-file": Directive(form: "PATH") { script, value in
            set(&script.countFile, value.isEmpty ? nil : String(value))
        },
    ]
}

private func set<Value>(_ place: inout Value, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
}

private func set<Value>(_ place: inout Value?, _ value: Value?) -> Bool {
    guard let value else { return false }
    place = value
    return true
}

private func append<Value>(_ place: inout [Value], _ value: Value?) -> Bool {
    guard let value else { return false }
    place.append(value)
    return true
}
