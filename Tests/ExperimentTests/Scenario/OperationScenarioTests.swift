import Experiment
import Results
import Testing
import Units

@Suite("A scenario names what one call does")
struct OperationScenarioTests {
    private func scenario(
        _ yaml: String, _ flags: [(String, String)] = []
    ) throws -> Scenario {
        let overrides = flags.map { ScenarioOverride(flag: $0.0, yaml: $0.1) }
        return try ScenarioReader.read(yaml, source: "s.yaml", overrides: overrides).scenario
    }

    @Test(
        "an operation alone brings its usual mechanisms",
        arguments: [
            ("decrypt", ["aes-gcm", "rsa-oaep"]), ("unwrap", ["aes-key-wrap", "rsa-oaep"]),
            ("mac", ["hmac-sha256"]),
        ])
    func usualMechanisms(_ operation: String, _ mechanisms: [String]) throws {
        let anchor = try scenario("anchor: { operation: \(operation) }").anchor
        #expect(anchor.operation == operation && anchor.mechanisms == mechanisms)
        #expect(Set(anchor.keyBits.keys) == Set(mechanisms))
        #expect(anchor.keyBits.allSatisfy { $0.value == ($0.key == "rsa-oaep" ? 2_048 : 256) })
    }

    @Test("mechanisms that are named stay, whatever the order of the keys")
    func namedMechanisms() throws {
        let keys = [
            "operation: unwrap", "mechanism: aes-key-wrap", "key-bits: { aes-key-wrap: 128 }",
        ]
        for order in [keys, keys.reversed()] {
            let text = "anchor: { \(order.joined(separator: ", ")) }"
            let anchor = try scenario(text).anchor
            #expect(anchor.mechanisms == ["aes-key-wrap"])
            #expect(anchor.keyBits == ["aes-key-wrap": 128])
        }
        let decrypt = try scenario("anchor: { mechanism: [aes-ctr, rsa-pkcs] }").anchor
        #expect(decrypt.operation == "decrypt" && decrypt.mechanisms == ["aes-ctr", "rsa-pkcs"])
    }

    @Test("a flag changes the operation with its mechanisms, and repeats it without")
    func flags() throws {
        let flag = ("--operation", "anchor: { operation: unwrap }")
        let changed = try scenario("anchor: { mechanism: [aes-ctr] }", [flag]).anchor
        #expect(changed.mechanisms == ["aes-key-wrap", "rsa-oaep"])
        let repeated = try scenario(
            "anchor: { operation: unwrap, mechanism: [rsa-oaep] }", [flag]
        ).anchor
        #expect(repeated.mechanisms == ["rsa-oaep"])
    }

    @Test(
        "a mechanism that the operation does not take is refused with those that it takes",
        arguments: [
            (
                "anchor: { operation: unwrap, mechanism: aes-gcm }",
                "'aes-gcm' is no mechanism of the operation 'unwrap', which takes aes-key-wrap, "
                    + "rsa-oaep"
            ),
            (
                "anchor: { operation: mac, mechanism: [hmac-sha256, rsa-oaep] }",
                "'rsa-oaep' is no mechanism of the operation 'mac', which takes hmac-sha256"
            ),
            (
                "anchor: { mechanism: hmac-sha256 }",
                "of the operation 'decrypt', which takes aes-gcm"
            ),
        ])
    func wrongMechanism(_ text: String, _ words: String) throws {
        let error = try #require(throws: ScenarioError.self) { try scenario(text) }
        #expect(error.description.hasPrefix("s.yaml, line 1: 'anchor.mechanism': "))
        #expect(error.description.contains(words), "\(error.description)")
    }

    @Test("a mistyped operation is told the nearest, and a key of no such length is refused")
    func mistyped() throws {
        let error = try #require(throws: ScenarioError.self) {
            try scenario("anchor: { operation: unwarp }")
        }
        #expect(error.description.contains("did you mean 'unwrap'?"))
        #expect(throws: ScenarioError.self) {
            try scenario("anchor: { key-bits: { hmac-sha256: 2048 } }")
        }
    }

    @Test("a plan's cells carry the operation, and data keys of 32 bytes where it unwraps")
    func plan() throws {
        func cells(_ text: String) throws -> [Cell] {
            try Plan(
                scenario("load: { closed: [1], processes: [1] }\nthrottles: [none]\n" + text),
                anchorName: "softhsm", processors: 1, seed: 1
            ).cells
        }
        #expect(
            try cells("anchor: { operation: unwrap }\nrecord-bytes: [256, 1KiB]").map(\.key) == [
                "aes-key-wrap-256-unwrap/32B/closed-1/none",
                "aes-key-wrap-256-unwrap/32B/closed-1/none/openssl",
                "rsa-oaep-2048-unwrap/32B/closed-1/none",
                "rsa-oaep-2048-unwrap/32B/closed-1/none/openssl",
            ])
        #expect(
            try cells("anchor: { operation: mac }\nrecord-bytes: [16B]").map(\.key) == [
                "hmac-sha256-256-mac/16B/closed-1/none",
                "hmac-sha256-256-mac/16B/closed-1/none/openssl",
            ])
        let pkcs = try cells("anchor: { mechanism: rsa-pkcs }")
        #expect(pkcs.allSatisfy { $0.recordBytes == 32 && $0.operation == "decrypt" })
    }

    @Test("records of CBC without padding are whole blocks")
    func wholeBlocks() throws {
        let text = "{ anchor: { mechanism: [aes-cbc, aes-gcm] }, record-bytes: [32, 100] }"
        let error = try #require(throws: ScenarioError.self) { try scenario(text) }
        #expect(
            error.description
                == "s.yaml: aes-cbc has no padding and takes whole blocks of 16 bytes, and "
                + "'record-bytes' is 100B; take a multiple of 16, or aes-cbc-pad")
        let whole = try scenario("{ anchor: { mechanism: aes-cbc }, record-bytes: [32, 256] }")
        #expect(whole.anchor.mechanisms == ["aes-cbc"])
    }
}
