import Foundation

/// The URL of a PostgreSQL database, with what of it nobody may read.
struct ConnectionURL {
    /// The whole, with its password.
    let text: String

    init(_ text: String) { self.text = text }

    /// Whether it is one of PostgreSQL's.
    var isPostgreSQL: Bool {
        text.hasPrefix("postgres://") || text.hasPrefix("postgresql://")
    }

    /// Whether it could be read in two ways, one of which shows a part of the password.
    var isAmbiguous: Bool {
        guard let at = rest.lastIndex(of: "@") else { return false }
        return rest[..<at].contains { "/?#@".contains($0) }
    }

    /// The URL without its passwords, whether or not it is well formed.
    var redacted: String {
        var shown = String(rest)
        if let query = shown.firstIndex(of: "?") {
            let settings = shown[query...].dropFirst().split(
                separator: "&", omittingEmptySubsequences: false)
            shown = "\(shown[...query])\(settings.map(Self.hidden).joined(separator: "&"))"
        }
        if let at = shown.lastIndex(of: "@"), let colon = shown[..<at].firstIndex(of: ":") {
            shown = "\(shown[...colon])***\(shown[at...])"
        }
        return "\(text[..<rest.startIndex])\(shown)"
    }

    /// A message of another program without what it may repeat of this.
    func scrubbed(_ message: String) -> String {
        var clean = message.replacing(text, with: redacted)
        for secret in secrets { clean = clean.replacing(secret, with: "***") }
        return clean
    }

    /// With a setting where it says nothing of that itself.
    func with(_ name: String, _ value: String) -> ConnectionURL {
        let query = rest.firstIndex(of: "?").map { rest[$0...].dropFirst() }
        let settings = query?.split(separator: "&") ?? []
        guard !settings.contains(where: { $0.hasPrefix("\(name)=") }) else { return self }
        let joint = query.map { $0.isEmpty ? "" : "&" } ?? "?"
        return ConnectionURL("\(text)\(joint)\(name)=\(value)")
    }

    /// What follows the name of the protocol.
    private var rest: Substring {
        guard let mark = text.firstRange(of: "://") else { return text[...] }
        return text[mark.upperBound...]
    }

    /// Its passwords as written and as meant, the longest first: one may be a part of another.
    private var secrets: [String] {
        var found: [Substring] = []
        if let at = rest.lastIndex(of: "@"), let colon = rest[..<at].firstIndex(of: ":") {
            found.append(rest[rest.index(after: colon)..<at])
        }
        if let query = rest.firstIndex(of: "?") {
            for setting in rest[query...].dropFirst().split(separator: "&") {
                guard Self.isSecret(setting), let sign = setting.firstIndex(of: "=") else {
                    continue
                }
                found.append(setting[setting.index(after: sign)...])
            }
        }
        return found.flatMap { [String($0), $0.removingPercentEncoding ?? ""] }
            .filter { !$0.isEmpty }.sorted { $0.count > $1.count }
    }

    private static func isSecret(_ setting: Substring) -> Bool {
        name(of: setting).contains("password")
    }

    private static func hidden(_ setting: Substring) -> String {
        isSecret(setting) ? "\(name(of: setting))=***" : String(setting)
    }

    private static func name(of setting: Substring) -> Substring { setting.prefix { $0 != "=" } }
}
