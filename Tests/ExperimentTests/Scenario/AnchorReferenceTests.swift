import Results
import Testing

@testable import Experiment

@Suite("A user's own token is treated with care")
struct AnchorReferenceTests {
    private let named =
        "pkcs11:token=prod;object=secret-label?module-path=/opt/lib.so&pin-source=env:HSM_PIN"
    private let unnamed = "pkcs11:token=prod?module-path=/opt/lib.so&pin-source=env:HSM_PIN"

    private func read(_ uri: String, _ more: String = "") throws -> ResolvedScenario {
        try ScenarioReader.read("anchor: { uri: '\(uri)'\(more) }", source: "s.yaml")
    }

    @Test("a key that is named is a token key, and its label is in nothing that is stored")
    func namedKey() throws {
        let resolved = try read(named)
        #expect(resolved.scenario.anchor.key == .token && resolved.notes.isEmpty)
        let stored = String(describing: resolved.scenario) + resolved.anchor.redacted
        #expect(!stored.contains("secret-label"))
        #expect(stored.contains("object=(hidden)"))
        #expect(resolved.anchor.shortName == "pkcs11:token=prod")
        #expect(try read(named, ", key: token") == resolved)
    }

    @Test("a text for C_Initialize is kept as it is, from a file and from a flag")
    func initialize() throws {
        let text = "configdir='' flags=noCertDB,noModDB"
        let quoted = text.replacing("'", with: "''")
        let resolved = try read(unnamed, ", initialize: '\(quoted)'")
        #expect(resolved.scenario.anchor.initialize == text)
        let flagged = try ScenarioReader.read(
            nil, source: "the built-in scenario",
            overrides: [
                ScenarioOverride(flag: "--anchor", yaml: "anchor: { uri: '\(unnamed)' }"),
                .initialize(text),
            ])
        #expect(flagged.scenario.anchor.initialize == text)
        #expect(try read(unnamed).scenario.anchor.initialize == nil)
    }

    @Test("a text for C_Initialize that cannot be meant is refused with a remedy")
    func badInitialize() {
        let embedded = #expect(throws: ScenarioError.self) {
            try read("softhsm", ", initialize: a")
        }
        #expect(embedded?.description.contains("softhsm takes none") == true)
        let empty = #expect(throws: ScenarioError.self) { try read(unnamed, ", initialize: ''") }
        #expect(empty?.description.contains("leave the key out") == true)
    }

    @Test("codes of the anchor's own denials are kept by name, however they were written")
    func deniedBy() throws {
        func codes(_ text: String) throws -> [String] {
            try read(unnamed, ", denied-by: \(text)").scenario.anchor.deniedBy
        }
        #expect(try codes("CKR_FUNCTION_FAILED") == ["CKR_FUNCTION_FAILED"])
        #expect(
            try codes("[0x6, CKR_DEVICE_MEMORY, CKR_FUNCTION_FAILED, CKR_VENDOR_DEFINED+0x12]")
                == ["CKR_FUNCTION_FAILED", "CKR_DEVICE_MEMORY", "CKR_VENDOR_DEFINED+0x12"])
        #expect(try read(unnamed).scenario.anchor.deniedBy.isEmpty)
        for bad in ["CKR_BUSY", "CKR_OK", "0", "''", "[[]]"] {
            let error = #expect(throws: ScenarioError.self) { try codes(bad) }
            #expect(error?.description.contains("denied-by") == true)
        }
    }

    @Test("a key that is named by its id or its type is a token key, and its id is in nothing")
    func keyByID() throws {
        for part in ["id=%73ecret-id", "type=secret-key", "id=%73ecret-id;type=secret-key"] {
            let resolved = try read(
                "pkcs11:token=prod;serial=S3RIAL;\(part)?module-path=/opt/lib.so")
            #expect(resolved.scenario.anchor.key == .token)
            let stored = String(describing: resolved.scenario) + resolved.anchor.redacted
            #expect(!stored.contains("secret-id") && !stored.contains("S3RIAL"), "\(stored)")
        }
    }

    @Test("a mistyped attribute of the URI is told the nearest")
    func mistyped() {
        for (name, nearest) in [
            ("tokn", "token"), ("Serial", "serial"), ("slotid", "slot-id"),
            ("library-versoin", "library-version"),
        ] {
            let error = #expect(throws: ScenarioError.self) {
                try read("pkcs11:\(name)=1?module-path=/l.so")
            }
            #expect(error?.description.contains("did you mean '\(nearest)'?") == true)
        }
        let type = #expect(throws: ScenarioError.self) {
            try read("pkcs11:type=privat?module-path=/l.so")
        }
        #expect(type?.description.contains("did you mean 'private'?") == true)
    }

    @Test("where no key is named a session key is made, and the report says so")
    func unnamedKey() throws {
        let resolved = try read(unnamed)
        #expect(resolved.scenario.anchor.key == .session)
        #expect(resolved.notes.count == 1 && resolved.notes[0].contains("session keys"))
        #expect(try read(unnamed, ", key: session") == resolved)
    }

    @Test("a named key with 'key: session', and a token key without a name, are refused")
    func contradictions() {
        let first = #expect(throws: ScenarioError.self) { try read(named, ", key: session") }
        #expect(first?.description.contains("remove one of them") == true)
        #expect(first?.description.contains("secret-label") == false)
        let second = #expect(throws: ScenarioError.self) { try read(unnamed, ", key: token") }
        #expect(second?.description.contains("';object=LABEL'") == true)
    }

    @Test("the embedded token has a token key unless a session key is asked for")
    func embedded() throws {
        #expect(try read("softhsm").scenario.anchor.key == .token)
        #expect(try read("softhsm", ", key: session").scenario.anchor.key == .session)
        #expect(try read("softhsm").anchor.shortName == "softhsm")
    }

    @Test("a PIN in the URI is refused and not repeated")
    func pinValue() {
        let error = #expect(throws: ScenarioError.self) {
            try read("pkcs11:token=t?module-path=/l.so&pin-value=4711")
        }
        #expect(error?.description.hasPrefix("s.yaml: 'pin-value' is refused") == true)
        #expect(error?.description.contains("4711") == false)
    }
}
