import Testing

@testable import Experiment

@Suite("A scenario that cannot be run is refused in one sentence")
struct RefusalTests {
    @Test(
        "an unknown key is named with its line and the nearest known key",
        arguments: [
            ("\n\nround: 3", "line 3", "round", "rounds"),
            ("anchor:\n  mechanisms: aes-gcm", "line 2", "mechanisms", "mechanism"),
            ("load: { close: 1 }", "line 1", "close", "closed"),
            ("exposure:\n  callers: 2\n  dataset: 1k", "line 3", "dataset", "datasets"),
            ("throttles:\n  - token-buckt: { rate: 1/s }", "line 2", "token-buckt", "token-bucket"),
            (
                "throttles:\n  - token-bucket: { rat: 1/s }", "line 2", "rat",
                "rate"
            ),
            (
                "limits: { abort-after-error: 2 }", "line 1", "abort-after-error",
                "abort-after-errors"
            ),
            ("anchor: { mechanism: aes-gmc }", "line 1", "aes-gmc", "aes-gcm"),
        ])
    func unknownKeys(_ text: String, _ line: String, _ word: String, _ nearest: String) throws {
        let sentence = try #require(complaint(about: text))
        #expect(sentence.contains("s.yaml, \(line): "), "\(sentence)")
        #expect(
            sentence.contains("'\(word)' is unknown; did you mean '\(nearest)'?"), "\(sentence)")
    }

    @Test("a key that resembles none is answered with all that are known")
    func unlikeAnyKey() throws {
        let sentence = try #require(complaint(about: "xylophone: 1"))
        #expect(sentence.contains("'xylophone' is unknown; known: name, anchor"), "\(sentence)")
    }

    @Test(
        "what a later version brings is refused by its name",
        arguments: [
            ("anchor: { oaep-hash: sha256 }", "sha256"),
            ("anchor: { oaep-hash: sha512 }", "sha512"),
        ])
    func later(_ text: String, _ word: String) throws {
        let sentence = try #require(complaint(about: text))
        #expect(sentence.contains("'\(word)' is not available in this version yet"), "\(sentence)")
    }

    @Test(
        "a bad value is named with its key and what was given",
        arguments: [
            ("rounds: 0", "rounds", "'0'"), ("rounds: 1001", "rounds", "'1001'"),
            ("rounds: many", "rounds", "'many'"), ("duration: 5", "duration", "'5'"),
            ("duration: 9ms", "duration", "'9ms'"), ("duration: -1s", "duration", "'-1s'"),
            ("warm-up: 2h", "warm-up", "'2h'"), ("name: a/b", "name", "'a/b'"),
            ("name: .hidden", "name", "'.hidden'"), ("record-bytes: 0", "record-bytes", "'0B'"),
            ("record-bytes: 17MiB", "record-bytes", "'17MiB'"),
            ("load: { closed: [0] }", "load.closed", "'0'"),
            ("load: { processes: 65 }", "load.processes", "'65'"),
            ("limits: { abort-after-errors: 0 }", "limits.abort-after-errors", "'0'"),
            ("anchor: { key-bits: { aes-gcm: 100 } }", "anchor.key-bits.aes-gcm", "'100'"),
            ("anchor: { key: hardware }", "anchor.key", "'hardware'"),
            ("anchor: { session: rw }", "anchor.session", "'rw'"),
            ("throttles-at: most", "throttles-at", "'most'"),
            ("on-denied: cry", "on-denied", "'cry'"),
            ("throttles: [{ token-bucket: { rate: 0/s } }]", "rate", "'0/s'"),
            ("throttles: [{ token-bucket: { rate: 11M/s } }]", "rate", "'11M/s'"),
            ("throttles: [{ token-bucket: { rate: 5/s, burst: 0 } }]", "burst", "'0'"),
            ("throttles: [{ token-bucket: { rate: 5/s, burst: 2G } }]", "burst", "'2G'"),
            ("throttles: [{ fixed-window: { limit: 0, window: 1m } }]", "limit", "'0'"),
            ("throttles: [{ fixed-window: { limit: 5, window: 999us } }]", "window", "'999us'"),
            ("throttles: [{ fixed-window: { limit: 5, window: 0s } }]", "window", "'0s'"),
            (
                "throttles: [{ token-bucket: { rate: 5/s }, max-wait: 0s }]", "max-wait", "'0s'"
            ),
            ("throttles: [{ token-bucket: { rate: 5/s }, scope: all }]", "scope", "'all'"),
            ("throttles: [{ token-bucket: { rate: 5/s }, enforced: no }]", "enforced", "'no'"),
            ("throttles: [{ token-bucket: { rate: 5/s }, on-limit: cry }]", "on-limit", "'cry'"),
            ("exposure: { datasets: [0] }", "exposure.datasets", "0 records"),
            ("exposure: { windows: [0s] }", "exposure.windows", "'0s'"),
            ("exposure: { identities: [0] }", "exposure.identities", "'0'"),
            ("exposure: { callers: 0 }", "exposure.callers", "'0'"),
            (
                "exposure: { records-per-operation: 0 }", "exposure.records-per-operation", "'0'"
            ),
        ])
    func badValues(_ text: String, _ key: String, _ value: String) throws {
        let sentence = try #require(complaint(about: text))
        #expect(sentence.hasPrefix("s.yaml, line 1: "), "\(sentence)")
        #expect(sentence.contains("\(key)'"), "\(sentence)")
        #expect(sentence.contains(value), "\(sentence)")
        #expect(!sentence.contains("\n"), "\(sentence)")
    }

    @Test(
        "the same value twice is refused by its key",
        arguments: [
            ("load: { closed: [1, 2, 1] }", "load.closed"),
            ("load: { processes: [2, 2] }", "load.processes"),
            ("record-bytes: [1KiB, 1024B]", "record-bytes"),
            ("anchor: { mechanism: [aes-gcm, aes-gcm] }", "anchor.mechanism"),
            ("exposure: { datasets: [1M, 1000k] }", "exposure.datasets"),
            ("exposure: { windows: [60s, 1m] }", "exposure.windows"),
            ("exposure: { attackers: [sprint, sprint] }", "exposure.attackers"),
        ])
    func duplicates(_ text: String, _ key: String) throws {
        let sentence = try #require(complaint(about: text))
        #expect(sentence == "s.yaml, line 1: '\(key)' lists the same value twice")
    }

    @Test(
        "a throttle with no limit, with two, or with settings that contradict is refused",
        arguments: [
            ("throttles: [{ on-limit: deny }]", "exactly one of"),
            (
                "throttles: [{ token-bucket: { rate: 5/s }, fixed-window: { limit: 1 } }]",
                "exactly one of"
            ),
            ("throttles: [{ token-bucket: { burst: 5 } }]", "needs a 'rate'"),
            ("throttles: [{ fixed-window: { limit: 5 } }]", "needs a 'window'"),
            (
                "throttles: [{ token-bucket: { rate: 5/s }, on-limit: deny, max-wait: 1s }]",
                "'max-wait' has no meaning"
            ),
            ("throttles: [{ none: { limit: 5, window: 1m } }]", "'none' is unknown"),
        ])
    func throttles(_ text: String, _ words: String) throws {
        let sentence = try #require(complaint(about: text))
        #expect(sentence.hasPrefix("s.yaml, line 1: ") && sentence.contains(words), "\(sentence)")
    }

    @Test(
        "what is no YAML, no mapping or an empty list is refused with its place",
        arguments: [
            ("a: [1", "s.yaml is no YAML"), ("- 1\n- 2", "the scenario must be a mapping"),
            ("just words", "the scenario must be a mapping"), ("throttles: []", "'throttles'"),
            ("load: 5", "'load' must be a mapping"), ("name: [a]", "'name' must be a single value"),
            ("rounds: 3\nrounds: 4", "rounds"),
        ])
    func shape(_ text: String, _ words: String) throws {
        let sentence = try #require(complaint(about: text))
        #expect(sentence.contains(words) && !sentence.contains("\n"), "\(sentence)")
    }

    @Test("a scenario in which nothing would run is refused")
    func nothingToRun() throws {
        let sentence = try #require(complaint(about: "load: { closed: [1, 2], processes: [4] }"))
        #expect(sentence.contains("no load has as many callers as processes"), "\(sentence)")
        let empty = try #require(complaint(about: "load: { closed: [] }"))
        #expect(empty.contains("nothing would run"), "\(empty)")
    }

    @Test(
        "an open load that cannot be offered is refused with its place",
        arguments: [
            ("[{ arrivals: poisson }]", "'load.open': an open load needs a rate"),
            ("[{ rate: 0/s }]", "'load.open.rate': '0/s'"),
            ("[{ rate: 20M/s }]", "'20M/s' must be at most 10M/s"),
            ("[{ rate: 5/s, arrivals: random }]", "'random' is unknown; known: constant, poisson"),
            ("[{ rate: 5/s, caller: 3 }]", "'caller' is unknown; did you mean 'callers'?"),
            ("[{ rate: 5/s }, { rate: 5/s }]", "'load.open' lists the same value twice"),
        ])
    func openLoads(_ text: String, _ words: String) throws {
        let sentence = try #require(complaint(about: "load: { open: \(text) }"))
        #expect(sentence.hasPrefix("s.yaml, line 1: ") && sentence.contains(words), "\(sentence)")
    }
}
