/// The attributes of one half of a PKCS#11 URI, percent-encoding undone (RFC 7512, 2.3).
///
/// Names are case-sensitive, escapes are not. Vendors' attributes (`x-…`) are passed over, and may
/// stand more than once; any other stands once.
struct URIAttributes {
    private var values: [String: [UInt8]] = [:]

    /// Reads `name=value` parts.
    ///
    /// - Parameters:
    ///   - known: the names that may stand here.
    ///   - elsewhere: those that belong in the other half.
    ///   - place: where this half stands, in words.
    /// - Throws: `URIError`, never with a value.
    init(
        _ text: Substring, separator: Character, known: [String], elsewhere: [String],
        place: String
    ) throws(URIError) {
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
            guard let value = PercentEncoding.decoded(pair[1]) else {
                throw URIError("the value of '\(name)' in the URI has a broken %-escape")
            }
            guard !name.hasPrefix("x-") else { continue }
            guard known.contains(name) else {
                let reason =
                    elsewhere.contains(name)
                    ? "it belongs into the other half" : "known: \(known.joined(separator: ", "))"
                throw URIError(
                    "the attribute '\(name)' is not read \(place) of a URI; \(reason)",
                    unknown: name, known: known)
            }
            guard values[name] == nil else {
                throw URIError("the attribute '\(name)' stands twice in the URI")
            }
            values[name] = value
        }
    }

    /// The bytes of an attribute; nil where it is not there.
    func bytes(_ name: String) -> [UInt8]? { values[name] }

    /// The text of an attribute; nil where it is not there.
    ///
    /// - Throws: `URIError` where it is no UTF-8.
    func text(_ name: String) throws(URIError) -> String? {
        guard let bytes = values[name] else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw URIError("the value of '\(name)' in the URI has a broken %-escape: no UTF-8")
        }
        return text
    }
}

/// Percent-encoding (RFC 3986, 2.1).
enum PercentEncoding {
    /// What stands for itself wherever it is.
    private static let plain = Set(
        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:".utf8)

    /// Undoes the encoding; nil where an escape is broken.
    static func decoded(_ text: Substring) -> [UInt8]? {
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
        return bytes
    }

    /// The one form in which values are written: what need not be escaped is not, and digits are
    /// upper-case.
    ///
    /// - Parameter isQuery: in the query a slash stands for itself, in the path it does not.
    static func encoded(_ text: String, isQuery: Bool) -> String {
        text.utf8.map { byte in
            guard !plain.contains(byte), !isQuery || byte != UInt8(ascii: "/") else {
                return String(UnicodeScalar(byte))
            }
            let digits = String(byte, radix: 16, uppercase: true)
            return "%" + (digits.count == 1 ? "0" : "") + digits
        }.joined()
    }
}
