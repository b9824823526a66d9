/// A PKCS#11 URI (RFC 7512): which module, which token, which key, and where the PIN comes from.
///
/// Read here are `token` and `object` in the path, `module-path` and `pin-source` in the query.
package struct PKCS11URI: Equatable, Sendable {
    /// The token's label; nil where the module's only token is meant.
    package var token: String?
    /// The key's `CKA_LABEL`; nil for a session key. Never printed.
    package var object: String?
    /// The library's path.
    package var modulePath: String
    /// Where the PIN comes from; nil where none is stated.
    package var pinSource: PinSource?

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
        let path = try Self.attributes(halves[0], separator: ";")
        let query = halves.count > 1 ? try Self.attributes(halves[1], separator: "&") : [:]
        try Self.refuseUnknown(path, known: ["token", "object"], place: "before the '?'")
        try Self.refuseUnknown(query, known: ["module-path", "pin-source"], place: "after the '?'")
        guard let modulePath = query["module-path"], !modulePath.isEmpty else {
            throw URIError("the URI names no module: add '?module-path=/path/to/library.so'")
        }
        self.modulePath = modulePath
        token = path["token"]
        object = path["object"]
        pinSource = try query["pin-source"].map { value throws(URIError) in
            try PinSource(parsing: value)
        }
    }

    /// What stands for a key's label where it must not be printed.
    package static let hiddenLabel = "(hidden)"

    /// The URI without what must not be printed: the key's label.
    package var redacted: String {
        let path = token.map { "token=\(Self.encoded($0))" } ?? ""
        let hidden = object == nil ? "" : (path.isEmpty ? "" : ";") + "object=\(Self.hiddenLabel)"
        let source = pinSource.map { "&pin-source=\(Self.encoded($0.description))" } ?? ""
        return "pkcs11:\(path)\(hidden)?module-path=\(Self.encoded(modulePath))\(source)"
    }

    private static func attributes(
        _ text: Substring, separator: Character
    ) throws(URIError) -> [String: String] {
        var result: [String: String] = [:]
        for part in text.split(separator: separator) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2 else {
                throw URIError(
                    "a part of the URI is no attribute, and is not repeated here, lest it be a "
                        + "PIN: write name=value")
            }
            let name = String(pair[0])
            guard name != "pin-value" else {
                throw URIError(
                    "'pin-value' is refused, because a PIN in a URI ends up in shell histories and "
                        + "process lists: use pin-source=env:NAME, pin-source=file:/path or "
                        + "pin-source=prompt")
            }
            guard result[name] == nil else {
                throw URIError("the attribute '\(name)' stands twice in the URI")
            }
            guard let value = decoded(pair[1]) else {
                throw URIError("the value of '\(name)' in the URI has a broken %-escape")
            }
            result[name] = value
        }
        return result
    }

    private static func refuseUnknown(
        _ attributes: [String: String], known: [String], place: String
    ) throws(URIError) {
        guard let unknown = attributes.keys.sorted().first(where: { !known.contains($0) }) else {
            return
        }
        let names = known.joined(separator: ", ")
        throw URIError("the attribute '\(unknown)' is not read \(place) of a URI; known: \(names)")
    }

    /// Undoes percent-encoding; nil where an escape is broken or the bytes are no UTF-8.
    private static func decoded(_ text: Substring) -> String? {
        var bytes: [UInt8] = []
        var rest = text.utf8[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            // The number's own parser would take a sign for a digit.
            guard digits.count == 2, digits.first != UInt8(ascii: "+"),
                let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else { return nil }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }

    private static func encoded(_ text: String) -> String {
        let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/".utf8)
        return text.utf8.map { byte in
            guard !plain.contains(byte) else { return String(UnicodeScalar(byte)) }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}

/// A URI that cannot be used, in one sentence.
package struct URIError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}

/// Where a PIN comes from; never the PIN.
package enum PinSource: Equatable, Sendable, CustomStringConvertible {
    /// An environment variable.
    case environment(String)
    /// The first line of a file.
    case file(String)
    /// The terminal, without echo.
    case prompt

    init(parsing text: String) throws(URIError) {
        if text == "prompt" {
            self = .prompt
        } else if text.hasPrefix("env:"), text.count > 4 {
            self = .environment(String(text.dropFirst(4)))
        } else if text.hasPrefix("file:"), text.count > 5 {
            let path = text.dropFirst(5)
            self = .file(String(path.hasPrefix("///") ? path.dropFirst(2) : path))
        } else if text.hasPrefix("/") {
            self = .file(text)
        } else {
            throw URIError(
                "pin-source must be env:NAME, file:/path or prompt; what stands there is none of "
                    + "these and is not repeated here, lest it be a PIN")
        }
    }

    package var description: String {
        switch self {
        case .environment(let name): "env:\(name)"
        case .file(let path): "file:\(path)"
        case .prompt: "prompt"
        }
    }
}
