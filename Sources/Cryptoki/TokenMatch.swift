/// What a URI may ask of a token, of its slot and of the library (RFC 7512, 2.3), by name.
package enum TokenAttribute: String, CaseIterable, Codable, Sendable {
    /// The token's label.
    case token
    /// The token's manufacturer.
    case manufacturer
    /// The token's serial number.
    case serial
    /// The token's model.
    case model
    /// The library's manufacturer.
    case libraryManufacturer = "library-manufacturer"
    /// The library's description.
    case libraryDescription = "library-description"
    /// The library's version, such as `2.6`; `2` means `2.0`.
    case libraryVersion = "library-version"
    /// The slot's description.
    case slotDescription = "slot-description"
    /// The slot's manufacturer.
    case slotManufacturer = "slot-manufacturer"
    /// `CK_SLOT_ID`.
    case slotID = "slot-id"

    /// A value in the one form in which it is compared; nil where it can be none.
    func normalized(_ value: String) -> String? {
        func number(_ text: Substring) -> UInt? {
            // The number's own parser would take a sign.
            text.allSatisfy { $0.isASCII && $0.isNumber } ? UInt(text) : nil
        }
        switch self {
        case .slotID: return number(value[...]).map(String.init)
        case .libraryVersion:
            let parts = value.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count <= 2, let major = number(parts[0]),
                let minor = parts.count == 2 ? number(parts[1]) : 0
            else { return nil }
            return "\(major).\(minor)"
        default: return value
        }
    }
}

/// Which token is meant: every attribute that stands here must be that of the token.
package struct TokenMatch: Hashable, Codable, Sendable {
    private var values: [TokenAttribute: String] = [:]

    /// A match of every token, or of those with a label.
    package init(label: String? = nil) { values[.token] = label }

    /// What an attribute must be; nil where it may be anything.
    package subscript(_ attribute: TokenAttribute) -> String? {
        get { values[attribute] }
        set { values[attribute] = newValue }
    }

    /// The attributes that are asked for, in the order of the standard.
    package var attributes: [TokenAttribute] {
        TokenAttribute.allCases.filter { values[$0] != nil }
    }

    /// Whether a library is the one that is meant.
    func fits(_ library: ModuleInfo) -> Bool {
        attributes.allSatisfy { library.value(of: $0) == nil || library.value(of: $0) == self[$0] }
    }

    /// Whether a slot and its token are those that are meant.
    func fits(_ slot: Slot) -> Bool {
        attributes.allSatisfy { slot.value(of: $0) == nil || slot.value(of: $0) == self[$0] }
    }

    /// What is looked for, in words: `token 'prod' with serial '1'`.
    ///
    /// - Parameter article: what stands before a token that has no label here.
    func words(article: String) -> String {
        let label = self[.token].map { "token '\($0)'" } ?? "\(article) token"
        let others = attributes.filter { $0 != .token }
            .map { "\($0.rawValue) '\(self[$0] ?? "")'" }
        return others.isEmpty ? label : "\(label) with \(others.joined(separator: ", "))"
    }
}

extension ModuleInfo {
    /// What an attribute of the library is; nil for one of a token or a slot.
    func value(of attribute: TokenAttribute) -> String? {
        switch attribute {
        case .libraryManufacturer: manufacturer
        case .libraryDescription: description
        case .libraryVersion: libraryVersion
        default: nil
        }
    }
}

extension Slot {
    /// What an attribute of the slot or its token is; nil for one of the library.
    func value(of attribute: TokenAttribute) -> String? {
        switch attribute {
        case .token: token.label
        case .manufacturer: token.manufacturer
        case .serial: token.serialNumber
        case .model: token.model
        case .slotDescription: description
        case .slotManufacturer: manufacturer
        case .slotID: String(id)
        case .libraryManufacturer, .libraryDescription, .libraryVersion: nil
        }
    }
}
