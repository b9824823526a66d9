import Throttling
import Units

/// One combination of anchor, operation, mechanism, record size, load and throttle.
package struct Cell: Codable, Hashable, Sendable {
    /// `softhsm`, `pkcs11:token=…` or `openssl` for the un-anchored baseline.
    package let anchor: String
    /// What one call does: `decrypt`, `unwrap` or `mac`.
    package let operation: String
    /// Mechanism by name.
    package let mechanism: String
    /// Length of the key in bits.
    package let keyBits: Int
    /// Where the key is; nil for the baseline, whose key is in memory.
    package let keyKind: KeyKind?
    /// Length of a record in bytes.
    package let recordBytes: Int
    /// Callers, all processes together.
    package let callers: Int
    /// Worker processes that the callers are spread over.
    package let processes: Int
    /// The throttle in the path.
    package let throttle: Policy

    /// A cell from its parts.
    package init(
        anchor: String, operation: String = Cell.usualOperation, mechanism: String, keyBits: Int,
        keyKind: KeyKind?, recordBytes: Int, callers: Int, processes: Int, throttle: Policy
    ) {
        self.anchor = anchor
        self.operation = operation
        self.mechanism = mechanism
        self.keyBits = keyBits
        self.keyKind = keyKind
        self.recordBytes = recordBytes
        self.callers = callers
        self.processes = processes
        self.throttle = throttle
    }

    /// The name of the anchor in a cell of the un-anchored baseline.
    package static let baselineAnchor = "openssl"

    /// Whether this is the same work with the key in memory instead of an anchor.
    package var isBaseline: Bool { anchor == Self.baselineAnchor }

    /// The operation that goes without saying.
    package static let usualOperation = "decrypt"

    /// `closed-4`, or `closed-4x2` for four callers over two processes.
    package var loadName: String { "closed-\(callers)\(processes > 1 ? "x\(processes)" : "")" }

    /// The readable, stable key: `aes-gcm-256/256B/closed-4/token-bucket-500ps-100`.
    ///
    /// It names only what is not the default: another operation than decrypting, a session key and
    /// the baseline.
    package var key: String {
        let base = "\(subject)/\(loadName)/\(throttle.keyForm)"
        return isBaseline ? base + "/openssl" : keyKind == .session ? base + "/session-key" : base
    }

    /// What is done with what, whatever the load and the throttle: `aes-gcm-256/256B`,
    /// `rsa-oaep-2048-unwrap/32B`.
    package var subject: String {
        let suffix = operation == Self.usualOperation ? "" : "-\(operation)"
        return "\(mechanism)-\(keyBits)\(suffix)/\(ByteCount(recordBytes))"
    }
}

extension Cell {
    /// Reads a cell; those of a run that knew one operation name none.
    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            anchor: try values.decode(String.self, forKey: .anchor),
            operation: try values.decodeIfPresent(String.self, forKey: .operation)
                ?? Self.usualOperation,
            mechanism: try values.decode(String.self, forKey: .mechanism),
            keyBits: try values.decode(Int.self, forKey: .keyBits),
            keyKind: try values.decodeIfPresent(KeyKind.self, forKey: .keyKind),
            recordBytes: try values.decode(Int.self, forKey: .recordBytes),
            callers: try values.decode(Int.self, forKey: .callers),
            processes: try values.decode(Int.self, forKey: .processes),
            throttle: try values.decode(Policy.self, forKey: .throttle))
    }
}
