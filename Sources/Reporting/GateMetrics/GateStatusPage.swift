import GateState
import Results
import Throttling
import Units

/// What a gate guards and what came to pass at it, as a page for people.
package struct GateStatusPage {
    private let snapshot: GateSnapshot
    private let history: GateHistory
    private let codeName: (UInt) -> String
    private var configuration: GateConfiguration { snapshot.configuration }
    private var policy: Policy { configuration.policy }

    /// How many periods the page shows.
    private static let shown: Int64 = 10

    /// The page of one snapshot.
    ///
    /// - Parameter codeName: the name of a `CKR_` value.
    package init(_ snapshot: GateSnapshot, codeName: @escaping (UInt) -> String) {
        self.snapshot = snapshot
        self.codeName = codeName
        history = GateHistory(snapshot)
    }

    /// The page.
    package var text: String {
        [facts, identities, periods].joined(separator: "\n")
    }

    private var facts: String {
        var facts = [
            ("gate", "\(GateWording.oneLine(snapshot.path)), made \(ago(snapshot.created))"),
            ("guards", GateWording.oneLine(configuration.module)),
            ("policy", policyText),
            ("refuses", refusals),
        ]
        if let largest { facts.append(("largest", largest)) }
        facts.append(("lets in", entry))
        if snapshot.canaries > 0 { facts.append(("canaries", canaryText)) }
        facts += ways.map { ("way past", $0) }
        let width = facts.map(\.0.count).max() ?? 0
        var previous = ""
        return facts.map { name, value in
            let title = name == previous ? "" : name
            previous = name
            return title + String(repeating: " ", count: width + 2 - title.count) + value + "\n"
        }.joined()
    }

    private var policyText: String {
        guard policy.limit != .none else { return "no throttle: every call is let in, and counted" }
        let scope =
            policy.scope == .global
            ? "all identities share it" : "each identity has its own"
        return "\(policy.inWords); \(scope); \(policy.onLimit.refusal)"
    }

    private var refusals: String {
        let throttled = codeName(configuration.throttledCode)
        let revoked = codeName(configuration.revokedCode)
        return policy.limit == .none
            ? "\(revoked) to who is revoked"
            : "\(throttled) beyond the policy, \(revoked) to who is revoked"
    }

    /// The largest record, where the policy charges bytes and bounds one request.
    private var largest: String? {
        let units = policy.limit.largestRequest
        guard case .bytes(let size) = policy.charge, units < .max else { return nil }
        let (bytes, isTooMuch) = units.multipliedReportingOverflow(by: UInt64(max(0, size.count)))
        guard !isTooMuch else { return nil }
        return "records of \(Significant.grouped(bytes)) bytes: a larger one is never let through"
    }

    private var entry: String {
        let since = snapshot.closedSince.map { ago($0) }
        if let since { return "NOBODY: everybody was revoked \(since)" }
        let revoked = snapshot.identities.count { $0.revokedSince != nil }
        let but = revoked == 0 ? "" : " but the \(Significant.grouped(UInt64(revoked))) revoked"
        guard !configuration.isClosed else { return "only the identities below\(but)" }
        let room = configuration.capacity - snapshot.identities.count
        guard room > 0 else { return "the identities below\(but); there is no room for another" }
        return "any identity\(but); room for \(Significant.grouped(UInt64(room))) more"
    }

    private var canaryText: String {
        let count = snapshot.canaries
        return "looks for \(Significant.grouped(count)) record\(count == 1 ? "" : "s") that nobody "
            + "has a reason to open"
    }

    /// How a thief gets around it.
    private var ways: [String] {
        var ways = [
            "who may open \(GateWording.oneLine(configuration.module)) or write the state walks "
                + "around it, as any code in the application's process may; who holds only a "
                + "socket to it, the gate being in a process of another user, cannot"
        ]
        if !configuration.chargesEncryption {
            ways.append(
                "encrypting and wrapping are free, and open records of AES-GCM and AES-CTR where "
                    + "their key may do either")
        }
        let room = configuration.capacity - snapshot.identities.count
        if policy.limit != .none, policy.scope == .perClient, !configuration.isClosed, room > 0 {
            ways.append(
                "who chooses his identity himself has a throttle of his own under each new name "
                    + "(room for \(Significant.grouped(UInt64(room))))")
        }
        return ways
    }
}

/// The tables.
extension GateStatusPage {
    private var identities: String {
        guard !snapshot.identities.isEmpty else { return "Nobody has come yet.\n" }
        let last = history.counts(in: history.current - 1)
        let now = history.counts(in: history.current)
        var columns: [Grid.Column] = [
            ("identity", .left), ("in all", .right), ("this period", .right),
            ("last full period", .right), ("units", .right), ("waited", .right),
            ("last call", .left), ("revoked", .left),
        ]
        if snapshot.canaries > 0 { columns.append(("canaries", .left)) }
        let grid = Grid(columns, count: snapshot.identities.count) { index in
            let identity = snapshot.identities[index]
            let fields: [Grid.Field] = [
                .name(identity.name), .text(calls(identity.total)),
                .text(calls(now[index]?.calls ?? GateCalls())),
                .text(calls(last[index]?.calls ?? GateCalls())),
                .text(Significant.grouped(identity.units)),
                .text(identity.waits == 0 ? "—" : identity.waited.seconds.inWords),
                .text(identity.lastCall.map(ago) ?? "never"),
                .text(identity.revokedSince.map(ago) ?? "—"),
            ]
            return snapshot.canaries > 0 ? fields + [.text(canariesMet(by: identity))] : fields
        }
        return "Calls admitted / throttled / revoked:\n\n" + grid.plain
    }

    /// How many an identity met, and when the last.
    private func canariesMet(by identity: GateIdentity) -> String {
        guard identity.canaries > 0 else { return "—" }
        let last = identity.lastCanary.map { ", the last \(ago($0))" } ?? ""
        return Significant.grouped(identity.canaries) + last
    }

    private var periods: String {
        let first = max(history.first, history.current - Self.shown + 1)
        let numbers = Array(first...max(first, history.current))
        let grid = Grid(
            [("period (UTC)", .left)] + GateOutcome.allCases.map { ($0.name, .right) }
                + [("units", .right), ("", .left)],
            count: numbers.count
        ) { index in
            let total = history.total(in: numbers[index])
            return [.text(InstantText.text(total.start))]
                + GateOutcome.allCases.map { .text(Significant.grouped(total.calls[$0])) }
                + [
                    .text(Significant.grouped(total.units)),
                    .text(numbers[index] == history.current ? "so far" : ""),
                ]
        }
        let length = configuration.period.seconds.asPeriod
        return "Every \(length), \(Significant.grouped(UInt64(configuration.history))) are kept:"
            + "\n\n" + grid.plain
    }

    private func calls(_ calls: GateCalls) -> String {
        GateOutcome.allCases.map { Significant.grouped(calls[$0]) }.joined(separator: " / ")
    }

    /// When something was, in words.
    private func ago(_ instant: Nanoseconds) -> String {
        let passed = Int64((snapshot.taken - instant).count / 1_000_000_000)
        guard passed > 0 else { return "just now" }
        return "\(Seconds(Double(passed)).inWords) ago"
    }
}
