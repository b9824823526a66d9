import Results
import Testing
import Units

@testable import Experiment

@Suite("A throttle that is none, or an absurd one, is refused where it stands")
struct PolicyRefusalTests {
    @Test(
        "a value out of its bounds is named with its key and the reason",
        arguments: [
            ("token-bucket: { rate: 0/s }", "token-bucket.rate'", "'0/s'"),
            ("token-bucket: { rate: -5/s }", "token-bucket.rate'", "'-5/s'"),
            ("token-bucket: { rate: inf/s }", "token-bucket.rate'", "'inf/s'"),
            ("token-bucket: { rate: 11M/s }", "token-bucket.rate'", "'11M/s'"),
            ("token-bucket: { rate: 1G/s }", "token-bucket.rate'", "'1G/s'"),
            ("token-bucket: { rate: 5/s, burst: 0 }", "token-bucket.burst'", "'0'"),
            ("token-bucket: { rate: 5/s, burst: 0.5 }", "token-bucket.burst'", "'0.5'"),
            ("token-bucket: { rate: 5/s, burst: -1 }", "token-bucket.burst'", "'-1'"),
            ("token-bucket: { rate: 5/s, burst: 2G }", "token-bucket.burst'", "'2G'"),
            ("fixed-window: { limit: 0, window: 1m }", "fixed-window.limit'", "'0'"),
            ("fixed-window: { limit: 2T, window: 1m }", "fixed-window.limit'", "'2T'"),
            ("fixed-window: { limit: 5, window: 999us }", "fixed-window.window'", "'999us'"),
            ("fixed-window: { limit: 5, window: -1s }", "fixed-window.window'", "'-1s'"),
            ("sliding-window: { limit: 0, window: 1m }", "sliding-window.limit'", "'0'"),
            ("sliding-window: { limit: 1G, window: 1m }", "sliding-window.limit'", "'1G'"),
            ("sliding-window: { limit: 5, window: 0s }", "sliding-window.window'", "'0s'"),
            ("budget: { quota: 0, period: day }", "budget.quota'", "'0'"),
            ("budget: { quota: 2P, period: day }", "budget.quota'", "'2P'"),
            ("budget: { quota: 5, period: month }", "budget.period'", "'month'"),
            ("concurrency: 0", "concurrency'", "'0'"), ("concurrency: -1", "concurrency'", "'-1'"),
            ("concurrency: 1M", "concurrency'", "'1M'"),
            ("delay: 0s", "delay'", "'0s'"), ("delay: 2d", "delay'", "'2d'"),
            ("delay: 5", "delay'", "'5'"),
            (
                "tarpit: { free: 1G, first: 1s, growth: 2, longest: 2s, window: 1m }",
                "tarpit.free'", "'1G'"
            ),
            (
                "tarpit: { free: 1, first: 0s, growth: 2, longest: 2s, window: 1m }",
                "tarpit.first'", "'0s'"
            ),
            (
                "tarpit: { free: 1, first: 1s, growth: 0.9, longest: 2s, window: 1m }",
                "tarpit.growth'", "'0.9'"
            ),
            (
                "tarpit: { free: 1, first: 1s, growth: inf, longest: 2s, window: 1m }",
                "tarpit.growth'", "'inf'"
            ),
            (
                "tarpit: { free: 1, first: 1s, growth: nan, longest: 2s, window: 1m }",
                "tarpit.growth'", "'nan'"
            ),
            (
                "tarpit: { free: 1, first: 1ms, growth: 1.0000001, longest: 1s, window: 1m }",
                "tarpit.growth'", "'1.0000001'"
            ),
            (
                "tarpit: { free: 1, first: 2s, growth: 2, longest: 1s, window: 1m }",
                "tarpit.longest'", "'1s'"
            ),
            (
                "tarpit: { free: 1, first: 1s, growth: 2, longest: 2s, window: 10us }",
                "tarpit.window'", "'10us'"
            ),
            (
                "breaker: { threshold: 0, window: 1m, lockout: 1m }", "breaker.threshold'", "'0'"
            ),
            (
                "breaker: { threshold: 1G, window: 1m, lockout: 1m }", "breaker.threshold'", "'1G'"
            ),
            (
                "breaker: { threshold: 5, window: 0.5ms, lockout: 1m }", "breaker.window'",
                "'500us'"
            ),
            (
                "breaker: { threshold: 5, window: 1m, lockout: 0s }", "breaker.lockout'", "'0s'"
            ),
            (
                "breaker: { threshold: 5, window: 1m, lockout: 900us }", "breaker.lockout'",
                "'900us'"
            ),
            ("all: []", "throttles.all'", "'[]' limits nothing"),
            ("all: [none]", "throttles.all'", "'none' limits nothing"),
            ("all: [tarpit]", "throttles.all'", "'tarpit' needs its settings"),
            ("all: { delay: 1s }", "throttles.all'", "must be a list of limits"),
            ("all: [{ delay: 1s }], scope: everyone", "scope'", "'everyone'"),
            ("all: [{ all: [{ delay: 1s }] }]", "throttles.all'", "stands within 'all'"),
            ("all: [{ delay: 1s }, { delay: 2s }]", "'delay'", "stands twice"),
            ("all: [{ concurrency: 1 }, { concurrency: 2 }]", "'concurrency'", "stands twice"),
            ("all: [{ concurrency: 1, delay: 1s }]", "throttles.all'", "exactly one limit"),
            ("all: [{ concurrency: 0 }]", "concurrency'", "'0'"),
            ("all: [{ token-bucket: { rate: 0/s } }]", "token-bucket.rate'", "'0/s'"),
            ("all: [{ delay: 1s, scope: global }]", "'scope'", "is unknown"),
            ("delay: 1s, charge: { bytes: 0 }", "charge.bytes'", "'0B'"),
            ("delay: 1s, charge: { bytes: -1 }", "charge.bytes'", "'-1'"),
            ("delay: 1s, charge: { byte: 256 }", "'byte'", "did you mean 'bytes'?"),
            ("delay: 1s, charge: bytes", "charge'", "'bytes'"),
        ])
    func values(_ text: String, _ key: String, _ value: String) throws {
        let sentence = try #require(complaint(about: "\nthrottles: [{ \(text) }]"))
        #expect(sentence.hasPrefix("s.yaml, line 2: "), "\(sentence)")
        #expect(sentence.contains(key) && sentence.contains(value), "\(sentence)")
        #expect(!sentence.contains("\n"), "\(sentence)")
    }

    @Test(
        "a limit that lacks a value is told which",
        arguments: [
            ("token-bucket: { burst: 5 }", "'throttles.token-bucket' needs a 'rate'"),
            ("sliding-window: { limit: 5 }", "'throttles.sliding-window' needs a 'window'"),
            ("sliding-window: { window: 5s }", "'throttles.sliding-window' needs a 'limit'"),
            ("budget: { quota: 5 }", "'throttles.budget' needs a 'period'"),
            (
                "breaker: { threshold: 5, window: 1m }", "'throttles.breaker' needs a 'lockout'"
            ),
            (
                "tarpit: { free: 1, first: 1s, longest: 2s, window: 1m }",
                "'throttles.tarpit' needs a 'growth'"
            ),
            ("breaker: {}", "'throttles.breaker' needs a 'threshold'"),
            ("charge: operation", "exactly one of token-bucket, fixed-window, sliding-window"),
        ])
    func lacking(_ text: String, _ words: String) throws {
        let sentence = try #require(complaint(about: "throttles: [{ \(text) }]"))
        #expect(sentence.hasPrefix("s.yaml, line 1: ") && sentence.contains(words), "\(sentence)")
    }

    @Test("a name alone is no throttle")
    func nameAlone() throws {
        let sentence = try #require(complaint(about: "throttles: [tarpit]"))
        #expect(
            sentence == "s.yaml, line 1: 'throttles': 'tarpit' needs its settings, as in a mapping")
    }

    @Test(
        "a throttle that could never admit is refused with the record, the charge and the remedy",
        arguments: [
            (
                "token-bucket: { rate: 5/s }, charge: { bytes: 256 }",
                "'token-bucket-5ps-1-per-256B'",
                "a record of 256B with aes-gcm: it charges 2 units for its 272 bytes",
                "'burst' to 2"
            ),
            (
                "fixed-window: { limit: 16, window: 1m }, charge: { bytes: 16 }",
                "'fixed-window-16-1m-per-16B'", "it charges 17 units", "'limit' to 17"
            ),
            (
                "breaker: { threshold: 4, window: 1m, lockout: 1m }, charge: { bytes: 64 }",
                "'breaker-4-1m-1m-per-64B'", "it charges 5 units", "'threshold' to 5"
            ),
            (
                "budget: { quota: 1, period: day }, charge: { bytes: 100 }",
                "'budget-1-1d-per-100B-per-client'", "it charges 3 units", "'quota' to 3"
            ),
            (
                """
                all: [{ token-bucket: { rate: 5/s, burst: 9 } },
                {sliding-window: { limit: 1, window: 1m } }], charge: { bytes: 256 }
                """, "'token-bucket-5ps-9+sliding-window-1-1m-per-256B'", "it charges 2 units",
                "'limit' to 2"
            ),
        ])
    func neverAdmits(
        _ text: String, _ name: String, _ charge: String, _ remedy: String
    ) throws {
        let anchor = "anchor: { mechanism: aes-gcm }\n"
        let sentence = try #require(complaint(about: "\(anchor)throttles: [none, { \(text) }]"))
        #expect(sentence.hasPrefix("s.yaml, line 2: the throttle \(name) "), "\(sentence)")
        #expect(sentence.contains(charge) && sentence.contains(remedy), "\(sentence)")
    }

    @Test("a charge by bytes is refused for the record that is too large, not for the others")
    func largestRecord() throws {
        let throttle =
            "throttles: [{ token-bucket: { rate: 5/s, burst: 9 }, charge: { bytes: 256 } }]"
        let anchor = "anchor: { mechanism: aes-ctr }"
        #expect(complaint(about: "record-bytes: [256, 2KiB]\n\(anchor)\n\(throttle)") == nil)
        let sentence = try #require(
            complaint(about: "record-bytes: [256, 4KiB]\n\(anchor)\n\(throttle)"))
        #expect(sentence.contains("a record of 4KiB with aes-ctr: it charges 16 units"))
    }

    @Test("a tarpit that lets nobody in without a wait that nobody may have is refused")
    func endlessTarpit() throws {
        let pit = "tarpit: { free: 0, first: 5s, growth: 2, longest: 9s, window: 1m }"
        let denied = try #require(complaint(about: "throttles: [{ \(pit), on-limit: deny }]"))
        #expect(denied.contains("'free': '0'") && denied.contains("deny"), "\(denied)")
        let short = try #require(complaint(about: "throttles: [{ \(pit), max-wait: 4s }]"))
        #expect(short.contains("'first': '5s' is longer than 'max-wait' (4s)"), "\(short)")
        #expect(complaint(about: "throttles: [{ \(pit), max-wait: 5s }]") == nil)
    }

    @Test("states that would fill the memory are refused with how much they would keep")
    func memory() throws {
        let text = """
            load: { mixed: [{ legitimate: { rate: 5/s, clients: 9 } }] }
            throttles: [{ sliding-window: { limit: 5M, window: 1d }, scope: SCOPE }]
            """
        let perClient = try #require(
            complaint(about: text.replacing("SCOPE", with: "per-client")))
        #expect(perClient.hasPrefix("s.yaml, line 2: "), "\(perClient)")
        #expect(perClient.contains("5000000 admissions of each of 10 client"), "\(perClient)")
        #expect(complaint(about: text.replacing("SCOPE", with: "global")) == nil)
    }

    @Test(
        "a mixed load that cannot be offered is refused with its place",
        arguments: [
            ("[{ attackers: 1 }]", "'load.mixed': a mixed load needs a 'legitimate' stream"),
            ("[{ legitimate: {} }]", "'load.mixed.legitimate': a legitimate stream needs a rate"),
            ("[{ legitimate: { rate: 0/s } }]", "'load.mixed.legitimate.rate': '0/s'"),
            ("[{ legitimate: { rate: 20M/s } }]", "'20M/s' must be at most 10M/s"),
            ("[{ legitimate: { rate: 5/s }, attackers: 0 }]", "'load.mixed.attackers': '0'"),
            ("[{ legitimate: { rate: 5/s, clients: 0 } }]", "'load.mixed.legitimate.clients': '0'"),
            (
                "[{ legitimate: { rate: 5/s, callers: 2000 } }]",
                "'load.mixed.legitimate.callers': '2000'"
            ),
            ("[{ legitimate: { rate: 5/s, client: 2 } }]", "did you mean 'clients'?"),
            (
                "[{ legitimate: { rate: 5/s } }, { legitimate: { rate: 5/s }, attackers: 1 }]",
                "'load.mixed' lists the same value twice"
            ),
        ])
    func mixed(_ text: String, _ words: String) throws {
        let sentence = try #require(complaint(about: "load: { mixed: \(text) }"))
        #expect(sentence.hasPrefix("s.yaml, line 1: ") && sentence.contains(words), "\(sentence)")
    }
}
