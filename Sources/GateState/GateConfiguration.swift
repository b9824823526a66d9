import Throttling
import Units

/// What a gate was made to do: all that the file of its state says beyond what happened.
package struct GateConfiguration: Hashable, Sendable {
    /// The path of the PKCS#11 module behind it.
    package var module: String
    /// What is admitted, and what becomes of a call beyond.
    package var policy: Policy
    /// Length of the periods that are counted, aligned to the Unix epoch (UTC).
    package var period: Nanoseconds
    /// How many periods are kept for each identity.
    package var history: Int
    /// The most identities that there may be.
    package var capacity: Int
    /// Identities that are known from the start.
    package var identities: [String]
    /// Whether only those are let in.
    package var isClosed: Bool
    /// Whether encrypting and wrapping with a secret key is charged too: either can give the key
    /// stream with which records of AES-GCM and AES-CTR are opened.
    package var chargesEncryption: Bool
    /// What a call beyond the throttle gets, a `CKR_` value.
    package var throttledCode: UInt
    /// What a call of a revoked identity gets, a `CKR_` value.
    package var revokedCode: UInt
    /// Fingerprints of records that nobody has a reason to open. Empty in what is read back: who
    /// may see counts is not told them.
    package var canaries: [UInt64]

    /// A configuration; by default without a throttle, with minutes of a day counted for at most 64
    /// identities that come by themselves.
    package init(
        module: String, policy: Policy = .none, period: Nanoseconds = .seconds(60),
        history: Int = 1_440, capacity: Int = 64, identities: [String] = [],
        isClosed: Bool = false, chargesEncryption: Bool = true,
        throttledCode: UInt = GateConfiguration.throttled,
        revokedCode: UInt = GateConfiguration.revoked, canaries: [UInt64] = []
    ) {
        self.module = module
        self.policy = policy
        self.period = period
        self.history = history
        self.capacity = capacity
        self.identities = identities
        self.isClosed = isClosed
        self.chargesEncryption = chargesEncryption
        self.throttledCode = throttledCode
        self.revokedCode = revokedCode
        self.canaries = canaries
    }

    /// `CKR_FUNCTION_FAILED`: this call did not succeed, and nothing is said of the next.
    ///
    /// pkcs11-tool, OpenSSL's engine, SunPKCS11 and python-pkcs11 all name it and go on with their
    /// session. Codes of a shortage or a defect of the device would be untrue, and
    /// `CKR_GENERAL_ERROR` is a wrong authentication tag to SunPKCS11.
    package static let throttled: UInt = 0x06
    /// `CKR_FUNCTION_CANCELED`: somebody stopped it.
    ///
    /// The same clients name it, and it is not the code of a throttled call.
    /// `CKR_FUNCTION_REJECTED` would say more, but OpenSC and OpenSSL's engine print its number
    /// only; after `CKR_KEY_FUNCTION_NOT_PERMITTED` the engine tries to sign by encrypting. Codes
    /// of a lost login, session or token would be untrue.
    package static let revoked: UInt = 0x50

    /// Bytes of the longest identity in UTF-8.
    package static let longestIdentity = 63
    /// Bytes of the longest path of a module.
    package static let longestPath = 4_095
    /// The most canaries.
    package static let mostCanaries = 1_000_000

    /// What stands against it, in a sentence; nil where nothing does.
    package var flaw: String? {
        if module.isEmpty || module.utf8.count > Self.longestPath || module.utf8.contains(0) {
            return "the module's path must have 1 to \(Self.longestPath) bytes"
        }
        if module.utf8.first != UInt8(ascii: "/") {
            return "the module's path '\(module)' must be absolute: clients run in any folder"
        }
        if let name = identities.first(where: { !Self.isIdentity($0) }) {
            return "'\(name)' is no identity: \(Self.identityRule)"
        }
        if !(1...10_000).contains(capacity) {
            return "the number of identities, \(capacity), must lie between 1 and 10000"
        }
        if Set(identities).count > capacity {
            return "\(Set(identities).count) identities are named, and only \(capacity) have room"
        }
        if isClosed, identities.isEmpty {
            return "a gate for named identities alone must name one"
        }
        if !(Nanoseconds.seconds(1)...Nanoseconds.seconds(86_400)).contains(period) {
            return "the period, \(period), must lie between 1s and 1d"
        }
        if !(2...100_000).contains(history) {
            return "the periods kept, \(history), must lie between 2 and 100000"
        }
        if canaries.contains(0) {
            return "0 is no fingerprint of a canary: take the first eight bytes of its ciphertext"
        }
        let distinct = canaries.count > Self.mostCanaries ? Set(canaries).count : canaries.count
        if distinct > Self.mostCanaries {
            return "\(distinct) canaries are named, and only \(Self.mostCanaries) have room"
        }
        return nil
    }

    /// The fingerprint of a record: the first eight bytes of its ciphertext, the first of them the
    /// lowest; nil where it has fewer.
    package static func fingerprint(of ciphertext: [UInt8]) -> UInt64? {
        guard ciphertext.count >= 8 else { return nil }
        return ciphertext.prefix(8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    }

    /// What an identity must be, in words.
    package static let identityRule =
        "take 1 to \(longestIdentity) bytes of printable text without spaces, quotes or backslashes"

    /// Whether a text may be an identity: it stands in files that are read line by line.
    package static func isIdentity(_ text: String) -> Bool {
        (1...longestIdentity).contains(text.utf8.count)
            && text.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7f && !#"\"'"#.utf8.contains($0) }
    }
}
