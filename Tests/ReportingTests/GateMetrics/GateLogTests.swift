import GateState
import Testing
import Units

@testable import Reporting

@Suite("Files that get the lines of every period of a gate once")
struct GateLogTests {
    private static let forms: [GateLog] = [.table, .embeddedMetrics]

    private static func lines(_ text: String) -> [String] {
        text.utf8.split(separator: UInt8(ascii: "\n")).map { String(decoding: $0, as: UTF8.self) }
    }

    @Test(
        "wherever a writer was stopped, the next one adds exactly what is missing",
        arguments: forms)
    func resumed(form: GateLog) throws {
        let whole = form.lines(of: FixedGate.busy, after: nil)
        let lines = Self.lines(whole.text)
        #expect(lines.count == (form == .table ? 5 : 12))
        for count in 0...lines.count {
            let end = try form.end(of: Array(lines.prefix(count)), areAll: true)
            let rest = form.lines(of: FixedGate.busy, after: end)
            #expect(Self.lines(rest.text) == Array(lines.dropFirst(count)), "after \(count) lines")
            #expect(rest.end?.start == whole.end?.start)
        }
    }

    @Test("a later look adds the later periods alone", arguments: forms)
    func later(form: GateLog) {
        let first = form.lines(of: FixedGate.busy, after: nil)
        #expect(form.lines(of: FixedGate.busy, after: first.end).text == "")
        var snapshot = FixedGate.busy
        snapshot.taken += .seconds(60)
        let second = form.lines(of: snapshot, after: first.end)
        // Two identities called in the period that has ended.
        #expect(Self.lines(second.text).count == (form == .table ? 2 : 3))
        #expect(second.end?.period == FixedGate.noon)
    }

    @Test("who begins without a file tells of no period that was over before", arguments: forms)
    func fresh(form: GateLog) {
        let end = GateLog.end(before: FixedGate.busy)
        #expect(form.lines(of: FixedGate.busy, after: end).text == "")
        var snapshot = FixedGate.busy
        snapshot.taken += .seconds(60)
        let lines = Self.lines(form.lines(of: snapshot, after: end).text)
        #expect(lines.count == (form == .table ? 2 : 3))
    }

    @Test("names that look alike are told apart by their bytes", arguments: forms)
    func canonicalNames(form: GateLog) throws {
        var snapshot = FixedGate.busy
        let period = snapshot.identities[0].periods[0]
        snapshot.identities = ["\u{e9}", "e\u{301}"].map {
            GateIdentity(name: $0, periods: [period])
        }
        let lines = Self.lines(form.lines(of: snapshot, after: nil).text)
        let end = try form.end(of: Array(lines.prefix(1)), areAll: true)
        #expect(Self.lines(form.lines(of: snapshot, after: end).text) == Array(lines.dropFirst()))
    }

    @Test("only a part of a file is not taken for all of a period", arguments: forms)
    func part(form: GateLog) throws {
        let lines = Self.lines(form.lines(of: FixedGate.busy, after: nil).text)
        let ofOnePeriod = Array(lines.suffix(2))
        #expect(try form.end(of: ofOnePeriod, areAll: false)?.mayHoldMore == true)
        #expect(try form.end(of: ofOnePeriod, areAll: true)?.mayHoldMore == false)
        #expect(try form.end(of: lines, areAll: false)?.mayHoldMore == false)
    }

    @Test(
        "a line that something else wrote is not gone on behind", arguments: forms,
        ["x", "{}", "{\"_aws\":{}}", "2026-03-01T12:00:00Z,60", "a,b,c,d,e,f,g"])
    func foreign(form: GateLog, line: String) {
        #expect(throws: GateLog.Foreign.self) { try form.end(of: [line], areAll: true) }
    }

    @Test("after a leap of the clock no more is told than the history holds", arguments: forms)
    func leap(form: GateLog) {
        var snapshot = FixedGate.busy
        snapshot.taken += .seconds(365 * 86_400)
        snapshot.identities = snapshot.identities.map {
            GateIdentity(name: $0.name, calls: $0.calls)
        }
        let lines = Self.lines(form.lines(of: snapshot, after: nil).text)
        #expect(lines.count == (form == .table ? 0 : snapshot.configuration.history - 1))
    }

    @Test("every line for CloudWatch begins as a line that was cut off is known by")
    func beginning() {
        for line in Self.lines(GateEmbeddedMetrics(FixedGate.busy).text) {
            #expect(GateLog.embeddedMetrics.isBeginning(line.utf8))
        }
        #expect(GateLog.embeddedMetrics.isBeginning("{\"Ad".utf8))
        #expect(!GateLog.embeddedMetrics.isBeginning("{\"_aws".utf8))
    }
}
