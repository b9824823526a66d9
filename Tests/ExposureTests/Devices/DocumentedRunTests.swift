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

    /// A demand of so many calls a second at all hours, on a documented device, with prices.
    private func asked(_ perSecond: UInt64, of name: String) throws -> RunExposure {
        var run = try run(name)
        run.scenario.exposure.demand = .profile(
            ProfileSettings(mean: Rate(perSecond), dispersion: 3, shape: .flat))
        run.scenario.exposure.cost = CostSettings()
        return RunExposure(run)
    }

    @Test("a month of a documented cluster is paid for all of its HSMs, of a vault for one device")
    func month() throws {
        let cluster = try #require(try asked(200, of: "aws-cloudhsm-hsm2m-medium-6").month?[.none])
        #expect(isClose(cluster.devices.mean, 6 * 1.6 * 720, within: 1e-9))
        let single = try #require(try asked(100, of: "azure-managed-hsm-rsa-2048").month?[.none])
        #expect(isClose(single.devices.mean, 1.6 * 720, within: 1e-9))
    }

    @Test("what a demand takes is told in clusters where the figure is of a cluster")
    func need() throws {
        let short = try asked(3_000, of: "aws-cloudhsm-hsm2m-medium-2").detection
        #expect(
            short.gaps == [
                "Users ask for 3,000/s on average and 3,000/s in the busiest hour of the week "
                    + "('exposure.demand'): that takes 2 such clusters of 2 HSMs, at 2,000/s a "
                    + "cluster (rsa-oaep-2048/32B). No thief is told of beside them."
            ])
        #expect(short.need?.served("rsa-oaep-2048/32B") == nil)
        let served = try asked(200, of: "aws-cloudhsm-hsm2m-medium-2").detection
        #expect(
            served.need?.served("rsa-oaep-2048/32B") == "Users ask for 200/s on average and 200/s "
                + "in the busiest hour of the week: one such cluster of 2 HSMs serves them.")
        #expect(served.gaps.isEmpty)
    }

    @Test("a run of a device carries what its documents say of who counts decrypts")
    func counting() throws {
        let documented = try run("aws-cloudhsm-hsm2m-medium-3").documented
        #expect(documented?.cluster == 3)
        #expect(
            documented?.counting == "AWS CloudHSM: No metric and no entry of the audit log counts "
                + "decrypts; unwraps are logged (hsm-metrics-cw.html; "
                + "cloudhsm-audit-log-reference.html)")
        let other = try run("aws-kms-rsa").documented
        #expect(other?.counting == nil && other?.cluster == nil && other?.hsms == 1)
    }

    @Test("calls in flight do not slow what no document says is slow")
    func concurrency() throws {
        let one = Policy(.concurrency(RecordCount(1)))
        let model = ExposureModel(try run("azure-managed-hsm-aes", [one]))
        let projection = try #require(model.projections.first)
        #expect(projection.servedRate.estimate == 8_000 && projection.recordBytes == 4_096)
    }
}
