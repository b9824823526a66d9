import Exposure
import Latency
import Results
import Throttling
import Units

/// The section of a report that tells what an attack does to legitimate callers behind each
/// throttle, as mixed loads measured it; empty where there were none.
struct AttackSection {
    private let run: Run
    private let names: ThrottleNames
    private let groups: [Group]

    init(_ run: Run) {
        self.run = run
        names = ThrottleNames(run)
        groups = Self.groups(of: run)
    }

    var text: String {
        guard !groups.isEmpty else { return "" }
        let parts = groups.map(text) + [formulas, lever].filter { !$0.isEmpty }
        return "## What an attack does to the others\n\n" + parts.joined(separator: "\n\n")
    }

    /// The mixed cells of one subject and load.
    private struct Group {
        let subject: String
        let load: MixedLoad
        var effects: [AttackEffect]
    }

    private static func groups(of run: Run) -> [Group] {
        var groups: [Group] = []
        for pair in run.mixedPairs {
            let (subject, load) = (pair.legitimate.cell.subject, pair.load)
            let effect = AttackEffect(pair, in: run)
            if let index = groups.firstIndex(where: { $0.subject == subject && $0.load == load }) {
                groups[index].effects.append(effect)
            } else {
                groups.append(Group(subject: subject, load: load, effects: [effect]))
            }
        }
        return groups
    }

    private func text(of group: Group) -> String {
        let words =
            group.effects.map { sentence(of: $0, in: group) }
            + AttackComparison(group.effects, names).sentences
        return "### \(Findings.title(group.subject)): \(group.load.inWords)\n\n"
            + table(of: group).text + "\n" + words.map { "- \($0)" }.joined(separator: "\n")
    }

    private func table(of group: Group) -> MarkdownTable {
        var table = MarkdownTable([
            ("throttle", .left), ("who", .left), ("offered", .right), ("achieved", .right),
            ("admitted", .right), ("denied", .right), ("wait p50", .right), ("wait p99", .right),
            ("response p50", .right), ("response p99", .right), ("by the formulas", .right),
        ])
        for effect in group.effects {
            let pair = effect.pair
            let name = names[pair.throttle]
            if let quiet = quiet(beside: pair) {
                table.append(
                    [name, "legitimate, no attack"]
                        + figures(of: quiet, offered: pair.demand) + ["—"])
            }
            table.append(
                [name, "legitimate"] + figures(of: pair.legitimate, offered: pair.demand)
                    + [effect.sharing?.deniedShare.map { denied($0) + " denied" } ?? "—"])
            table.append(
                [name, "attacker"]
                    + figures(of: pair.attacker, offered: pair.attacker.attemptsPerSecond)
                    + [rate(effect.sharing?.thiefRate)])
        }
        return table
    }

    /// The same legitimate load behind the same throttle with nobody beside it; nil where that
    /// differs in more: an open load is one client, which has one state where each has its own.
    private func quiet(beside pair: MixedPair) -> CellResult? {
        guard pair.throttle.scope == .global || pair.load.clients == 1 else { return nil }
        var cell = pair.legitimate.cell
        cell.mixed = nil
        return run.cells.first { $0.cell == cell }
    }

    private func figures(of result: CellResult, offered: Double?) -> [String] {
        guard result.verdict.isValid else {
            return [rate(offered), "INVALID"] + Array(repeating: "—", count: 6)
        }
        let (wait, response) = (result.latency[.throttleWait], result.latency[.response])
        return [
            rate(offered), rate(result.rightPerSecond), rate(result.admittedPerSecond),
            denied(result.deniedShare ?? 0), Wording.latency(wait?.p50),
            Wording.latency(wait?.p99), Wording.latency(response?.p50),
            Wording.latency(response?.p99),
        ]
    }

    private func rate(_ perSecond: Double?) -> String {
        perSecond.map { $0.isFinite ? "\(Wording.number($0))/s" : "—" } ?? "—"
    }

    private func denied(_ share: Double) -> String { share > 0 ? Wording.share(share) : "none" }

    private func sentence(of effect: AttackEffect, in group: Group) -> String {
        let pair = effect.pair
        let head = "**\(title(of: pair.throttle, in: group).capitalizedFirst)**"
        guard pair.isValid else { return "\(head): the cell is INVALID, and says nothing." }
        guard pair.throttle != .none else { return "\(head): \(unthrottled(effect))." }
        let quiet = quiet(beside: pair).map {
            "; with no attack at all \(effect.words(of: $0))"
        }
        let alone = quiet ?? effect.demandAlone.map { "; \($0)" } ?? ""
        return "\(head): \(effect.words); \(effect.gain)\(alone)."
    }

    /// A throttle with its manner; with all that tells it apart where that is not enough.
    private func title(of throttle: Policy, in group: Group) -> String {
        func plain(_ policy: Policy) -> String {
            policy.manner.isEmpty ? policy.inWords : "\(policy.inWords), \(policy.manner)"
        }
        let same = group.effects.count { plain($0.pair.throttle) == plain(throttle) }
        return same > 1 ? names[throttle] : plain(throttle)
    }

    /// Without a throttle it is the anchor that they share.
    private func unthrottled(_ effect: AttackEffect) -> String {
        let quiet = quiet(beside: effect.pair)?.latency[.response]?.p50
        guard let response = effect.pair.legitimate.latency[.response]?.p50 else {
            return "the anchor is all that they share; \(effect.gain)"
        }
        let before = quiet.map { ", against \(Wording.latency($0)) with no attack" } ?? ""
        return "the anchor is all that they share: a legitimate call is answered in "
            + "\(Wording.latency(response)) at the median\(before); \(effect.gain)"
    }

    private var formulas: String {
        guard groups.contains(where: { $0.effects.contains { $0.sharing != nil } }) else {
            return ""
        }
        let attempts =
            run.scenario.onDenied == "spin"
            ? "p is what was measured, and whoever does not ask evenly, being in a call or kept "
                + "off the processor, gets less"
            : "a thief who comes back at the instant that a refusal names, as here, is there "
                + "before any other: p is without end"
        return """
            "By the formulas" is what the design expects of a thief who takes all that can be had: \
            r is what the throttle lets through in the measured time, its burst in it, D the \
            legitimate demand. Where callers wait their turn, and the longest queue that can build \
            is through before max-wait, the thief gets r − D, and nobody is denied. Where they are \
            refused, asking p times a second gets the thief \
            r · p / (p + D), and 1 − r / (p + D) of the legitimate calls are denied: \(attempts). \
            With a state for each client neither sees the other. The formulas say nothing where a \
            window is longer than half of the measured time, of a breaker, where nothing bounds \
            the rate, and where some of those who wait may be denied.
            """
    }

    private var lever: String {
        let effects = groups.flatMap(\.effects).filter {
            $0.pair.isValid && $0.pair.throttle != .none
        }
        guard effects.contains(where: \.isLever) else { return "" }
        let isTakenAway = effects.contains {
            $0.pair.throttle.scope == .perClient && $0.isHarmless
        }
        return "A throttle that all callers share is therefore also a lever to deny service: "
            + "whoever may call can use up what the others need."
            + (isTakenAway
                ? " A state for each client takes it away, as long as nobody can come by more "
                    + "identities."
                : "")
    }
}
