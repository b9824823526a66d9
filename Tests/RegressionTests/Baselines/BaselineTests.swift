import Foundation
import Regression
import Results
import Testing
import Units

@Suite("Baselines")
struct BaselineTests {
    private static let conditions: [String: String?] = [
        "cpu_model": "EPYC 7763", "cpu_count": "4", "module_sha256": "aa", "governor": nil,
    ]

    private func run(
        _ conditions: [String: String?] = conditions, cells: [String] = ["a", "b"],
        verdict: Verdict = Verdict()
    ) -> GateRun {
        let gated = cells.enumerated().map { index, key in
            GateCell(
                key: key, isControl: false, verdict: verdict,
                rounds: (1...3).map { number in
                    // Medians of 100 and 400 a second, and of 1 and 4 µs.
                    let scale = index == 0 ? 1.0 : 4.0
                    let spread = Double(number - 2) * 10
                    return GateRound(
                        number: number,
                        values: [
                            .throughput: scale * (100 + spread),
                            .serviceP50: scale * (1_000 + spread),
                        ])
                })
        }
        let control = GateCell(
            key: "c/null-module", isControl: true, verdict: Verdict(),
            rounds: [GateRound(number: 1, values: [.throughput: 1e9])])
        return GateRun(name: "results/x, y", conditions: conditions, cells: gated + [control])
    }

    private func line(
        _ time: String, _ key: String, _ verdict: GateVerdict, isBaseline: Bool
    ) -> HistoryLine {
        HistoryLine(
            run(), time: time, environment: key, label: "a \"b\", c", verdict: verdict,
            isBaseline: isBaseline)
    }

    @Test("an environment's key depends on every condition and cell, and on no order of them")
    func keys() {
        let key = MeasuringEnvironment(run()).key
        #expect(key.wholeMatch(of: #/[0-9a-f]{16}/#) != nil)
        #expect(MeasuringEnvironment(run(cells: ["b", "a"])).key == key)
        var others = [run(cells: ["a"]), run(cells: ["a", "b", "d"])]
        for name in Self.conditions.keys where name != "module_sha256" {
            var changed = Self.conditions
            changed[name] = .some("another")
            others.append(run(changed))
            changed.removeValue(forKey: name)
            others.append(run(changed))
        }
        let keys = others.map { MeasuringEnvironment($0).key }
        #expect(!keys.contains(key))
        // A condition that is not known, and one that is not there, are told apart too.
        #expect(Set(keys).count == keys.count)
    }

    @Test("another module is the same environment, and so is a control that is missing")
    func module() {
        var changed = Self.conditions
        changed["module_sha256"] = "bb"
        var other = run(changed)
        other.cells.removeLast()
        #expect(MeasuringEnvironment(other) == MeasuringEnvironment(run()))
        #expect(MeasuringEnvironment(other).key == MeasuringEnvironment(run()).key)
    }

    @Test("a module's variables begin no new baseline, and that they changed is told")
    func variables() {
        var (old, new, device) = (run(), run(), run())
        old.circumstances = ["environment": "A=1", "token_model": "X"]
        new.circumstances = ["environment": "A=2", "token_model": "X"]
        device.circumstances = ["environment": "A=1", "token_model": "Y"]
        #expect(MeasuringEnvironment(old).key == MeasuringEnvironment(new).key)
        #expect(MeasuringEnvironment(old) == MeasuringEnvironment(new))
        #expect(MeasuringEnvironment(old).differences(from: .init(device)) == ["token_model"])
        let comparison = Comparison(old, new, rule: GateRule())
        #expect(!comparison.evidence.isEmpty && comparison.differences.isEmpty)
        #expect(
            comparison.reasons.contains(
                "What differs too, and is no obstacle: environment ('A=1', 'A=2')."))
    }

    @Test("two environments name in what they differ")
    func differences() {
        var changed = Self.conditions
        changed["cpu_count"] = "8"
        changed["turbo"] = .some(nil)
        changed["module_sha256"] = "bb"
        let (one, other) = (
            MeasuringEnvironment(run()), MeasuringEnvironment(run(changed, cells: ["a"]))
        )
        #expect(one.differences(from: other) == ["cpu_count", "turbo", "cells"])
        #expect(one.differences(from: one).isEmpty)
    }

    @Test("a key is the published FNV-1a of its text, so that it stays")
    func digest() {
        // FNV-1a of "a", of the draft's own vectors, goes on with the byte that ends a text.
        let environment = MeasuringEnvironment(GateRun(name: "", conditions: [:], cells: []))
        #expect(environment.key == "cbf29ce484222325")
        let one = MeasuringEnvironment(run([:], cells: ["a"])).key
        let a: UInt64 = 0xaf63_dc4c_8601_ec8c
        #expect(UInt64(one, radix: 16) == (a ^ 0xFF) &* 0x100_0000_01b3)
    }

    @Test("a history is read back as it was written, whatever names and labels hold")
    func roundTrip() throws {
        var history = History()
        history.append(line("2026-03-01T12:00:00Z", "0123456789abcdef", .pass, isBaseline: true))
        history.append(
            line("2026-03-02T12:00:00Z", "0123456789abcdef-2", .regressed, isBaseline: false))
        let read = try History(parsing: Array(history.text.utf8), named: "h.csv")
        #expect(read == history)
        let found = try #require(read.lines.first)
        #expect(found.cells == 2 && found.moduleSHA256 == "aa")
        #expect(abs((found.throughput ?? 0) - 200) < 1e-9)
        #expect(abs((found.serviceP50 ?? 0) - 2_000) < 1e-9)
    }

    @Test("the newest run that became the baseline of the same environment is chosen")
    func choice() {
        let (own, other) = ("0123456789abcdef", "fedcba9876543210")
        var history = History()
        #expect(history.baseline(of: own) == nil)
        history.append(line("2026-03-01T12:00:00Z", own, .inconclusive, isBaseline: true))
        history.append(line("2026-03-02T12:00:00Z", own, .pass, isBaseline: true))
        history.append(line("2026-03-03T12:00:00Z", own, .regressed, isBaseline: false))
        history.append(line("2026-03-04T12:00:00Z", other, .pass, isBaseline: true))
        #expect(history.baseline(of: own)?.time == "2026-03-02T12:00:00Z")
        #expect(history.baseline(of: other)?.time == "2026-03-04T12:00:00Z")
        #expect(history.baseline(of: "00") == nil)
    }

    @Test(
        "a damaged history is refused with the file and the line",
        arguments: [
            ("2026-03-01T12:00:00Z", "yesterday", "'yesterday' is no time"),
            ("0123456789abcdef,", "../../etc/x,", "is no environment"),
            ("PASS", "FINE", "'FINE' is no verdict"), (",2,", ",-2,", "'-2' is no cells"),
            (",2,", ",", "fields"), ("baselines/0123456789abcdef", "/etc/passwd", "baseline_file"),
            (",200", ",nan", "throughput_per_second"), ("time,", "hour,", "no column 'time'"),
            ("2026-03-01T12:00:00Z", "<<<<<<< HEAD\r\n2026-03-01T12:00:00Z", "fields"),
        ])
    func damage(part: String, replacement: String, fault: String) throws {
        var history = History()
        history.append(line("2026-03-01T12:00:00Z", "0123456789abcdef", .pass, isBaseline: true))
        let text = history.text.replacing("199.99999999999997", with: "200.0")
        let damaged = text.replacing(part, with: replacement)
        #expect(damaged != text)
        let error = #expect(throws: RunError.self) {
            try History(parsing: Array(damaged.utf8), named: "results/history.csv")
        }
        let sentence = "\(try #require(error))"
        #expect(sentence.contains("results/history.csv"))
        #expect(sentence.contains(fault), "\(sentence)")
        #expect(sentence.contains(fault.contains("column '") ? "line 1" : "line 2"), "\(sentence)")
    }

    @Test("a baseline is read back as it was written, what is not known included")
    func data() throws {
        let data = run().baselineData
        #expect(try GateRun(baselineData: data, named: "x") == run())
        #expect(data.count < 2_000)
        let error = #expect(throws: RunError.self) {
            try GateRun(baselineData: data.dropLast(20), named: "baselines/x.json")
        }
        #expect("\(try #require(error))".contains("baselines/x.json"))
    }

    @Test("the first run of an environment is INCONCLUSIVE, and INVALID where it cannot be used")
    func first() {
        let rule = GateRule()
        let first = Comparison(first: run(), rule: rule)
        #expect(first.verdict == .inconclusive)
        #expect(first.reasons.first?.contains("no baseline for this environment yet") == true)
        let broken = run(verdict: Verdict(reasons: ["the clock stood still"]))
        #expect(Comparison(first: broken, rule: rule).verdict == .invalid)
        #expect(Comparison(first: broken, rule: rule).invalid.count == 2)
        #expect(Comparison(first: run(cells: []), rule: rule).verdict == .invalid)
    }

    @Test("only what passed becomes the baseline", arguments: GateVerdict.allCases)
    func accepted(verdict: GateVerdict) {
        var comparison = Comparison(first: run(), rule: GateRule())
        comparison.verdict = verdict
        #expect(comparison.makesBaseline == (verdict == .pass))
    }
}
