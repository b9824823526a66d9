import Throttling
import Units

/// One combination of anchor, operation, mechanism, record size, load and throttle.
package struct Cell: Codable, Hashable, Sendable {
    /// `softhsm`, `pkcs11:token=…` or `openssl` for the un-anchored baseline.
    package var anchor: String
    /// What one call does: `decrypt`, `unwrap` or `mac`.
    package var operation: String
    /// Mechanism by name.
    package var mechanism: String
    /// Length of the key in bits; 0 where a document does not say.
    package var keyBits: Int
    /// Where the key is; nil for the baseline, whose key is in memory.
    package var keyKind: KeyKind?
    /// Length of a record in bytes.
    package var recordBytes: Int
    /// Callers, all processes together.
    package var callers: Int
    /// Worker processes that the callers are spread over.
    package var processes: Int
    /// The throttle in the path.
    package var throttle: Policy
    /// The rate at which calls are due; nil for a closed load.
    package var open: OpenRate?
    /// How many records each caller opens in turn; nil for the usual pool of distinct ones.
    package var records: Int?
    /// Bytes of ciphertext that one call hands over, which a throttle may charge by.
    package var requestBytes: Int
    /// The load of two classes that this cell is one class of; nil for a load of one class.
    package var mixed: MixedLoad?

    /// A cell from its parts.
    ///
    /// - Parameter requestBytes: by default what one record comes to.
    package init(
        anchor: String, operation: String = Cell.usualOperation, mechanism: String, keyBits: Int,
        keyKind: KeyKind?, recordBytes: Int, callers: Int, processes: Int, throttle: Policy,
        open: OpenRate? = nil, records: Int? = nil, mixed: MixedLoad? = nil,
        requestBytes: Int? = nil
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
        self.open = open
        self.records = records
        self.mixed = mixed
        self.requestBytes =
            requestBytes
            ?? Self.requestBytes(mechanism: mechanism, recordBytes: recordBytes, keyBits: keyBits)
    }

    /// Whose calls these are: calls that fall due are the users', and whoever calls flat out is an
    /// attacker.
    package var callerClass: CallerClass { open == nil ? .attacker : .legitimate }

    /// What one call is charged by the cell's throttle.
    package var units: UInt64 { throttle.units(forBytes: max(requestBytes, 1)) }

    /// The name of the anchor in a cell of the un-anchored baseline.
    package static let baselineAnchor = "openssl"
    /// The name of the anchor in a cell of the harness's own cost: a module that does nothing.
    package static let nullAnchor = "null-module"

    /// Whether this is the same work with the key in memory instead of an anchor.
    package var isBaseline: Bool { anchor == Self.baselineAnchor }
    /// Whether this is the same work on a module that does nothing.
    package var isFloor: Bool { anchor == Self.nullAnchor }
    /// Whether this is work of the anchor itself.
    package var isAnchored: Bool { !isBaseline && !isFloor }
    /// Whether the same few records are opened again and again, to see what a device gains by
    /// remembering them: no thief has that.
    package var isCacheAudit: Bool { records != nil }
    /// Whether this shows what the anchor can do: no comparison, no throttle, no demand.
    package var showsCapacity: Bool {
        isAnchored && !isCacheAudit && throttle == .none && open == nil && mixed == nil
    }

    /// The operation that goes without saying.
    package static let usualOperation = "decrypt"

    /// `closed-4`, `closed-4x2` for four callers over two processes, `open-2kps-poisson`,
    /// `mixed-200ps-poisson-1`.
    ///
    /// An open load names its callers where they are not the usual number.
    package var loadName: String {
        let spread = processes > 1 ? "x\(processes)" : ""
        if let mixed { return mixed.name + spread }
        guard let open else { return "closed-\(callers)\(spread)" }
        let isUsual = callers == OpenLoad.usualCallers
        return "open-\(open.rate.keyForm)-\(open.arrivals.rawValue)"
            + (isUsual ? spread : "-\(callers)\(spread)")
    }

    /// The readable, stable key: `aes-gcm-256/256B/closed-4/token-bucket-500ps-100`.
    ///
    /// It names only what is not the default: another operation than decrypting, a session key,
    /// a cell that is no anchor's, and another
    /// number of records than the usual.
    package var key: String {
        let base = "\(subject)/\(loadName)/\(throttle.keyForm)"
        guard isAnchored else { return "\(base)/\(anchor)" }
        let key = keyKind == .session ? base + "/session-key" : base
        return records.map { "\(key)/\($0)-record\($0 == 1 ? "" : "s")" } ?? key
    }

    /// The key, with the class where two classes share one.
    package var classedKey: String { mixed == nil ? key : "\(key)/\(callerClass.rawValue)" }

    /// What is done with what, whatever the load and the throttle: `aes-gcm-256/256B`,
    /// `rsa-oaep-2048-unwrap/32B`.
    package var subject: String {
        let suffix = operation == Self.usualOperation ? "" : "-\(operation)"
        let length = keyBits > 0 ? "-\(keyBits)" : ""
        return "\(mechanism)\(length)\(suffix)/\(ByteCount(recordBytes))"
    }
}

extension Cell {
    /// The largest record that a length is derived from; no device takes one by far.
    private static let derivableBytes = 1 << 40

    /// Bytes of ciphertext that a call on one record hands over: what a mechanism adds is known;
    /// a MAC gets the record itself.
    package static func requestBytes(
        mechanism: String, recordBytes: Int, keyBits: Int
    ) -> Int {
        let record = min(max(recordBytes, 0), derivableBytes)
        return switch mechanism {
        // The tag stands after the ciphertext.
        case "aes-gcm": record + 16
        // PKCS#7 adds a block to whole ones.
        case "aes-cbc-pad": (record / 16 + 1) * 16
        case "rsa-pkcs", "rsa-oaep": keyBits / 8
        // RFC 3394 adds one half-block.
        case "aes-key-wrap": record + 8
        default: record
        }
    }

    // What a run stored before there were two classes and charges by bytes is filled in.

    package init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            anchor: try values.decode(String.self, forKey: .anchor),
            operation: try values.decode(String.self, forKey: .operation),
            mechanism: try values.decode(String.self, forKey: .mechanism),
            keyBits: try values.decode(Int.self, forKey: .keyBits),
            keyKind: try values.decodeIfPresent(KeyKind.self, forKey: .keyKind),
            recordBytes: try values.decode(Int.self, forKey: .recordBytes),
            callers: try values.decode(Int.self, forKey: .callers),
            processes: try values.decode(Int.self, forKey: .processes),
            throttle: try values.decode(Policy.self, forKey: .throttle),
            open: try values.decodeIfPresent(OpenRate.self, forKey: .open),
            records: try values.decodeIfPresent(Int.self, forKey: .records),
            mixed: try values.decodeIfPresent(MixedLoad.self, forKey: .mixed),
            requestBytes: try values.decodeIfPresent(Int.self, forKey: .requestBytes))
    }
}

/// The rate at which calls of an open load fall due, and how they are spaced.
package struct OpenRate: Codable, Hashable, Sendable {
    /// Calls due, all processes together.
    package let rate: Rate
    /// How they are spaced.
    package let arrivals: Arrivals

    /// A rate with its spacing.
    package init(_ rate: Rate, _ arrivals: Arrivals) {
        self.rate = rate
        self.arrivals = arrivals
    }

    /// How calls are spaced.
    package enum Arrivals: String, Codable, CaseIterable, Sendable {
        /// Evenly.
        case constant
        /// As a Poisson process.
        case poisson
    }
}
