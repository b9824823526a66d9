import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("Which load a thief would use")
struct ServiceRateTests {
    private let bucket = Policy.bucket(Rate(500), burst: 100)

    private func best(_ cells: [CellResult], callers: Int) -> ServiceRate? {
        ServiceRate.best(
            of: Runs.run(cells), mechanism: "aes-gcm", recordBytes: 256, callers: callers)
    }

    @Test("the fastest load within the thief's callers is taken, over threads and processes")
    func withinCallers() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 1), perSecond: [100]),
            Runs.result(Runs.cell(callers: 4), perSecond: [250]),
            Runs.result(Runs.cell(callers: 4, processes: 2), perSecond: [300]),
            Runs.result(Runs.cell(callers: 8), perSecond: [280]),
            Runs.result(Runs.cell(callers: 16), perSecond: [900]),
        ]
        let expected = [(1, 1, 100.0), (3, 1, 100), (4, 4, 300), (8, 4, 300), (16, 16, 900)]
        for (callers, chosen, rate) in expected {
            let found = try #require(best(cells, callers: callers))
            #expect(found.cell.callers == chosen && isClose(found.rate.estimate, rate))
        }
        #expect(best(cells, callers: 0) == nil)
    }

    @Test("an invalid, a throttled, a baseline or another record's cell is never taken")
    func onlyFitCells() throws {
        let good = Runs.result(Runs.cell(), perSecond: [100])
        let others = [
            Runs.result(
                Runs.cell(callers: 2), perSecond: [900],
                verdict: Verdict(reasons: ["wrong plaintext"])),
            Runs.result(Runs.cell(callers: 2, throttle: bucket), perSecond: [900]),
            Runs.result(Runs.cell(callers: 2, isBaseline: true), perSecond: [900]),
            Runs.result(Runs.cell(callers: 2, recordBytes: 4_096), perSecond: [900]),
            Runs.result(Runs.cell(callers: 2, mechanism: "aes-cbc-pad"), perSecond: [900]),
            CellResult(Runs.cell(callers: 2)),
        ]
        for other in others {
            let found = try #require(best([other, good], callers: 16))
            #expect(found.cell == good.cell, "\(other.cell.key)")
            #expect(best([other], callers: 16) == nil, "\(other.cell.key)")
        }
    }

    @Test("the baseline is taken whatever its number of callers")
    func baseline() throws {
        let cells = [
            Runs.result(Runs.cell(), perSecond: [100]),
            Runs.result(Runs.cell(callers: 64, isBaseline: true), perSecond: [1_000]),
        ]
        let model = ExposureModel(Runs.run(cells, callers: 1))
        let baseline = try #require(model.projections.first?.baseline)
        #expect(isClose(baseline.rate.estimate, 1_000))
        let factor = try #require(
            model.projections.first?.theft(of: RecordCount(1_000)).anchorFactor)
        #expect(isClose(factor, 10))
    }
}
