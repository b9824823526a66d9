import Exposure
import Latency
import Results
import Testing
import Throttling
import Units

@Suite("Projections from a document")
struct DocumentedRunTests {
    private let bucket = Policy.bucket(Rate(500), burst: 100)
    private let devices = DeviceProfiles.documented

    private func run(_ name: String, _ throttles: [Policy] = [.none]) throws -> Run {
        let scenario = Runs.run(
            [], throttles: throttles, datasets: [RecordCount(10_000_000)], identities: [1, 10]
        ).scenario
        return try devices.named(name).run(under: scenario)
    }

    @Test("2,000 RSA operations a second empty ten million records in 1.4 hours")
    func worked() throws {
        let model = ExposureModel(try run("aws-cloudhsm-hsm2m-medium-2", [.none, bucket]))
        #expect(model.gaps.isEmpty && model.projections.count == 4)
        let fast = try #require(model.projections.first)
        let theft = fast.theft(of: RecordCount(10_000_000))
        #expect(isClose(theft.seconds.value, 5_000) && theft.seconds.inWords == "1.39 hours")
        #expect(theft.low == nil && theft.high == nil, "a document gives no interval")
        #expect(fast.subject == "rsa-oaep-2048/32B")
        let held = model.projections[2].theft(of: RecordCount(10_000_000))
        #expect(isClose(held.seconds.value, (1e7 - 100) / 500))
    }

    @Test("every device whose operation opens records is projected, at its documented rate")
    func all() throws {
        for profile in devices.all where profile.mechanism != nil {
            let run = try run(profile.name)
            let projection = try #require(ExposureModel(run).projections.first)
            #expect(isClose(projection.service.rate.estimate, profile.perSecond), "\(profile.name)")
            #expect(run.cells.allSatisfy { $0.verdict.isValid })
        }
    }

    @Test("a signature opens no record")
    func signatures() throws {
        #expect(throws: DeviceError.self) { try run("aws-cloudhsm-hsm1-medium-2-p256") }
        #expect(throws: DeviceError.self) { try run("aws-kms-ecc") }
    }

    @Test("the run says that it is from a document, which, and what that leaves open")
    func provenance() throws {
        let run = try run("azure-key-vault-hsm-rsa-3072")
        #expect(
            run.documented?.inWords == "documented, not measured: "
                + "learn.microsoft.com/azure/key-vault/general/service-limits, 2025-07-23")
        #expect(
            run.notes.first
                == "Azure Key Vault, HSM key RSA-3072: RSA-3072 operation, 500 per 10 s, "
                + "by learn.microsoft.com/azure/key-vault/general/service-limits (2025-07-23).")
        #expect(run.notes.contains { $0.hasPrefix("No latency is documented") })
        #expect(run.notes.contains { $0.hasPrefix("A limit of a vault") })
        #expect(run.provenance.anchor["as_of"] == .value("2025-07-23"))
        #expect(run.scenario.anchor.uri == run.scenario.name)
        #expect(run.cells[0].service.count == 0, "no latency that no document gives")
        let undated = try self.run("thales-payshield-10k-60")
        #expect(undated.provenance.anchor["as_of"]?.value == nil)
        #expect(undated.cells[0].cell.subject == "host-command/256B")
    }

    @Test("a documented run is the same read back, and one that was measured says nothing of it")
    func coding() throws {
        let run = try run("aws-kms-rsa", [.none, bucket])
        #expect(try Run(json: run.json()) == run)
        let measured = Runs.run([Runs.result(Runs.cell(), perSecond: [10])])
        #expect(measured.documented == nil)
        let json = String(decoding: try measured.json(), as: UTF8.self)
        #expect(!json.contains("documented"))
    }

    @Test("calls in flight do not slow what no document says is slow")
    func concurrency() throws {
        let one = Policy(.concurrency(RecordCount(1)))
        let model = ExposureModel(try run("azure-managed-hsm-aes", [one]))
        let projection = try #require(model.projections.first)
        #expect(projection.servedRate.estimate == 8_000 && projection.recordBytes == 4_096)
    }
}
