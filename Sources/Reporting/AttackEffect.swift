import Exposure
import Latency
import Results
import Throttling
import Units

/// What an attack did to the legitimate calls behind one throttle, and what it got.
struct AttackEffect {
    /// Both classes as measured.
    let pair: MixedPair
    /// What the sharing formulas say; nil where they say nothing of this throttle.
    let sharing: Sharing?

    /// Waits that are no matter: a throttle that decides takes some time itself.
    private static let leastDelay_ns: Int64 = 100_000
    /// A share of denied or waiting calls that is no accident.
    private static let noticedShare = 0.01

    init(_ pair: MixedPair, in run: Run) {
        self.pair = pair
        sharing = Sharing(of: pair, attempts: run.attempts(of: pair.attacker))
    }

    private var throttle: Policy { pair.throttle }

    /// The share of the legitimate calls that were denied.
    var deniedShare: Double { pair.legitimate.deniedShare ?? 0 }

    /// Whether legitimate calls were neither denied nor noticeably delayed.
    var isHarmless: Bool { deniedShare == 0 && delay(of: pair.legitimate) == nil }

    /// Whether the throttle has one state that every caller's calls count in.
    var isShared: Bool {
        throttle.scope == .global && throttle.limit.isShareable
    }

    /// Whether a thief shut legitimate callers out who would have been admitted without him.
    var isShutOut: Bool {
        pair.isValid && isShared && deniedShare - excess > Self.noticedShare
    }

    /// Whether the thief used the throttle against those who share it: not where their demand alone
    /// would have met the limit.
    var isLever: Bool { isShared && !isHarmless && (demandAlone == nil || isShutOut) }

    /// `97.5 % of the legitimate calls are denied`.
    var words: String { words(of: pair.legitimate) }

    /// The same of the legitimate calls alone, as they fared with nobody beside them.
    func words(of legitimate: CellResult) -> String {
        let share = legitimate.deniedShare ?? 0
        let denied = Wording.share(share)
        switch (delay(of: legitimate), share > 0) {
        case (nil, false):
            return "the throttle neither denies nor delays legitimate calls" + beyond
        case (nil, true) where share >= 1: return "all legitimate calls are denied"
        case (nil, true): return "\(denied) of the legitimate calls are denied"
        case (let delay?, false): return "legitimate calls are \(delay)" + waiting(of: legitimate)
        case (let delay?, true):
            return "legitimate calls are \(delay), and \(denied) of them are denied"
        }
    }

    /// The part of the calls due that no longer got through; empty where it is small.
    private func waiting(of legitimate: CellResult) -> String {
        guard let open = legitimate.open, open.scheduled > 0 else { return "" }
        let share = Double(open.backlog) / Double(open.scheduled)
        guard share > Self.noticedShare else { return "" }
        return ", and \(Wording.share(share)) of them still wait at the end"
    }

    /// What every call has to bear, thief or not.
    private var beyond: String {
        let delay = throttle.limit.delay
        return delay > .zero ? " beyond the delay of \(delay) that every call has" : ""
    }

    /// `the thief gets 300/s`; counts alone where the measured time is too short for the throttle's
    /// rate to show in it.
    var gain: String {
        if let time = pair.attacker.meanSeconds, !throttle.limit.isSteady(within: time) {
            return count(within: time)
        }
        guard let rate = pair.attacker.admittedPerSecond else {
            return "the thief's part is unknown"
        }
        return rate > 0 ? "the thief gets \(Wording.number(rate))/s" : "the thief gets nothing"
    }

    /// `the thief got 20 calls in 100 ms`.
    private func count(within time: Seconds) -> String {
        let rounds = pair.attacker.usable
        let calls = rounds.reduce(0) { $0 + $1.admitted }
        guard calls > 0 else { return "the thief got nothing" }
        return "the thief got \(Significant.grouped(calls)) \(calls == 1 ? "call" : "calls") in "
            + (rounds.count > 1 ? "\(rounds.count) rounds of " : "") + time.inWords
    }

    /// What the throttle's limit comes to for their demand with no thief about, which is reckoned
    /// and not measured; nil where it is no matter.
    var demandAlone: String? {
        guard excess > 0 else { return nil }
        return "by its limit alone the throttle would "
            + (throttle.onLimit == .deny
                ? "deny \(Wording.share(excess)) of their demand"
                : "not let \(Wording.share(excess)) of their demand through")
    }

    /// The share of the legitimate demand over what the throttle can admit in the measured time.
    private var excess: Double {
        guard let time = pair.legitimate.meanSeconds else { return 0 }
        let most = throttle.envelopeFromEpoch(
            units: pair.legitimate.cell.units, identities: pair.load.clients
        ).admissions(within: time)
        return max(0, 1 - most / (pair.demand * time.value))
    }

    /// How long the throttle holds calls up, its own delay in it; nil where that delay is all, or
    /// what comes to it is no more than the call itself takes.
    private func delay(of legitimate: CellResult) -> String? {
        guard throttle.limit.isShareable, let wait = legitimate.latency[.throttleWait] else {
            return nil
        }
        let least =
            max(Self.leastDelay_ns, legitimate.service.p50 ?? 0) + throttle.limit.delay.count
        let typical = wait.p50.flatMap { $0 > least ? Wording.latency($0) : nil }
        let seldom = wait.p99.flatMap { $0 > least ? Wording.latency($0) : nil }
        return switch (typical, seldom) {
        case (let typical?, let seldom?): "delayed by \(typical) at the median and \(seldom) at p99"
        case (let typical?, nil): "delayed by \(typical) at the median"
        case (nil, let seldom?): "delayed by \(seldom) at p99, and hardly at the median"
        case (nil, nil): nil
        }
    }
}

extension MixedLoad {
    /// `200/s (poisson, from 4 clients) beside 1 attacker`.
    var inWords: String {
        let clients = clients == 1 ? "1 client" : "\(clients) clients"
        let attackers = attackers == 1 ? "1 attacker" : "\(attackers) attackers"
        return "\(legitimate.rate) (\(legitimate.arrivals.rawValue), from \(clients)) beside "
            + attackers
    }
}

extension Policy {
    /// `one state for all, calls over it are refused`: what decides who is hit; empty where nothing
    /// is shared or refused.
    var manner: String {
        guard limit.isShareable else { return "" }
        return "\(stateInWords), calls over it \(onLimit.inWords)"
    }

    /// `one state for all`.
    var stateInWords: String {
        scope == .global ? "one state for all" : "a state for each client"
    }
}

extension OnLimit {
    /// What calls over the limit do: `are refused`, `wait`, `wait for at most 2ms`.
    var inWords: String {
        switch self {
        case .deny: "are refused"
        case .usual: "wait"
        case .wait(let longest): "wait for at most \(longest)"
        }
    }

    /// Which calls are refused.
    var refusal: String {
        switch self {
        case .deny: "calls over the limit are refused"
        case .wait(let longest): "calls that would wait longer than \(longest) are refused"
        }
    }
}

extension Limit {
    /// Whether one call can hold up another: a delay alone has no state for that.
    fileprivate var isShareable: Bool {
        members.contains { if case .delay = $0 { false } else { true } }
    }
}
