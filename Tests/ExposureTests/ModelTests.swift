import Exposure
import Results
import Testing
import Throttling
import Units

@Suite("The projections of a run")
struct ModelTests {
    private let bucket = Policy.bucket(Rate(500), burst: 100)

    @Test("every subject is projected under every throttle for every number of identities")
    func allCombinations() {
        let cells = [
            Runs.result(Runs.cell(), perSecond: [100]),
            Runs.result(Runs.cell(callers: 2), perSecond: [150]),
            Runs.result(Runs.cell(mechanism: "rsa-oaep", recordBytes: 32), perSecond: [10]),
            Runs.result(Runs.cell(isBaseline: true), perSecond: [1_000]),
        ]
        let model = ExposureModel(
            Runs.run(cells, throttles: [.none, bucket], identities: [1, 10]))
        let found = model.projections.map {
            "\($0.subject) \($0.throttle.keyForm) \($0.identities)"
        }
        let throttle = bucket.keyForm
        #expect(
            found == [
                "aes-gcm-256/256B none 1", "aes-gcm-256/256B none 10",
                "aes-gcm-256/256B \(throttle) 1", "aes-gcm-256/256B \(throttle) 10",
                "rsa-oaep-256/32B none 1", "rsa-oaep-256/32B none 10",
                "rsa-oaep-256/32B \(throttle) 1", "rsa-oaep-256/32B \(throttle) 10",
            ])
        #expect(model.gaps.isEmpty)
        #expect(model.datasets == [RecordCount(1_000_000)] && model.windows == [.seconds(900)])
    }

    @Test("the key names the load that the rate comes from, with the throttle")
    func cellKey() throws {
        let cells = [
            Runs.result(Runs.cell(callers: 4), perSecond: [100]),
            Runs.result(Runs.cell(callers: 4, processes: 2), perSecond: [150]),
        ]
        let model = ExposureModel(Runs.run(cells, throttles: [bucket]))
        let projection = try #require(model.projections.first)
        #expect(projection.cellKey == "aes-gcm-256/256B/closed-4x2/token-bucket-500ps-100")
    }

    @Test("a subject without a usable figure is a gap, said in a sentence with its one reason")
    func gaps() throws {
        let spoiled = Verdict(reasons: ["wrong plaintext"])
        let stolen = Verdict(reasons: ["the hypervisor took over 10 % of the processors"])
        let cells = [
            Runs.result(Runs.cell(), perSecond: [100], verdict: spoiled),
            Runs.result(Runs.cell(mechanism: "rsa-oaep", recordBytes: 32), perSecond: [10]),
            Runs.result(Runs.cell(mechanism: "aes-ctr"), perSecond: [100], verdict: spoiled),
            Runs.result(
                Runs.cell(callers: 2, mechanism: "aes-ctr"), perSecond: [100], verdict: stolen),
        ]
        let model = ExposureModel(Runs.run(cells, callers: 8))
        #expect(model.projections.map(\.mechanism) == ["rsa-oaep"])
        #expect(
            model.gaps == [
                "Nothing is projected for aes-gcm-256/256B: no valid unthrottled closed load of at "
                    + "most 8 callers was measured (wrong plaintext).",
                "Nothing is projected for aes-ctr-256/256B: no valid unthrottled closed load of at "
                    + "most 8 callers was measured.",
            ])
    }

    @Test("a run of baselines alone projects nothing and misses nothing")
    func baselinesAlone() {
        let cells = [Runs.result(Runs.cell(isBaseline: true), perSecond: [1_000])]
        let model = ExposureModel(Runs.run(cells))
        #expect(model.projections.isEmpty && model.gaps.isEmpty)
    }
}
