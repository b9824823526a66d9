/// What a gate counts: the kinds of call that can open something.
package enum GateFunction: Int, CaseIterable, Hashable, Sendable {
    /// `C_DecryptInit` and the calls that go on with it.
    case decrypt
    /// `C_UnwrapKey`.
    case unwrap
    /// `C_SignInit`, `C_SignRecoverInit` and the calls that go on with them.
    case sign
    /// `C_DeriveKey`.
    case derive
    /// `C_EncryptInit` with a secret key, and the calls that go on with it.
    case encrypt
    /// `C_WrapKey` with a secret key.
    case wrap
    /// `C_SetOperationState`: goes on with an operation without beginning it.
    case resume

    /// Its name in reports.
    package var name: String {
        switch self {
        case .decrypt: "decrypt"
        case .unwrap: "unwrap"
        case .sign: "sign"
        case .derive: "derive"
        case .encrypt: "encrypt"
        case .wrap: "wrap"
        case .resume: "resume"
        }
    }
}

/// What became of a call at a gate.
package enum GateOutcome: Int, CaseIterable, Hashable, Sendable {
    /// It went on to the module.
    case admitted
    /// It exceeded the throttle.
    case throttled
    /// Its identity was revoked.
    case revoked

    /// Its name in reports.
    package var name: String {
        switch self {
        case .admitted: "admitted"
        case .throttled: "throttled"
        case .revoked: "revoked"
        }
    }
}

/// Calls by what became of them.
package struct GateCalls: Hashable, Sendable {
    /// Calls that went on to the module.
    package var admitted: UInt64
    /// Calls that exceeded the throttle.
    package var throttled: UInt64
    /// Calls of an identity that was revoked.
    package var revoked: UInt64

    /// Calls from their counts.
    package init(admitted: UInt64 = 0, throttled: UInt64 = 0, revoked: UInt64 = 0) {
        self.admitted = admitted
        self.throttled = throttled
        self.revoked = revoked
    }

    /// The count of one outcome.
    package subscript(_ outcome: GateOutcome) -> UInt64 {
        get {
            switch outcome {
            case .admitted: admitted
            case .throttled: throttled
            case .revoked: revoked
            }
        }
        set {
            switch outcome {
            case .admitted: admitted = newValue
            case .throttled: throttled = newValue
            case .revoked: revoked = newValue
            }
        }
    }

    /// All of them.
    package var total: UInt64 { admitted + throttled + revoked }
}
