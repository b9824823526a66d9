import CCryptoki

/// Which stored key is meant: every part that is there must be that of the key.
package struct KeyMatch: Hashable, Codable, Sendable {
    /// `CKA_LABEL`. Never printed.
    package var label: String?
    /// `CKA_ID`. Never printed.
    package var id: [UInt8]?
    /// What kind of object it is.
    package var type: ObjectType?

    /// A match of its parts.
    package init(label: String? = nil, id: [UInt8]? = nil, type: ObjectType? = nil) {
        self.label = label
        self.id = id
        self.type = type
    }

    /// Whether it asks for anything at all.
    package var isEmpty: Bool { self == KeyMatch() }

    /// Label and id as a search wants them.
    var template: [Attribute] {
        [label.map { .text(CKA_LABEL, $0) }, id.map { .bytes(CKA_ID, $0) }].compactMap { $0 }
    }

    /// What names the key, without saying how: `object= and id=`.
    var names: String {
        let names = [
            label.map { _ in "object=" }, id.map { _ in "id=" }, type.map { "type=\($0.rawValue)" },
        ].compactMap { $0 }
        guard let last = names.last, names.count > 1 else { return names.joined() }
        return "\(names.dropLast().joined(separator: ", ")) and \(last)"
    }
}

/// The `type` of a URI (RFC 7512, 2.3).
package enum ObjectType: String, CaseIterable, Codable, Sendable {
    /// A public key.
    case publicKey = "public"
    /// A private key.
    case privateKey = "private"
    /// A certificate.
    case certificate = "cert"
    /// A secret key.
    case secretKey = "secret-key"
    /// Data.
    case data
}
