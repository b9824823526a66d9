import Exposure
import Foundation
import Reporting
import Results
import Testing
import Throttling
import Units

@Suite("The text of a report")
struct ReportTextTests {
    private func text(_ run: Run, _ name: String = "report.md") throws -> String {
        try #require(Report(run).files.first { $0.name == name }).text
    }

    /// What stands between the title and the first heading.
    private func findings(_ run: Run) throws -> String {
        let text = try text(run)
        let parts = text.split(separator: "\n\n## ", maxSplits: 1)
        return String(try #require(parts.first))
    }

    private func firstParagraph(_ run: Run) throws -> String {
        let paragraphs = try text(run).split(separator: "\n\n")
        try #require(paragraphs.count > 1)
        return String(paragraphs[1])
    }

    @Test("every relative link leads to a file of the report, and every chart is shown")
    func links() throws {
        for run in [FixedRun.whole, FixedRun.broken] {
            let names = Set(Report(run).files.map(\.name))
            let targets = try text(run).matches(of: #/\]\(([^)]*)\)/#).map { String($0.1) }
            #expect(!targets.isEmpty)
            for target in targets { #expect(names.contains(target), "\(target)") }
            let charts = names.filter { $0.hasPrefix("charts/") }
            #expect(charts.subtracting(targets).isEmpty)
            #expect(Set(targets).count == targets.count)
        }
    }

    @Test("the charts are one pair for each subject, the throughput and the latency")
    func charts() {
        let names = Report(FixedRun.whole).files.map(\.name).filter { $0.hasPrefix("charts/") }
        #expect(
            names == [
                "charts/exfiltration-aes-gcm-256-256B.svg",
                "charts/records-lost-aes-gcm-256-256B.svg",
                "charts/exfiltration-rsa-oaep-2048-32B.svg",
                "charts/records-lost-rsa-oaep-2048-32B.svg",
                "charts/throughput.svg", "charts/latency.svg",
            ])
    }

    /// A run beside users, with an alarm on more than so many operations in a minute.
    private func watched(above threshold: RecordCount) -> Run {
        var run = FixedRun.whole
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200), dispersion: 5))
        run.scenario.exposure.alarm = AlarmSettings(period: .seconds(60), threshold: threshold)
        run.scenario.exposure.delays = DelaySettings()
        return run
    }

    @Test("an alarm that a shared throttle keeps from ever being raised is told with the remedy")
    func outOfReach() throws {
        var run = watched(above: RecordCount(31_000))
        let said = try findings(run)
        #expect(
            said.contains(
                "under token bucket 500/s, burst 100, all callers together come to at most 30,100 "
                    + "operations in 1 minute"), "\(said)")
        #expect(said.contains("under token bucket 500/s, burst 100, never noticed"), "\(said)")
        #expect(said.contains("`scope: per-client`"))
        #expect(said.contains("There it has no false alarms either."))
        run.scenario.exposure.alarm?.threshold = RecordCount(29_000)
        let heard = try findings(run).split(separator: "\n").filter {
            $0.contains("cannot be raised") && $0.contains("500/s")
        }
        #expect(heard.isEmpty, "\(heard)")
    }

    @Test("of an alarm that nothing can raise no false alarms are told")
    func neverRaised() throws {
        var run = watched(above: RecordCount(1_000_000_000))
        let said = try findings(run)
        #expect(said.contains("it cannot be raised, for nothing or for anything."), "\(said)")
        #expect(!said.contains("For nothing it fires"), "\(said)")
        // No theft is told of beside a demand above the device, and the alarm is as deaf.
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(100_000), dispersion: 5))
        let flooded = try findings(run)
        #expect(flooded.contains("No thief is told of beside them."), "\(flooded)")
        #expect(flooded.contains("it cannot be raised, for nothing or for anything."))
        #expect(flooded.contains("**The alarm cannot be raised**"), "\(flooded)")
        #expect(!flooded.contains("For nothing it fires"), "\(flooded)")
    }

    @Test("where no demand is known nobody says when an alarm is raised, nor that it never is")
    func noDemand() throws {
        var run = FixedRun.whole
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(90), threshold: RecordCount(31_000))
        run.scenario.exposure.delays = DelaySettings()
        let none = try findings(run)
        #expect(!none.contains("never noticed"), "\(none)")
        #expect(none.contains("No alarm is assumed: it counts users and thief together"))
        // A run whose alarm was changed after its trace had been read.
        run.scenario.exposure.demand = .trace(
            DemandTrace(
                source: "calls.csv", start_s: 0, period: .seconds(60), counts: [1, 2, 3],
                notes: []))
        let misfit = try findings(run)
        #expect(!misfit.contains("never noticed") && misfit.contains("No alarm is assumed"))
        #expect(
            misfit.contains(
                "No demand is known: calls.csv: counts of every 1m cannot be regrouped to an "
                    + "alarm's period of 90s"), "\(misfit)")
        run.scenario.exposure.alarm?.period = .seconds(60)
        run.scenario.exposure.demand = .trace(
            DemandTrace(
                source: "calls.csv", start_s: 0, period: .seconds(60), counts: [nil], notes: []))
        let empty = try findings(run)
        #expect(empty.contains("No demand is known: no period of calls.csv has a whole count."))
    }

    @Test("what is to be known of a trace stands beside the alarm")
    func traceTold() throws {
        var run = FixedRun.whole
        run.scenario.exposure.demand = .trace(
            DemandTrace(
                source: "calls.csv", start_s: 0, period: .seconds(60),
                counts: (0..<120).map { 100 + UInt32($0 % 3) },
                notes: ["Read as 120 counts of 1m."]))
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(31_000))
        run.scenario.exposure.delays = DelaySettings()
        let said = try findings(run)
        #expect(
            said.contains("- **The trace 'calls.csv'.** Read as 120 counts of 1m. 166 of the 168"),
            "\(said)")
    }

    @Test("behind a bucket for each client an alarm hears what it does not behind one for all")
    func heardBehindOne() throws {
        var run = FixedRun.whole
        var own = FixedRun.bucket
        own.scope = .perClient
        run.scenario.throttles = [.none, FixedRun.bucket, own]
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200), dispersion: 5))
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(31_000))
        run.scenario.exposure.delays = DelaySettings()
        let sprint = try #require(
            try findings(run).split(separator: "\n").first { $0.contains("A sprint") })
        #expect(sprint.contains("(per client), noticed after"), "\(sprint)")
        #expect(sprint.contains("never noticed"), "\(sprint)")
        #expect(sprint.contains(" on average (95 of 100 within"), "\(sprint)")
        // What the heads of the table of endings do not tell stands below it.
        let ending = try #require(
            try text(run).split(separator: "\n\n").first { $0.contains("\"Worst phase\" is") })
        for word in ["\"Contained\" is", "\"noticed\"", "\"all first\"", "data set without end"] {
            #expect(ending.contains(word), "\(ending)")
        }
    }

    @Test("where the alarm finds some thieves only it is told how many, not only how soon those")
    func someNoticed() throws {
        var run = FixedRun.whole
        run.scenario.throttles = [.none]
        run.scenario.exposure.demand = .profile(ProfileSettings(mean: Rate(200), dispersion: 5))
        run.scenario.exposure.alarm = AlarmSettings(
            period: .seconds(60), threshold: RecordCount(31_000))
        run.scenario.exposure.delays = DelaySettings()
        // Half of the thefts are over before the minute is in which they began.
        run.scenario.exposure.horizon = .seconds(30)
        let sprint = try #require(
            try findings(run).split(separator: "\n").first { $0.contains("A sprint") })
        let told = try #require(
            sprint.firstMatch(of: #/noticed in ([0-9.]+) of 100 thefts, after [0-9.]+ seconds in/#))
        let share = try #require(Double(told.1))
        #expect((35...60).contains(share), "\(sprint)")
        #expect(sprint.contains("of these, and over after"), "\(sprint)")
    }

    @Test("text of a device stays text: no markup and no bar gets into the page")
    func hostileFacts() throws {
        let facts: [String: Fact] = [
            "module": .value("<img src=x onerror=alert(1)> | A\nB"),
            "token_model": .unavailable("<script>|</script>"),
        ]
        let run = FixedRun.run(cells: FixedRun.whole.cells, anchorFacts: facts)
        for text in [try text(FixedRun.whole), try text(FixedRun.broken), try text(run)] {
            // A backslash before it makes a bracket plain text.
            #expect(text.matches(of: #/[^\\]<[A-Za-z!\/]/#).isEmpty)
            try expectTables(text)
        }
    }

    /// Every row of a table has as many cells as its header, counting only bars that are not
    /// escaped.
    private func expectTables(_ text: String) throws {
        var columns = 0
        var tables = 0
        for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
            guard line.hasPrefix("|") else {
                columns = 0
                continue
            }
            let bars = line.replacing("\\|", with: "").count { $0 == "|" }
            if columns == 0 { (columns, tables) = (bars, tables + 1) }
            #expect(bars == columns, "\(line)")
            #expect(line.hasSuffix("|"), "\(line)")
        }
        #expect(tables >= 3)
    }

    @Test("what makes a run doubtful is said in the first paragraph")
    func warnings() throws {
        let broken = try firstParagraph(FixedRun.broken)
        #expect(broken.contains("**This run is partial**: it was interrupted."))
        #expect(broken.contains("**2 of 3 cells are INVALID**"))
        let summary = Report(FixedRun.broken).summary
        #expect(summary.hasPrefix("This run is partial: it was interrupted. 2 of 3 cells"))
        let whole = try text(FixedRun.whole)
        #expect(!whole.contains("INVALID") && !whole.contains("partial"))
    }

    @Test("an INVALID cell is in the table with its reason and in no projection")
    func invalidCells() throws {
        let text = try text(FixedRun.broken)
        #expect(text.contains("INVALID: wrong plaintext (1 of 1 rounds)"))
        #expect(text.contains("INVALID: not run"))
        #expect(text.contains("WRONG_PLAINTEXT"))
        #expect(text.contains("best with 1 caller in one process"))
        #expect(!text.contains("best with 4 callers"))
    }

    @Test("a throttle on the application's host is called out, and no other is")
    func hostThrottle() throws {
        let lines = try findings(FixedRun.whole).split(separator: "\n")
        let warned = lines.filter { $0.contains("stands on the application's host") }
        #expect(!warned.isEmpty)
        #expect(warned.allSatisfy { $0.contains("token bucket 500/s, burst 100") })
        let bypassable = try text(FixedRun.whole, "exfiltration.csv").split(separator: "\r\n")
        for row in bypassable.dropFirst() {
            #expect(row.hasSuffix(",yes") == row.contains("token-bucket"), "\(row)")
        }
    }

    @Test("the findings speak of the scenario's own data set and window")
    func datasetAndWindow() throws {
        let usual = try findings(FixedRun.whole)
        #expect(usual.contains("10 million records") && usual.contains("after 15 minutes"))
        let other = FixedRun.run(
            cells: FixedRun.whole.cells, datasets: [50_000, 2_000_000, 3_000_000],
            windows: [7_200, 14_400])
        let text = try findings(other)
        #expect(text.contains("2 million records") && text.contains("after 4 hours"))
        #expect(!text.contains("10 million") && !text.contains("15 minutes"))
    }

    @Test("identities and records an operation are said where they are not one")
    func identities() throws {
        var run = FixedRun.run(cells: FixedRun.whole.cells, identities: [1, 10])
        run.scenario.exposure.recordsPerOperation = 32
        let text = try text(run)
        #expect(text.contains("with 10 identities") && text.contains("32 records with each"))
        #expect(text.contains("One call opens 32 records."))
    }

    @Test("what cannot be projected is said, and no empty table is printed")
    func gaps() throws {
        let spoiled = FixedRun.result(
            FixedRun.cell(), perSecond: [1], errors: ["CKR_DEVICE_ERROR": 9],
            verdict: Verdict(reasons: ["no call was completed"]))
        let run = FixedRun.run(cells: [spoiled])
        let text = try text(run)
        #expect(text.contains("Nothing is projected for aes-gcm-256/256B"))
        #expect(!text.contains("How long the theft takes"))
        #expect(text.contains("| CKR_DEVICE_ERROR |"))
        #expect(Report(run).summary.contains("Nothing is projected"))
    }

    @Test("no figure shows as what a program calls it, however odd the run")
    func noProgramWords() throws {
        let odd = [
            FixedRun.whole, FixedRun.broken, FixedRun.run(cells: []),
            FixedRun.run(cells: [CellResult(FixedRun.cell())], partial: "nothing came of it"),
            FixedRun.run(
                cells: [FixedRun.result(FixedRun.cell(), perSecond: [10])],
                datasets: [1, 1_000_000_000_000_000_000], windows: [1, 9_000_000_000]),
            FixedRun.run(
                cells: [FixedRun.result(FixedRun.cell(callers: 64), perSecond: [10])]),
        ]
        for (index, run) in odd.enumerated() {
            let report = Report(run)
            let texts = report.files + [("summary", report.summary)]
            for (name, text) in texts + [("projection", report.projectionText)] {
                let found = text.matches(of: #/\b(NaN|nan|inf|nil|Optional)\b/#)
                #expect(found.isEmpty, "run \(index), \(name): \(found.map(\.output))")
            }
        }
    }

    @Test("the plain text of a projection has no mark of emphasis")
    func plainText() {
        let report = Report(FixedRun.whole)
        #expect(!report.projectionText.contains("**") && !report.summary.contains("**"))
        #expect(report.projectionMarkdown.contains("**At full speed**"))
    }
}
