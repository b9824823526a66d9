import Anchors

/// What one attribute of a key means for whoever relies on the key as an anchor.
package struct KeyFinding: Equatable, Sendable {
    /// How bad it is.
    package let grade: Grade
    /// The attribute with its value, what follows, and what to do.
    package let sentence: String

    /// How bad a finding is.
    package enum Grade: String, Sendable {
        /// As an anchor needs it.
        case good = "ok"
        /// A thief needs something more.
        case weak
        /// A thief leaves with the key or its stream: times to steal mean nothing.
        case broken = "BROKEN"
        /// The module does not tell.
        case unknown = "?"
    }

    /// The finding as a line.
    package var text: String { "\(grade.rawValue): \(sentence)" }

    /// What the policy of a key means, the worst first.
    package static func findings(on key: KeyPolicy) -> [KeyFinding] {
        let findings = [
            extraction(key), sensitivity(key), history(key), wrapping(key), encryption(key),
            derivation(key), wrapTrust(key),
        ].compactMap { $0 }
        let order: [Grade] = [.broken, .weak, .unknown, .good]
        return order.flatMap { grade in findings.filter { $0.grade == grade } }
    }

    private static func extraction(_ key: KeyPolicy) -> KeyFinding {
        switch key.flag("CKA_EXTRACTABLE") {
        case true:
            KeyFinding(
                grade: .broken,
                sentence: "CKA_EXTRACTABLE is true: whoever may wrap with another key takes this "
                    + "one home; make the key anew with it false")
        case false: KeyFinding(grade: .good, sentence: "CKA_EXTRACTABLE is false")
        default:
            KeyFinding(grade: .unknown, sentence: "CKA_EXTRACTABLE is not told: ask the vendor")
        }
    }

    private static func sensitivity(_ key: KeyPolicy) -> KeyFinding {
        switch key.flag("CKA_SENSITIVE") {
        case false:
            KeyFinding(
                grade: .broken,
                sentence: "CKA_SENSITIVE is false: C_GetAttributeValue shows the key to anyone who "
                    + "is logged in; set it true")
        case true: KeyFinding(grade: .good, sentence: "CKA_SENSITIVE is true")
        default: KeyFinding(grade: .unknown, sentence: "CKA_SENSITIVE is not told: ask the vendor")
        }
    }

    private static func history(_ key: KeyPolicy) -> KeyFinding? {
        let always = key.flag("CKA_ALWAYS_SENSITIVE")
        let never = key.flag("CKA_NEVER_EXTRACTABLE")
        if always == false || never == false {
            return KeyFinding(
                grade: .weak,
                sentence: "CKA_ALWAYS_SENSITIVE or CKA_NEVER_EXTRACTABLE is false: the key was "
                    + "outside, or could have been; a copy may exist")
        }
        return always == true && never == true
            ? KeyFinding(grade: .good, sentence: "it was never outside the token") : nil
    }

    private static func wrapping(_ key: KeyPolicy) -> KeyFinding? {
        guard key.flag("CKA_WRAP") == true else { return nil }
        return KeyFinding(
            grade: .weak,
            sentence: "CKA_WRAP is true: with CKA_DECRYPT it takes extractable keys out of the "
                + "token in the clear; a key that opens records needs no CKA_WRAP")
    }

    private static func wrapTrust(_ key: KeyPolicy) -> KeyFinding? {
        guard key.flag("CKA_EXTRACTABLE") == true,
            key.flag("CKA_WRAP_WITH_TRUSTED") != true
        else { return nil }
        return KeyFinding(
            grade: .broken,
            sentence: "CKA_WRAP_WITH_TRUSTED is not set: any key that wraps will do to take it out")
    }

    /// ECB encryption with the records' key yields the key stream of CTR and GCM.
    private static func encryption(_ key: KeyPolicy) -> KeyFinding? {
        guard key.kind == "AES", key.flag("CKA_ENCRYPT") == true else { return nil }
        if let allowed = key.allowedMechanisms, !allowed.contains("CKM_AES_ECB") {
            return KeyFinding(
                grade: .good,
                sentence: "CKA_ENCRYPT is true, but CKA_ALLOWED_MECHANISMS leaves out CKM_AES_ECB")
        }
        return KeyFinding(
            grade: .weak,
            sentence: "CKA_ENCRYPT is true and CKA_ALLOWED_MECHANISMS allows ECB: encrypting "
                + "counter blocks gives away the key stream of GCM and CTR records, many with one "
                + "call and none of it a decrypt; keep a key of the readers decrypt-only")
    }

    private static func derivation(_ key: KeyPolicy) -> KeyFinding? {
        guard key.flag("CKA_DERIVE") == true else { return nil }
        return KeyFinding(
            grade: .weak,
            sentence: "CKA_DERIVE is true: some derivations yield bytes of the key; set it false")
    }
}

extension KeyPolicy {
    /// An attribute's value; nil where it is unknown or the module has none.
    fileprivate func flag(_ name: String) -> Bool? { flags[name] ?? nil }
}
