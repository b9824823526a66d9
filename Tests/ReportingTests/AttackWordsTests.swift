import Exposure
import Foundation
import Latency
import Reporting
import Results
import Testing
import Throttling
import Units

@Suite("What a report says of an attack")
struct AttackWordsTests {
    private typealias Mixture = FixedRun.Mixture

    private func report(_ run: Run) throws -> String {
        try #require(Report(run).files.first { $0.name == "report.md" }).text
    }

    /// The section on attacks; nil where there is none.
    private func section(_ run: Run) throws -> String? {
        let parts = try report(run).components(
            separatedBy: "\n## What an attack does to the others")
        guard parts.count > 1 else { return nil }
        return parts[1].components(separatedBy: "\n## ").first
    }

    private func section(
        _ throttle: Policy, _ mixture: FixedRun.Mixture, onDenied: String = "spin",
        load: MixedLoad = FixedRun.load
    ) throws -> String {
        let cells = FixedRun.mixed(throttle, mixture, load: load)
        return try #require(try section(AttackedRun.run(cells, onDenied: onDenied)))
    }

    @Test("without a mixed load there is no section, and a sentence says how to get one")
    func absent() throws {
        #expect(try section(FixedRun.whole) == nil)
        #expect(try report(FixedRun.whole).contains("mixed: [{ legitimate:"))
        #expect(!(try report(AttackedRun.whole).contains("mixed: [{ legitimate:")))
    }

    @Test("who is neither denied nor delayed is told so, and no share of nothing is claimed")
    func unaffected() throws {
        let text = try section(AttackedRun.ownState, Mixture(stolen: 600, refused: 19_400))
        #expect(text.contains("nor delays legitimate calls; the thief gets 600/s."))
        #expect(!text.contains(" 0 %") && !text.contains("lever"))
    }

    @Test("waits are told at the median and at p99, denials as a share")
    func delayedAndDenied() throws {
        let delayed = try section(AttackedRun.waiting, Mixture(wait: .milliseconds(12)))
        #expect(
            delayed.contains("legitimate calls are delayed by 12 ms at the median and 12 ms at"))
        #expect(
            !delayed.contains("% of the legitimate calls")
                && delayed.contains("lever to deny service"))
        let denied = try section(
            AttackedRun.denying, Mixture(admitted: 5, stolen: 594, refused: 19_406))
        #expect(denied.contains("97.5 % of the legitimate calls are denied; the thief"))
        let all = try section(AttackedRun.denying, Mixture(admitted: 0, stolen: 594, refused: 9))
        #expect(all.contains("all legitimate calls are denied; the thief"))
        #expect(!all.contains("100 %"))
    }

    @Test("a wait no longer than the call itself is no delay")
    func shortWait() throws {
        let text = try section(AttackedRun.waiting, Mixture(wait: .microseconds(40)))
        #expect(text.contains("the throttle neither denies nor delays legitimate calls"))
    }

    @Test("the delay that every call has is no doing of the attack")
    func ownDelay() throws {
        let text = try section(AttackedRun.delay, Mixture(wait: .milliseconds(5), stolen: 190))
        #expect(
            text.contains("nor delays legitimate calls beyond the delay of 5ms that every call"))
        #expect(!text.contains("lever"))
    }

    @Test("the same load with nobody beside it stands beside the attack, where it was measured")
    func quiet() throws {
        let mixture = Mixture(wait: .milliseconds(12))
        var cells = FixedRun.mixed(AttackedRun.waiting, mixture)
        #expect(!(try #require(try section(AttackedRun.run(cells))).contains("no attack")))
        var alone = cells[0].cell
        alone.mixed = nil
        cells.append(FixedRun.result(alone, perSecond: [200, 200, 200]))
        let text = try #require(try section(AttackedRun.run(cells)))
        #expect(text.contains("| legitimate, no attack |"))
        #expect(text.contains("; with no attack at all the throttle neither denies nor delays"))
    }

    @Test("an open load, one client, is no comparison where each of several has a state of its own")
    func quietPerClient() throws {
        var throttle = AttackedRun.waiting
        throttle.scope = .perClient
        var cells = FixedRun.mixed(throttle, Mixture(wait: .milliseconds(12)))
        var alone = cells[0].cell
        #expect(try #require(alone.mixed).clients > 1)
        alone.mixed = nil
        cells.append(FixedRun.result(alone, perSecond: [200, 200, 200]))
        let text = try #require(try section(AttackedRun.run(cells)))
        #expect(!text.contains("no attack"))
    }

    @Test("an invalid cell says nothing of the attack")
    func invalid() throws {
        let spoiled = Mixture(admitted: 5, verdict: Verdict(reasons: ["wrong plaintext"]))
        let text = try section(AttackedRun.denying, spoiled)
        #expect(text.contains("the cell is INVALID, and says nothing."))
        #expect(!text.contains("97.5 %") && !text.contains("lever"))
    }

    @Test("one is one and several are several")
    func plurals() throws {
        let single = MixedLoad(legitimate: OpenRate(Rate(200), .constant), clients: 1)
        let one = try section(AttackedRun.waiting, Mixture(), load: single)
        #expect(one.contains("200/s (constant, from 1 client) beside 1 attacker\n"))
        let crowd = MixedLoad(legitimate: OpenRate(Rate(200), .poisson), clients: 4, attackers: 3)
        let many = try section(AttackedRun.waiting, Mixture(), load: crowd)
        #expect(many.contains("200/s (poisson, from 4 clients) beside 3 attackers\n"))
    }

    @Test("the formulas stand beside the figures, for the thief who was measured")
    func formulas() throws {
        let mixture = Mixture(admitted: 5, stolen: 594, refused: 19_406)
        let hammering = try section(AttackedRun.denying, mixture)
        // 600 · 20,000 / 20,200, and 1 − 600 / 20,200.
        #expect(hammering.contains(" 594/s |\n") && hammering.contains(" 97 % denied |"))
        #expect(hammering.contains("p is what was measured"))
        let punctual = try section(AttackedRun.denying, mixture, onDenied: "backoff")
        #expect(punctual.contains(" 600/s |\n") && punctual.contains(" all denied |"))
        #expect(punctual.contains("p is without end"))
        let waiting = try section(AttackedRun.waiting, Mixture())
        #expect(waiting.contains(" 400/s |\n") && waiting.contains(" none denied |"))
    }

    @Test("where the formulas say nothing they are not printed")
    func noFormulas() throws {
        let text = try section(AttackedRun.delay, Mixture(wait: .milliseconds(5), stolen: 190))
        #expect(!text.contains("By the formulas\" is"))
    }

    @Test("waiting and denying, one state and many are compared where both were measured")
    func comparisons() throws {
        let text = try #require(try section(AttackedRun.whole))
        #expect(text.contains("**To wait or to deny**, token bucket 500/s, burst 100"))
        #expect(text.contains("**One state for all or one for each client**, token bucket 500/s"))
        #expect(text.contains("A state for each client takes it away"))
        #expect(
            text.contains("**A reserved share**: 200/s kept for the legitimate callers are in the")
                && text.contains("though bursts beyond that would still be refused; the thief"))
        let own = Policy(AttackedRun.bucket, scope: .perClient)
        let both = FixedRun.mixed(own, Mixture()) + FixedRun.mixed(AttackedRun.ownState, Mixture())
        let same = try #require(try section(AttackedRun.run(both)))
        #expect(same.contains("a state for each client: no difference; the throttle neither"))
        let alone = try section(AttackedRun.waiting, Mixture())
        #expect(!alone.contains("To wait or to deny") && !alone.contains("One state for all or"))
    }

    @Test("a thief who shuts the others out is a finding, and a demand over the limit is none")
    func finding() throws {
        let finding = "**A thief shuts the others out**"
        let shut = try report(AttackedRun.whole).components(separatedBy: "\n## ")[0]
        #expect(shut.contains(finding) && shut.contains("97.5 % of the legitimate calls"))
        let innocent = AttackedRun.run(
            FixedRun.mixed(AttackedRun.waiting, Mixture(wait: .milliseconds(12))))
        #expect(!(try report(innocent).contains(finding)))
        // 110 of 200 calls a second is what a window of 110 a second admits of any demand.
        let narrow = Policy(
            .fixedWindow(FixedWindow(limit: RecordCount(110), window: .seconds(1))),
            onLimit: .deny)
        let over = AttackedRun.run(FixedRun.mixed(narrow, Mixture(admitted: 110, stolen: 1)))
        #expect(!(try report(over).contains(finding)))
        let words = "by its limit alone the throttle would deny 45 % of their demand"
        #expect(try report(over).contains(words))
        #expect(!(try report(over).contains("lever to deny service")))
    }

    @Test("who is denied for a short patience is told so, and under which load")
    func impatience() throws {
        let short = Policy(AttackedRun.bucket, onLimit: .wait(atMost: .milliseconds(2)))
        let mixture = Mixture(admitted: 5, stolen: 594, refused: 19_406)
        let one = try report(AttackedRun.run(FixedRun.mixed(short, mixture)))
        #expect(one.contains("and calls that would wait longer than 2ms are refused: an attack"))
        #expect(!one.contains("calls over the limit are refused"))
        #expect(one.contains("one state for all, calls over it wait for at most 2ms"))
        #expect(one.contains("bursts beyond that would still wait; the thief"))
        #expect(!one.contains("beside 1 attacker."))
        let other = MixedLoad(legitimate: OpenRate(Rate(200), .constant))
        let cells =
            FixedRun.mixed(AttackedRun.denying, mixture)
            + FixedRun.mixed(short, mixture, load: other)
        let both = try report(AttackedRun.run(cells))
        #expect(both.contains(" global) at 200/s (poisson, from 4 clients) beside 1 attacker. "))
        #expect(both.contains("Where calls that would wait longer than 2ms are refused, it denied"))
        #expect(both.contains("global) at 200/s (constant, from 4 clients) beside 1 attacker."))
    }

    @Test("of a window that the measured time hardly holds, counts are told and no rate")
    func counts() throws {
        let text = try section(
            AttackedRun.window, Mixture(admitted: 110, stolen: 9_890, refused: 10_110))
        #expect(text.contains("the thief got 29,670 calls in 3 rounds of 1 second"))
        #expect(!text.contains("the thief gets"))
    }

    @Test("each throttle is told where it stands, and whether it can be walked around")
    func places() throws {
        let text = try report(AttackedRun.whole)
        let lines = text.split(separator: "\n").filter { $0.hasPrefix("- ") }
        let host = try #require(lines.first { $0.hasPrefix("- On the application's host (") })
        #expect(host.contains("sliding window 10k per minute") && host.contains("can be bypassed"))
        let hsm = try #require(lines.first { $0.hasPrefix("- In the HSM (") })
        #expect(hsm.contains("at most 2 in flight") && !hsm.contains("bypassed"))
        let service = try #require(lines.first { $0.hasPrefix("- In a service of its own (") })
        #expect(service.contains("(wait, global); ") && service.contains("(deny, per client)"))
    }

    @Test("throttles of the same words are told apart where that makes a difference to a thief")
    func names() throws {
        // One identity is bound alike by one state and by many, and whether it waits or is denied.
        let alike = try report(AttackedRun.whole).components(separatedBy: "\n## ")[0]
        #expect(alike.matches(of: #/Under token bucket 500/#).count == 1)
        #expect(alike.contains("**Under token bucket 500/s, burst 100** they"))
        var run = AttackedRun.whole
        run.scenario.exposure.identities = [10]
        let report = Report(run)
        let texts = report.files.filter { $0.name.hasSuffix(".svg") || $0.name == "report.md" }
            .filter { !$0.name.contains("throughput") && !$0.name.contains("latency") }
            .filter { !$0.name.contains("response") }
        #expect(texts.count == 3)
        for (name, text) in texts {
            // A chart may break a label over two lines.
            let words = text.replacing(#/<[^>]*>\s*/#, with: " ").replacing(#/\s+/#, with: " ")
            for word in ["(global)", "(per client)"] {
                #expect(words.contains(word), "\(name): \(word)")
            }
        }
        // A limit that nothing else shares its words with needs no more.
        let text = try self.report(run)
        #expect(text.contains("**Under sliding window 10k per minute, 10 identities** they"))
    }

    @Test("what the rows of a chart share is in its heading, and what is their own in the row")
    func sharedParts() throws {
        let both = [AttackedRun.waiting, .none].flatMap {
            FixedRun.mixed($0, Mixture(wait: .milliseconds(1)))
        }
        let files = Report(AttackedRun.run(both)).files
        let chart = try #require(files.first { $0.name == "charts/response.svg" }).text
        let texts = chart.matches(of: #/<text [^>]*>([^<]*)</#).map { String($0.1) }
        #expect(
            texts.contains(
                "aes-gcm-256, records of 256 bytes: mixed-200ps-poisson-1, legitimate"),
            "\(texts)")
        #expect(texts.contains("none") && texts.contains("token-bucket-500ps-100"), "\(texts)")
        // A single row has nothing to share.
        let one = Report(AttackedRun.run(Array(both.prefix(2)))).files
        let alone = try #require(one.first { $0.name == "charts/response.svg" }).text
        #expect(alone.contains(">mixed-200ps-poisson-1/token-bucket-500ps-100/legitimate<"))
    }

    @Test("calls that still wait at the end are told")
    func backlog() throws {
        var cells = FixedRun.mixed(AttackedRun.waiting, Mixture(wait: .milliseconds(900)))
        var late = CellResult(cells[0].cell)
        for round in cells[0].rounds {
            var pooled = PooledHistograms()
            pooled[.throttleWait] = LatencyHistogram()
            pooled[.throttleWait]?.record(.milliseconds(900), count: 200)
            late.add(
                Round(
                    number: round.number, order: round.order, verdict: Verdict(), seconds: 1,
                    operations: 8, denied: 0, errors: [:], latency: pooled.figures, admitted: 8,
                    cpuNanosecondsPerOperation: nil,
                    open: OpenCounts(scheduled: 200, backlog: 192)), pooled: pooled)
        }
        cells[0] = late
        let text = try #require(try section(AttackedRun.run(cells)))
        #expect(
            text.contains("900 ms at the median, and 96 % of them still wait at the end"))
    }

    @Test("the cost of a decision stands in the table of throttles")
    func decisionCost() throws {
        let text = try report(AttackedRun.whole)
        #expect(text.contains("a decision takes") && text.contains(" 52.4 ns |"))
    }

    @Test("a throttle that is only bounded is marked, with one footnote")
    func bounds() throws {
        let text = try report(AttackedRun.whole)
        #expect(text.matches(of: #/‡ at least so long/#).count == 1)
        #expect(!(try report(FixedRun.whole).contains("‡")))
    }
}
