import Results
import Testing
import Throttling
import Units

@testable import Reporting

@Suite("In what runs are not comparable")
struct AnchorWarningTests {
    /// The warnings of the usual anchor beside one that is changed.
    private func warnings(
        _ change: (inout FixedAnchors.Device) -> Void = { _ in },
        then changeRun: (inout Run) -> Void = { _ in }
    ) -> AnchorWarnings {
        var device = FixedAnchors.stored
        change(&device)
        var run = device.run
        changeRun(&run)
        return AnchorWarnings(
            AnchorComparison([
                MeasuredAnchor(name: "old", run: FixedAnchors.stored.run),
                MeasuredAnchor(name: "new", run: run),
            ]))
    }

    @Test("runs that differ in their anchor alone need no warning")
    func nothing() {
        #expect(warnings().sentences.isEmpty && warnings().remark == nil)
        let other = warnings {
            $0.module = "other"
            $0.tokenModel = "another"
            $0.key = .session
        }
        #expect(other.sentences.isEmpty, "\(other.sentences)")
        let all = AnchorWarnings(
            AnchorComparison(
                FixedAnchors.all.map { MeasuredAnchor(name: $0.name, run: $0.run) }))
        #expect(all.sentences.isEmpty, "\(all.sentences)")
    }

    @Test("other machines, versions and manners of measuring are told with who has which")
    func conditions() throws {
        let machine = warnings(
            { $0.cpu = "Another *CPU*" }, then: { $0.provenance.host["cpu_count"] = .value("64") })
        #expect(machine.sentences.count == 1)
        let sentence = try #require(machine.sentences.first)
        #expect(sentence.hasPrefix("**The runs are from unlike machines**: "))
        #expect(sentence.contains("cpu model: AMD EPYC for `old`, Another \\*CPU\\* for `new`"))
        #expect(sentence.contains("cpu count: 2 for `old`, 64 for `new`"))
        let version = warnings({ $0.commit = "0123456789abcdef" }).sentences
        #expect(
            version == [
                "**The runs are by unlike builds of anchorbench**: commit: e5741eef0b19 for `old`, "
                    + "0123456789ab for `new`."
            ])
        let manner = warnings(
            { ($0.duration, $0.rounds) = (.milliseconds(100), 9) },
            then: { $0.scenario.exposure.callers = 64 }
        ).sentences
        #expect(
            manner == [
                "**The runs were measured in unlike ways**: duration: 1s for `old`, 100ms for "
                    + "`new`; rounds: 4 for `old`, 9 for `new`; callers of a thief: 16 for `old`, "
                    + "64 for `new`."
            ])
    }

    @Test("a kernel or a library of another version is a remark at the end")
    func remark() {
        let warnings = warnings(then: { $0.provenance.host["kernel"] = .value("6.18") })
        #expect(warnings.sentences.isEmpty)
        #expect(
            warnings.remark
                == "What differs too, and is no obstacle: kernel: not known for `old`, 6.18 for "
                + "`new`.")
    }

    @Test("a partial run and a rate that was capped are told of each run")
    func cut() {
        let partial = warnings({ $0.partial = "it was interrupted" }).sentences
        #expect(partial == ["**`new` is a partial run**: it was interrupted."])
        let capped = warnings(then: { $0.scenario.limits.maxRate = Rate(200) }).sentences
        #expect(capped.count == 1)
        #expect(capped[0].hasPrefix("**`new` was measured at no more than 200/s**"))
    }

    @Test("records of another size make another subject, and that is told")
    func sizes() {
        let sentences = warnings(then: { run in
            run.cells = run.cells.map { result in
                var cell = result.cell
                cell.recordBytes = 1_024
                var other = CellResult(cell)
                for round in result.rounds { other.add(round, pooled: PooledHistograms()) }
                return other
            }
        }).sentences
        #expect(
            sentences == [
                "**Keys or records are of unlike sizes**: decrypt by aes-gcm: aes-gcm-256/256B for "
                    + "`old`, aes-gcm-256/1KiB for `new`. Only the same are ranked."
            ])
    }

    @Test("an anchor that was tried under other loads is told of")
    func loads() {
        let sentences = warnings({ $0.cells.remove(at: 1) }).sentences
        #expect(sentences.count == 1)
        #expect(
            sentences[0].hasPrefix(
                "**The loads are unlike**: aes-gcm-256/256B: closed-1 closed-4 closed-4x2 for "
                    + "`old`, closed-1 closed-4x2 for `new`."), "\(sentences)")
    }

    @Test("a baseline that moved shows a machine that was not equally fast")
    func baselines() {
        let moved = warnings {
            $0.cells[3] = FixedAnchors.baseline(rates: [400_000, 400_000, 400_000, 400_000])
        }.sentences
        #expect(moved.count == 1)
        #expect(
            moved[0].contains("went at 800,000/s beside `old` and 400,000/s beside `new`"),
            "\(moved)")
        let drifted = warnings {
            $0.cells[3] = FixedAnchors.baseline(rates: [700_000, 700_000, 700_000, 700_000])
        }
        #expect(drifted.sentences.isEmpty, "\(drifted.sentences)")
    }

    @Test("an INVALID load of an anchor that is ranked by others is told with its reason")
    func invalid() throws {
        let warnings = warnings {
            $0.cells[1] = FixedAnchors.cell(
                4, rates: [7_000, 7_000], verdict: Verdict(reasons: ["wrong plaintext"]))
        }
        #expect(
            warnings.sentences == [
                "**1 of 3 loads of `new` is INVALID** and in no figure: "
                    + "aes-gcm-256/256B/closed-4 (wrong plaintext)."
            ], "\(warnings.sentences)")
    }
}
