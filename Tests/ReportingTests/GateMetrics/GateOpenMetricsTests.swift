import GateState
import Testing
import Units

@testable import Reporting

@Suite("Counts of a gate for a scrape")
struct GateOpenMetricsTests {
    private static let snapshots = [
        FixedGate.busy, FixedGate.empty, FixedGate.withCanaries, hostile,
    ]

    /// A path that would end a label.
    private static var hostile: GateSnapshot {
        var snapshot = FixedGate.busy
        snapshot.path = "/tmp/\"quoted\"\\back\nslash\"\u{301}"
        snapshot.closedSince = FixedGate.noon
        return snapshot
    }

    @Test("both texts are as they were reviewed")
    func golden() throws {
        let metrics = GateOpenMetrics(FixedGate.busy)
        try GoldenFile.expect(metrics.text(.prometheus), toMatch: "Golden/GateMetrics/busy.prom")
        try GoldenFile.expect(
            metrics.text(.openMetrics), toMatch: "Golden/GateMetrics/busy.openmetrics")
    }

    @Test("promtool accepts the text and has nothing to say", arguments: snapshots)
    func promtool(snapshot: GateSnapshot) throws {
        let verdict = try Tools.promtool(GateOpenMetrics(snapshot).text(.prometheus))
        #expect(verdict.code == 0 && verdict.text.isEmpty, "\(verdict.text)")
    }

    @Test("promtool refuses the other text, whose types it does not know")
    func promtoolCanRefuse() throws {
        let verdict = try Tools.promtool(GateOpenMetrics(FixedGate.busy).text(.openMetrics))
        #expect(verdict.code != 0)
    }

    @Test("a strict reader of OpenMetrics finds every sample", arguments: snapshots)
    func strict(snapshot: GateSnapshot) throws {
        let script = """
            import sys
            from prometheus_client.openmetrics.parser import text_string_to_metric_families as read
            text = open(0, newline='').read()
            families = list(read(text))
            print(sum(len(family.samples) for family in families))
            print(next(s.labels['gate'] for f in families for s in f.samples).encode().hex())
            """
        let text = GateOpenMetrics(snapshot).text(.openMetrics)
        let verdict = try Tools.python(script, input: text)
        let samples = text.split(separator: "\n").count { !$0.hasPrefix("#") }
        let path = snapshot.path.utf8.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        #expect(verdict.code == 0 && verdict.text == "\(samples)\n\(path)\n", "\(verdict.text)")
        #expect(text.hasSuffix("\n# EOF\n"))
    }

    @Test("a function that was never called stands at zero, so that its first rise is seen")
    func zeros() {
        let text = GateOpenMetrics(FixedGate.busy).text(.prometheus)
        let gate = #"gate="/var/lib/anchorgate/state"} "#
        for outcome in GateOutcome.allCases {
            let labels = #"{identity="uid:1000",function="derive",outcome="\#(outcome.name)","#
            #expect(text.contains("\(labels)\(gate)0\n"))
        }
        #expect(
            text.contains("{identity=\"web\",function=\"wrap\",outcome=\"admitted\",\(gate)0\n"))
    }

    @Test("canaries are told of where the gate looks for any, zeros included, and nowhere else")
    func canaries() {
        let text = GateOpenMetrics(FixedGate.withCanaries).text(.prometheus)
        let gate = #"gate="/var/lib/anchorgate/state"} "#
        #expect(text.contains("# TYPE anchorgate_canaries_total counter\n"))
        #expect(text.contains("anchorgate_canaries_total{identity=\"web\",\(gate)0\n"))
        #expect(text.contains("anchorgate_canaries_total{identity=\"uid:1000\",\(gate)3\n"))
        #expect(
            GateOpenMetrics(FixedGate.withCanaries).text(.openMetrics)
                .contains("# TYPE anchorgate_canaries counter\n"))
        #expect(!GateOpenMetrics(FixedGate.busy).text(.prometheus).contains("canaries"))
        // All else is as it was.
        let others = text.split(separator: "\n").filter { !$0.contains("anchorgate_canaries") }
        let before = GateOpenMetrics(FixedGate.busy).text(.prometheus).split(separator: "\n")
        #expect(others == before)
    }

    @Test(
        "OpenMetrics comes to who asks for it, and Prometheus text to everybody else",
        arguments: [
            (nil, false), ("", false), ("*/*", false), ("text/plain", false),
            ("application/openmetrics-text", true),
            ("application/openmetrics-text;version=1.0.0,text/plain;q=0.5,*/*;q=0.1", true),
            ("Application/OpenMetrics-Text; version=0.0.1 , text/plain;version=0.0.4;q=0.3", true),
            ("text/plain, application/openmetrics-text;q=0.5", false),
            ("application/openmetrics-text;q=0", false),
            ("application/openmetrics-text;q=0.4,*/*;q=0.5", false),
            (",;,", false), ("application/openmetrics-text;q=x", false),
        ])
    func negotiation(header: String?, isOpen: Bool) {
        let form = GateOpenMetrics.Form(accepting: header)
        #expect(form.contentType.hasPrefix("application/openmetrics-text") == isOpen)
    }
}
