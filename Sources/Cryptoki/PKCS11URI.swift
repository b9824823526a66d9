/// A PKCS#11 URI (RFC 7512): which module, which token, which key, and where the PIN comes from.
package struct PKCS11URI: Equatable, Sendable {
    /// Which library, slot and token are meant.
    package var tokenMatch: TokenMatch
    /// Which key is meant; empty for a session key. Its label and its id are never printed.
    package var keyMatch: KeyMatch
    /// The library's path, or with `moduleName` the folder that it is in.
    package var modulePath: String?
    /// The library's name, to be looked for.
    package var moduleName: String?
    /// Where the PIN comes from; nil where none is stated.
    package var pinSource: PinSource?

    private static let keyNames = ["object", "type", "id"]
    private static let pathNames = TokenAttribute.allCases.map(\.rawValue) + keyNames
    private static let queryNames = ["module-path", "module-name", "pin-source"]

    /// Reads `pkcs11:token=prod;object=records?module-path=/opt/lib.so&pin-source=env:HSM_PIN`.
    ///
    /// - Throws: `URIError` with the part at fault and the remedy; never with the PIN.
    package init(parsing text: String) throws(URIError) {
        let scheme = "pkcs11:"
        guard text.lowercased().hasPrefix(scheme) else {
            throw URIError("an anchor is named 'softhsm' or by a URI that begins with 'pkcs11:'")
        }
        let body = text.dropFirst(scheme.count)
        let halves = body.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = try URIAttributes(
            halves[0], separator: ";", known: Self.pathNames, elsewhere: Self.queryNames,
            place: "before the '?'")
        let query = try URIAttributes(
            halves.count > 1 ? halves[1] : "", separator: "&", known: Self.queryNames,
            elsewhere: Self.pathNames, place: "after the '?'")
        modulePath = try query.text("module-path")
        moduleName = try query.text("module-name")
        guard modulePath?.isEmpty == false || moduleName?.isEmpty == false else {
            throw URIError("the URI names no module: add '?module-path=/path/to/library.so'")
        }
        tokenMatch = try TokenMatch(path)
        keyMatch = try KeyMatch(path)
        pinSource = try query.text("pin-source").map { value throws(URIError) in
            try PinSource(parsing: value)
        }
    }

    /// The token's label; nil where any will do.
    package var token: String? {
        get { tokenMatch[.token] }
        set { tokenMatch[.token] = newValue }
    }

    /// The key's `CKA_LABEL`; nil where none is named. Never printed.
    package var object: String? { keyMatch.label }

    /// The library's path, looked for where only a name or a folder is given.
    ///
    /// - Throws: `URIError` where there is no such module.
    package func locateModule() throws(URIError) -> String {
        guard let modulePath, !modulePath.isEmpty else {
            return try ModuleSearch.path(of: moduleName ?? "", in: ModuleSearch.folders)
        }
        guard ModuleSearch.isFolder(modulePath) else { return modulePath }
        guard let moduleName else {
            throw URIError(
                "'module-path' in the URI is the folder '\(modulePath)': name the library in it, "
                    + "or add '&module-name=NAME'")
        }
        return try ModuleSearch.path(of: moduleName, in: [modulePath])
    }

    /// What stands for a value that must not be printed or stored.
    package static let hidden = "(hidden)"

    /// The URI without what must not be printed or stored: the key's label and id, and the token's
    /// serial number. It is a URI itself.
    package var redacted: String {
        let hidden = Self.hidden
        var path = tokenMatch.attributes.map { attribute in
            let value = PercentEncoding.encoded(tokenMatch[attribute] ?? "", isQuery: false)
            return "\(attribute.rawValue)=\(attribute == .serial ? hidden : value)"
        }
        if keyMatch.label != nil { path.append("object=\(hidden)") }
        if let type = keyMatch.type { path.append("type=\(type.rawValue)") }
        if keyMatch.id != nil { path.append("id=\(hidden)") }
        let query = [
            ("module-path", modulePath), ("module-name", moduleName),
            ("pin-source", pinSource?.description),
        ].compactMap { name, value in
            value.map { "\(name)=\(PercentEncoding.encoded($0, isQuery: true))" }
        }
        return "pkcs11:\(path.joined(separator: ";"))?\(query.joined(separator: "&"))"
    }
}

extension TokenMatch {
    fileprivate init(_ path: URIAttributes) throws(URIError) {
        self.init()
        for attribute in TokenAttribute.allCases {
            guard let text = try path.text(attribute.rawValue) else { continue }
            guard let value = attribute.normalized(text) else {
                let form = attribute == .slotID ? "a whole number" : "a version such as 2.6"
                throw URIError("'\(attribute.rawValue)' in the URI must be \(form)")
            }
            self[attribute] = value
        }
    }
}

extension KeyMatch {
    fileprivate init(_ path: URIAttributes) throws(URIError) {
        self.init(label: try path.text("object"), id: path.bytes("id"))
        guard let text = try path.text("type") else { return }
        guard let type = ObjectType(rawValue: text) else {
            let known = ObjectType.allCases.map(\.rawValue)
            throw URIError(
                "'type' in the URI must be one of \(known.joined(separator: ", "))",
                unknown: text, known: known)
        }
        self.type = type
    }
}

/// A URI that cannot be used, in one sentence.
package struct URIError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String
    /// The word that is not known; nil where that is not what is wrong.
    package let unknown: String?
    /// The words that could have stood there.
    package let known: [String]

    init(_ description: String, unknown: String? = nil, known: [String] = []) {
        self.description = description
        self.unknown = unknown
        self.known = known
    }
}
